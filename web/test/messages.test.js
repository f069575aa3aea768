// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { MessageError, Messages } from '../webrtc-client/messages.js';
import { FakeClock } from './fake-clock.js';

class FakeChannel {
  label = 'control';
  readyState = 'open';
  bufferedAmount = 0;
  /** @type {string[]} */
  sent = [];
  /** @type {((event: { data: unknown }) => void) | null} */
  onmessage = null;
  /** @type {(() => void) | null} */
  onclose = null;

  /** @param {string} text */
  send(text) {
    this.sent.push(text);
  }

  /** @param {unknown} message */
  receive(message) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
}

/** @type {FakeClock} */
let clock;
/** @type {Messages} */
let messages;
/** @type {FakeChannel} */
let channel;
/** @type {string[]} */
let overSocket;
/** @type {unknown[]} */
let heard;
/** @type {unknown[]} */
let controls;
/** @type {unknown[]} */
let frames;
let socketOpen = true;

beforeEach(() => {
  clock = new FakeClock();
  channel = new FakeChannel();
  overSocket = [];
  heard = [];
  controls = [];
  frames = [];
  socketOpen = true;
  messages = new Messages({
    sendText(text) {
      if (socketOpen) overSocket.push(text);
      return socketOpen;
    },
    onMessage: (data) => heard.push(data),
    onControls: (message) => controls.push(message),
    onFrame: (message) => frames.push(message),
    clock,
  });
});

function attach() {
  messages.attach(/** @type {any} */ (channel));
}

/** @param {number | null} id @param {object | null} [error] */
function reply(id, error = null) {
  channel.receive({ type: 'ControlResponseMessage', id, error });
}

/** @param {Promise<void>} promise @param {string} code */
function refused(promise, code) {
  return assert.rejects(promise, (error) => error instanceof MessageError && error.code === code);
}

test('what is sent is a request, and its promise waits for the reply', async () => {
  attach();
  const first = messages.send({ pan: 1 });
  const second = messages.send(null);
  assert.deepEqual(channel.sent, [
    '{"id":1,"request":{"type":"message","data":{"pan":1}}}',
    '{"id":2,"request":{"type":"message","data":null}}',
  ]);
  reply(2, { code: 'rate', message: 'Too fast.' });
  await refused(second, 'rate');
  reply(1);
  await first;
});

test('without a channel the WebSocket carries it, and without both nothing does', async () => {
  const sent = messages.send(1);
  assert.deepEqual(overSocket, ['{"id":1,"request":{"type":"message","data":1}}']);
  messages.receive('{"type":"ControlResponseMessage","id":1,"error":null}');
  await sent;
  attach();
  channel.readyState = 'closed';
  socketOpen = false;
  await refused(messages.send(2), 'unconnected');
});

test('a channel of another name is left alone', () => {
  channel.label = 'other';
  attach();
  assert.equal(channel.onmessage, null);
});

test('what JSON cannot say is refused here', async () => {
  attach();
  await assert.rejects(messages.send(undefined), TypeError);
  await assert.rejects(messages.send(1n), TypeError);
  assert.deepEqual(channel.sent, []);
});

test('what is too large is refused here, and goes neither way', async () => {
  const room = 16_384 - '{"id":1,"request":{"type":"message","data":""}}'.length;
  await refused(messages.send('x'.repeat(room + 1)), 'too-large');
  await refused(messages.send('ä'.repeat(Math.floor(room / 2) + 1)), 'too-large');
  await refused(messages.send('x'.repeat(100_000)), 'too-large');
  attach();
  await refused(messages.send('x'.repeat(100_000)), 'too-large');
  assert.deepEqual([...overSocket, ...channel.sent], []);
  const sent = messages.send('x'.repeat(room));
  assert.equal(channel.sent[0]?.length, 16_384);
  reply(5);
  await sent;
});

test('messages are heard, and what is none is passed over', () => {
  attach();
  for (const message of ['{', '[]', '7', { type: 'news' }, { type: 'message', data: [1] },
    { type: 'ControlResponseMessage', id: 9, error: null },
    { type: 'message', data: { faces: [] } }]) channel.receive(message);
  assert.deepEqual(heard, [[1], { faces: [] }]);
});

