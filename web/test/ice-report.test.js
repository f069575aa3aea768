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
  relayConfigured: false, relayOnly: false, host: '192.168.1.5',
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
  assert.match(explainIceFailure({ ...kFacts, relayOnly: true }), /Only relayed paths/);
  assert.match(explainIceFailure({ ...kFacts, relayConfigured: true }),
    /TURN server did not answer/);
  assert.match(explainIceFailure({ ...kFacts, local: [candidate('203.0.113.1', 'relay')] }),
    /Not even the TURN relay/);
  assert.match(explainIceFailure(kFacts), /192\.168\.1\.5.*firewall/);
});

test('a container’s address is recognised by the public name of the server', () => {
  const facts = { ...kFacts, remote: [candidate('172.17.0.2')], host: '203.0.113.9' };
  assert.match(explainIceFailure(facts), /container/);
});

test('a long list of addresses is cut', () => {
  const remote = Array.from('1234567', (digit) => candidate(`10.0.0.${digit}`));
  assert.match(explainIceFailure({ ...kFacts, remote }), /10\.0\.0\.4 and 3 more/);
});
