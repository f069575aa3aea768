// SPDX-License-Identifier: LGPL-2.1-or-later
// The states of a stream and the words for them. Pure.

/**
 * - `idle`: not started, or stopped
 * - `connecting`: signalling, negotiating, or waiting for the first picture; also after a loss
 * - `waiting`: the server's pipeline has not produced anything yet
 * - `live`: playing
 * - `paused`: the server's pipeline is paused
 * - `stalled`: connected, and nothing arrives
 * - `ended`: the stream went away and is waited for
 * - `missing`: the server has no such stream; it is waited for
 * - `unreachable`: the server does not answer; it is tried again within a second
 * - `offline`: this device has no network
 * - `full`: the stream has as many viewers as it may have
 * - `failed`: something that a person has to put right; `message` says what
 *
 * @typedef {'idle' | 'connecting' | 'waiting' | 'live' | 'paused' | 'stalled' | 'ended' | 'missing'
 *   | 'unreachable' | 'offline' | 'full' | 'failed'} StreamState
 */

/** @type {Record<StreamState, string>} */
const kWords = {
  idle: 'Not connected',
  connecting: 'Connecting…',
  waiting: 'Waiting for the stream to start',
  live: 'Live',
  paused: 'The stream is paused',
  stalled: 'Connected, but nothing arrives',
  ended: 'The stream ended – waiting for it to return',
  missing: 'There is no such stream – waiting for it to appear',
  unreachable: 'The server is not reachable – trying again',
  offline: 'This device is offline – waiting for the network',
  full: 'Every place is taken – waiting for one',
  failed: 'The stream cannot be played',
};

/** @type {Record<StreamState, string>} */
const kShort = {
  idle: 'Off',
  connecting: 'Connecting',
  waiting: 'Waiting',
  live: 'Live',
  paused: 'Paused',
  stalled: 'No data',
  ended: 'Ended',
  missing: 'Not found',
  unreachable: 'Unreachable',
  offline: 'Offline',
  full: 'Full',
  failed: 'Failed',
};

/**
 * @param {StreamState} state
 * @returns {string} a sentence without a full stop
 */
export function describeState(state) {
  return kWords[state];
}

/**
 * @param {StreamState} state
 * @returns {string} one or two words, for a badge
 */
export function stateLabel(state) {
  return kShort[state];
}

/**
 * @param {StreamState} state
 * @returns {boolean} whether something is under way that may end soon by itself
 */
export function isBusy(state) {
  return state === 'connecting' || state === 'waiting' || state === 'ended' || state === 'missing'
    || state === 'unreachable' || state === 'offline' || state === 'full';
}
