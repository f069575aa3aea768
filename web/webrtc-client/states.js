// SPDX-License-Identifier: LGPL-2.1-or-later
// The states of a stream and the words for them, for those who watch and those who send. Pure.

/**
 * - `idle`: not started, or stopped
 * - `capturing`: the browser asks its user for a camera, a microphone or a screen
 * - `connecting`: signalling, negotiating, or waiting for the first picture; also after a loss
 * - `waiting`: the server's pipeline has not produced anything yet, or got nothing from here yet
 * - `live`: playing, or sending
 * - `paused`: the server's pipeline is paused
 * - `stalled`: connected, and nothing arrives or leaves
 * - `lost`: the camera, or whatever is sent, was taken away
 * - `ended`: the stream went away and is waited for
 * - `missing`: the server has no such stream; it is waited for
 * - `unreachable`: the server does not answer; it is tried again within a second
 * - `offline`: this device has no network
 * - `full`: the stream has as many viewers, or publishers, as it may have
 * - `replaced`: another publisher took over
 * - `denied`: the server asks for a token, or for another one; `message` says why
 * - `failed`: something that a person has to put right; `message` says what
 *
 * @typedef {'idle' | 'capturing' | 'connecting' | 'waiting' | 'live' | 'paused' | 'stalled'
 *   | 'lost' | 'ended' | 'missing' | 'unreachable' | 'offline' | 'full' | 'replaced'
 *   | 'denied' | 'failed'} StreamState
 *
 * @typedef {import('./session.js').SessionRole} SessionRole
 */

/** @type {Record<StreamState, string>} */
const kWords = {
  idle: 'Not connected',
  capturing: 'Waiting for permission…',
  connecting: 'Connecting…',
  waiting: 'Waiting for the stream to start',
  live: 'Live',
  paused: 'The stream is paused',
  stalled: 'Connected, but nothing arrives',
  lost: 'The camera was taken away',
  ended: 'The stream ended – waiting for it to return',
  missing: 'There is no such stream – waiting for it to appear',
  unreachable: 'The server is not reachable – trying again',
  offline: 'This device is offline – waiting for the network',
  full: 'Every place is taken – waiting for one',
  replaced: 'Somebody else took over',
  denied: 'This server asks for a token',
  failed: 'The stream cannot be played',
};

/** Where the words of those who send are others. @type {Partial<Record<StreamState, string>>} */
const kSendingWords = {
  idle: 'Not sending',
  waiting: 'Connected – the pipeline has not received anything yet',
  paused: 'The pipeline is paused',
  stalled: 'Connected, but nothing is being sent',
  ended: 'The pipeline does not take anything any more – waiting for it to return',
  full: 'Somebody else is sending – yours begins when they stop',
  failed: 'Nothing can be sent',
};

/** @type {Record<StreamState, string>} */
const kShort = {
  idle: 'Off',
  capturing: 'Permission',
  connecting: 'Connecting',
  waiting: 'Waiting',
  live: 'Live',
  paused: 'Paused',
  stalled: 'No data',
  lost: 'Device lost',
  ended: 'Ended',
  missing: 'Not found',
  unreachable: 'Unreachable',
  offline: 'Offline',
  full: 'Full',
  replaced: 'Replaced',
  denied: 'No access',
  failed: 'Failed',
};

/** @type {Partial<Record<StreamState, string>>} */
const kSendingShort = { full: 'Busy' };

/**
 * @param {StreamState} state
 * @param {SessionRole} [role]
 * @returns {string} a sentence without a full stop
 */
export function describeState(state, role = 'view') {
  return (role === 'publish' ? kSendingWords[state] : undefined) ?? kWords[state];
}

/**
 * @param {StreamState} state
 * @param {SessionRole} [role]
 * @returns {string} one or two words, for a badge
 */
export function stateLabel(state, role = 'view') {
  return (role === 'publish' ? kSendingShort[state] : undefined) ?? kShort[state];
}

/**
 * @param {StreamState} state
 * @returns {boolean} whether something is under way that may end soon by itself
 */
export function isBusy(state) {
  return state === 'capturing' || state === 'connecting' || state === 'waiting'
    || state === 'ended' || state === 'missing' || state === 'unreachable' || state === 'offline'
    || state === 'full';
}

/**
 * @param {StreamState} state
 * @returns {'idle' | 'live' | 'busy' | 'bad'} how a badge looks
 */
export function stateTone(state) {
  if (state === 'idle' || state === 'live') return state;
  return state === 'failed' || state === 'denied' || state === 'stalled' || state === 'lost'
    || state === 'replaced' ? 'bad' : 'busy';
}

/**
 * @param {import('./session.js').SessionEnd} end  of a session that had begun
 * @returns {{ state: StreamState, message?: string, hint?: string }} what is shown after it;
 *   without a message the state's own words
 */
export function stateAfter({ cause, message }) {
  switch (cause) {
    case 'ended':
    case 'full':
    case 'replaced':
      return { state: cause, hint: message };
    case 'denied':
      return { state: 'denied', message: message || undefined };
    case 'no-path':
      return { state: 'failed', message: 'No path to the server', hint: message };
    case 'dismissed':
      return { state: 'failed', message: 'The server ended this session', hint: message };
    case 'refused':
    case 'unusable':
      return { state: 'failed', message: message || undefined };
    default:
      return { state: 'connecting', message: 'Connection lost – reconnecting…', hint: message };
  }
}
