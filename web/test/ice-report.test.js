// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidatesOf, explainIceFailure, parseCandidate } from '../webrtc-client/ice-report.js';

/**
 * @param {string} address
 * @param {string} [type]
 */
const candidate = (address, type = 'host') => ({ address, type, protocol: 'udp' });
const kFacts = {
  local: [candidate('abc.local')], remote: [candidate('192.168.1.5')],
  relayConfigured: false, relayOnly: false, errors: [], host: '192.168.1.5',
};

test('candidates are read from messages and from SDP', () => {
  const line = 'candidate:1 1 UDP 2015363327 192.168.1.5 41000 typ host';
  assert.deepEqual(parseCandidate(line), candidate('192.168.1.5'));
  assert.deepEqual(candidatesOf(`v=0\r\na=${line}\r\na=mid:0\r\na=candidate:rubbish\r\n`),
    [candidate('192.168.1.5')]);
  assert.equal(parseCandidate(''), null);
});

test('each likely reason has its own words', () => {
  assert.match(explainIceFailure({ ...kFacts, remote: [] }), /sent no address/);
  assert.match(explainIceFailure({ ...kFacts, local: [] }), /This browser found no network/);
  assert.match(explainIceFailure({ ...kFacts, relayOnly: true }), /no TURN server is named/);
  assert.match(explainIceFailure({ ...kFacts, relayOnly: true, relayConfigured: true }),
    /Only relayed paths.*user name and password/);
  assert.match(explainIceFailure({ ...kFacts, relayConfigured: true }),
    /TURN server did not answer/);
  assert.match(explainIceFailure({ ...kFacts, local: [candidate('203.0.113.1', 'relay')] }),
    /Not even the TURN relay/);
  assert.match(explainIceFailure(kFacts), /192\.168\.1\.5.*firewall/);
});

test('what a TURN server said to this browser is told', () => {
  const url = 'turn:turn.example.com:3478?transport=udp';
  /** @param {number[]} codes  @param {object} [facts] */
  const explain = (codes, facts = {}) => explainIceFailure({
    ...kFacts,
    relayConfigured: true,
    errors: [{ url: 'stun:stun.example.com:3478', code: 701 },
      ...codes.map((code) => ({ url, code }))],
    ...facts,
  });
  assert.match(explain([701, 401]), /turn\.example\.com.* refused/);
  assert.match(explain([701, 401], { relayOnly: true }), /^Only relayed.* refused/);
  assert.match(explain([486]), /error 486/);
  assert.match(explain([701]), /turn\.example\.com.* does not answer/);
  assert.match(explain([]), /TURN server did not answer/);
  // It was of no use, but not at fault.
  assert.match(explain([401], { local: [candidate('203.0.113.1', 'relay')] }),
    /Not even the TURN relay/);
});

test('a container’s address is recognised by the public name of the server', () => {
  const facts = { ...kFacts, remote: [candidate('172.17.0.2')], host: '203.0.113.9' };
  assert.match(explainIceFailure(facts), /container/);
});

test('a long list of addresses is cut', () => {
  const remote = Array.from('1234567', (digit) => candidate(`10.0.0.${digit}`));
  assert.match(explainIceFailure({ ...kFacts, remote }), /10\.0\.0\.4 and 3 more/);
});
