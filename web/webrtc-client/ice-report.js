// SPDX-License-Identifier: LGPL-2.1-or-later
// Why no network path to the server was found, in words. Pure.

import { enumerate } from './codecs.js';

/**
 * @typedef {object} Candidate
 * @property {string} address
 * @property {string} type  `host`, `srflx`, `prflx` or `relay`
 * @property {string} protocol  `udp` or `tcp`
 */

/**
 * What a STUN or TURN server said to this browser, as `icecandidateerror` has it.
 *
 * @typedef {object} ServerError
 * @property {string} url
 * @property {number} code  of STUN; 701: there was no answer
 */

/**
 * @param {string} line  `candidate:…` (RFC 8839, section 5.1)
 * @returns {Candidate | null}
 */
export function parseCandidate(line) {
  const match = /^(?:a=)?candidate:\S+ \d+ (\w+) \d+ (\S+) \d+ typ (\w+)/i.exec(line);
  if (!match) return null;
  return {
    protocol: (match[1] ?? '').toLowerCase(), address: match[2] ?? '', type: match[3] ?? '',
  };
}

/**
 * @param {string} sdp
 * @returns {Candidate[]} those written into it
 */
export function candidatesOf(sdp) {
  return sdp.split(/\r?\n/).filter((line) => line.startsWith('a=candidate:'))
    .map(parseCandidate).filter((candidate) => candidate !== null);
}

/**
 * @param {object} facts
 * @param {Candidate[]} facts.local  of this browser
 * @param {Candidate[]} facts.remote  of the server
 * @param {boolean} facts.relayConfigured  whether the server named a TURN server
 * @param {boolean} facts.relayOnly  whether only relayed paths are allowed
 * @param {ServerError[]} facts.errors  of this browser
 * @param {string} facts.host  name of the server as the page knows it
 * @returns {string} one or two sentences
 */
export function explainIceFailure({
  local, remote, relayConfigured, relayOnly, errors, host,
}) {
  if (remote.length === 0) {
    return 'The server sent no address for the media. Does its machine have a network interface '
      + 'that it may use?';
  }
  const relays = local.some(({ type }) => type === 'relay');
  const turn = relays ? '' : explainTurn(errors);
  if (relayOnly && !relays) {
    if (!relayConfigured) {
      return 'Only relayed paths are allowed, but no TURN server is named for this browser.';
    }
    return `Only relayed paths are allowed. ${turn || 'The TURN server gave this browser none: '
      + 'check its address, user name and password.'}`;
  }
  if (local.length === 0) {
    return 'This browser found no network address to use: a setting or an extension may keep '
      + 'WebRTC from the network.';
  }
  const addresses = [...new Set(remote.map(({ address }) => address))];
  const shown = addresses.slice(0, 4);
  if (addresses.length > shown.length) shown.push(`${addresses.length - shown.length} more`);
  const tried = `The server listens on ${enumerate(shown)}, but no packet came through.`;
  if (turn) return `${tried} ${turn}`;
  if (relayConfigured && !relays) {
    return `${tried} Its TURN server did not answer this browser either: check its address, `
      + 'user name and password.';
  }
  if (relays) return `${tried} Not even the TURN relay could reach the server.`;
  const inside = !addresses.includes(host) && addresses.every(isPrivate) && !isPrivate(host)
    && /^[\d.]+$/.test(host);
  return inside
    ? `${tried} Those are addresses inside the server’s own network, such as a container’s: let it `
      + 'use the host’s network, or name a STUN or TURN server.'
    : `${tried} A firewall may block UDP between this browser and the server; a TURN server helps.`;
}

/**
 * @param {ServerError[]} errors
 * @returns {string} a sentence about the TURN server that says most; empty for none
 */
function explainTurn(errors) {
  const turn = errors.filter(({ url }) => /^turns?:/.test(url));
  const refused = turn.find(({ code }) => code === 401 || code === 441);
  if (refused) {
    return `The TURN server ${refused.url} refused this browser’s user name and password.`;
  }
  const failed = turn.find(({ code }) => code < 700);
  if (failed) {
    return `The TURN server ${failed.url} gave this browser no relay (error ${failed.code}).`;
  }
  const silent = turn[0];
  return silent
    ? `The TURN server ${silent.url} does not answer this browser: check its address and port, and `
      + 'firewalls.' : '';
}

/** @param {string} address */
function isPrivate(address) {
  return /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|f[cd]|fe80:|::1$)/i
    .test(address);
}
