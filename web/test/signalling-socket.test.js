// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { parseConfiguration, SignallingSocket } from '../webrtc-client/signalling-socket.js';
import { FakeClock } from './fake-clock.js';
import { FakeWebSocket } from './fake-socket.js';

const kRealWebSocket = globalThis.WebSocket;
/** @type {Array<[string, ...unknown[]]>} */
let calls;
/** @type {FakeClock} */
let clock;
/** @type {SignallingSocket} */
let socket;

beforeEach(() => {
  globalThis.WebSocket = /** @type {any} */ (FakeWebSocket);
  calls = [];
  clock = new FakeClock();
  const listener = new Proxy({}, {
    get: (_target, name) => (/** @type {unknown[]} */ ...parameters) => {
      calls.push([String(name), ...parameters]);
    },
  });
  socket = new SignallingSocket('ws://host/output', /** @type {any} */ (listener), clock);
});

afterEach(() => {
  globalThis.WebSocket = kRealWebSocket;
});

test('the messages of the protocol reach the listener', () => {
  FakeWebSocket.last.open();
  for (const message of [
    {
      type: 'hello',
      data: {
        role: 'view', ice_servers: [{ urls: ['stun:s'] }], ice_transport_policy: 'relay',
      },
    },
    { type: 'sdp', data: { type: 'offer', sdp: 'v=0' } },
    { type: 'ice', data: { candidate: '', sdpMLineIndex: 0 } },
    { type: 'stream', data: { state: 'waiting', message: 'no caps' } },
    { type: 'error', data: { code: 'full', message: 'no seat' } },
    { type: 'bye', data: { reason: 'ended' } },
  ]) FakeWebSocket.last.receive(message);
  assert.deepEqual(calls, [
    ['onHello', { iceServers: [{ urls: ['stun:s'] }], iceTransportPolicy: 'relay' }, 'view', false],
    ['onOffer', 'v=0'],
    ['onCandidate', { candidate: '', sdpMLineIndex: 0 }],
    ['onStream', 'waiting', 'no caps'],
    ['onError', 'full', 'no seat'],
    ['onBye', 'ended', ''],
  ]);
});

test('navigation is for those who may control', () => {
  FakeWebSocket.last.open();
  for (const data of [
    { role: 'view', navigation: true, allow: ['view', 'control'] },
    { role: 'view', navigation: true, allow: ['view'] },
    { role: 'view', navigation: true },
    { role: 'view', navigation: 1, allow: ['view', 'control'] },
  ]) FakeWebSocket.last.receive({ type: 'hello', data });
  assert.deepEqual(calls.map((call) => call[3]), [true, false, false, false]);
});

test('what is malformed or unknown is passed over', () => {
  FakeWebSocket.last.open();
  for (const message of [
    '{', '[]', 'null', '7', { data: {} }, { type: 'sdp' },
    { type: 'sdp', data: { type: 'answer' } },
    { type: 'sdp', data: { type: 'offer', sdp: 7 } }, { type: 'ice', data: { candidate: 'x' } },
    { type: 'ice', data: { candidate: 'x', sdpMLineIndex: 'one' } },
    { type: 'stream', data: { state: 'dancing' } }, { type: 'news', data: {} },
  ]) FakeWebSocket.last.receive(message);
  assert.deepEqual(calls, []);
});

test('answers and candidates have the jetson-inference shapes', () => {
  socket.sendAnswer('too early');
  FakeWebSocket.last.open();
  socket.sendAnswer('v=0');
  socket.sendCandidate(/** @type {any} */ ({ candidate: 'c', sdpMLineIndex: 1, sdpMid: 'x' }));
  assert.deepEqual(FakeWebSocket.last.sent.map((text) => JSON.parse(text)), [
    { type: 'sdp', data: { type: 'answer', sdp: 'v=0' } },
    { type: 'ice', data: { candidate: 'c', sdpMLineIndex: 1 } },
  ]);
});

test('closing says bye, once, and nothing comes after', () => {
  FakeWebSocket.last.open();
  const { onmessage, onclose } = FakeWebSocket.last;
  assert.ok(onmessage && onclose);
  socket.close();
  assert.deepEqual(FakeWebSocket.last.sent, ['{"type":"bye","data":{}}']);
  assert.equal(FakeWebSocket.last.onclose, null);
  assert.equal(clock.pending, 0);
});

test('a refused socket is told from a lost one', () => {
  FakeWebSocket.last.onclose?.();
  assert.deepEqual(calls, [['onClosed', false]]);
});

test('a lost socket is told', () => {
  FakeWebSocket.last.open();
  FakeWebSocket.last.onclose?.();
  assert.deepEqual(calls, [['onClosed', true]]);
});

test('a server that never accepts is given up', async () => {
  const { last } = FakeWebSocket;
  await clock.advance(9000);
  assert.deepEqual(calls, [['onClosed', false]]);
  assert.ok(last.closed);
});

test('ICE servers are taken field by field', () => {
  assert.deepEqual(parseConfiguration({
    ice_servers: [{ urls: 'turn:t', username: 'u', credential: 'c' }, { urls: [7] }, 'x', {}],
  }), {
    iceServers: [{ urls: ['turn:t'], username: 'u', credential: 'c' }], iceTransportPolicy: 'all',
  });
  assert.deepEqual(parseConfiguration({}), { iceServers: [], iceTransportPolicy: 'all' });
});