test('who never replies is not waited for', async () => {
  attach();
  const sent = refused(messages.send(1), 'timeout');
  await Promise.resolve();
  clock.advance(10_000);
  await sent;
});

test('what a pipeline or its application has to do may take its time', async () => {
  attach();
  const done = [messages.ask({ type: 'set', values: {} }), messages.ask({ type: 'action' }),
    messages.run('start'), messages.run('stop')];
  const held = refused(messages.ask({ type: 'acquire' }), 'timeout');
  await clock.advance(59_000);
  for (let id = 1; id <= done.length; id += 1) reply(id);
  await Promise.all(done);
  await held;
  const never = refused(messages.run('start'), 'timeout');
  await clock.advance(60_000);
  await never;
});

test('the end of the session is the end of what waits', async () => {
  attach();
  const sent = refused(messages.send(1), 'lost');
  await Promise.resolve();
  messages.close();
  await sent;
  channel.receive({ type: 'message', data: 1 });
  assert.deepEqual(heard, []);
});

test('values of controls are a request, and a refusal names the control', async () => {
  attach();
  const taken = messages.ask({ type: 'set', values: { speed: 70 } });
  const refusal = messages.ask({ type: 'set', values: { speed: 700 } });
  assert.deepEqual(channel.sent, [
    '{"id":1,"request":{"type":"set","values":{"speed":70}}}',
    '{"id":2,"request":{"type":"set","values":{"speed":700}}}',
  ]);
  reply(1);
  reply(2, { code: 'range', control: 'speed', message: 'Too much.' });
  await taken;
  await assert.rejects(refusal, { code: 'range', control: 'speed', message: 'Too much.' });
});

test('what is said of controls is handed on, whichever way it comes', () => {
  attach();
  const snapshot = { type: 'controls', rev: 0, controls: [] };
  const change = { type: 'changed', rev: 1, values: { speed: 1 } };
  messages.receive(JSON.stringify(snapshot));
  channel.receive(change);
  assert.deepEqual(controls, [snapshot, change]);
});

function attachLossy() {
  const lossy = new FakeChannel();
  lossy.label = 'lossy';
  messages.attach(/** @type {any} */ (lossy));
  return lossy;
}

test('what may be lost goes over a channel of its own, and waits for nothing', () => {
  attach();
  const lossy = attachLossy();
  assert.equal(messages.tell('{"type":"move"}'), true);
  assert.deepEqual(lossy.sent, ['{"id":1,"request":{"type":"move"}}']);
  assert.deepEqual(channel.sent, []);
  lossy.bufferedAmount = 100_000;
  assert.equal(messages.tell('{"type":"move"}'), true);
  lossy.bufferedAmount = 0;
  assert.equal(messages.tell(`{"type":"${'x'.repeat(16_384)}"}`), true);
  assert.equal(lossy.sent.length, 1);
});

test('without a lossy channel that is open it is for the caller to find another way', () => {
  attach();
  assert.equal(messages.tell('{"type":"move"}'), false);
  const lossy = attachLossy();
  lossy.readyState = 'connecting';
  assert.equal(messages.tell('{"type":"move"}'), false);
  lossy.onclose?.();
  lossy.readyState = 'open';
  assert.equal(messages.tell('{"type":"move"}'), false);
  assert.deepEqual([...channel.sent, ...lossy.sent, ...overSocket], []);
});

test('both channels are heard, and neither once the session is over', () => {
  attach();
  const lossy = attachLossy();
  lossy.receive({ type: 'message', data: 1 });
  channel.receive({ type: 'message', data: 2 });
  messages.close();
  lossy.receive({ type: 'message', data: 3 });
  channel.receive({ type: 'message', data: 4 });
  assert.deepEqual(heard, [1, 2]);
});

test('what is known of a frame is handed on', () => {
  const lossy = attachLossy();
  const known = { type: 'frame', rtp: 7, media: 'video_0', data: [1] };
  lossy.receive(known);
  assert.deepEqual(frames, [known]);
});
