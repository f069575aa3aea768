// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { WebRTCPublisher } from '../webrtc-client/publisher.js';
import { FakePeerConnection, FakeServer, installFakeBrowser } from './fake-browser.js';
import { settle } from './fake-clock.js';
import { FakeDevices, fakeCapture } from './fake-media.js';
import { FakeWebSocket } from './fake-socket.js';

const restore = installFakeBrowser();
after(restore);

const kInput = { direction: 'in', flags: ['video', 'audio', 'recv'], max_publishers: 1 };

/** @type {FakeDevices} */
let devices;
/** @type {WebRTCPublisher} */
let publisher;
/** @type {string[]} */
let states;
/** @type {Array<[string, any]>} */
let events;

/** @param {import('../webrtc-client/publisher.js').PublisherOptions} [options] */
function create(options = {}) {
  publisher = new WebRTCPublisher('ws://robot:8554/input', { statisticsInterval: 0, ...options },
    fakeCapture(devices));
  publisher.addEventListener('statechange', (event) => (
    states.push(/** @type {CustomEvent} */ (event).detail.state)));
  for (const type of ['error', 'warning', 'capture']) {
    publisher.addEventListener(type, (event) => (
      events.push([type, /** @type {CustomEvent} */ (event).detail])));
  }
}

beforeEach(() => {
  devices = new FakeDevices();
  states = [];
  events = [];
  FakeServer.streams = { '/input': kInput };
  create();
});

afterEach(() => publisher.stop());

/** Starts and goes through everything until the pipeline has media. @param {...string} kinds */
async function goLive(...kinds) {
  assert.equal(await publisher.start(), true);
  FakeServer.accept();
  FakeServer.send('stream', { state: 'waiting', message: '' });
  FakeServer.offer(...kinds.length > 0 ? kinds : ['audio', 'video']);
  await settle();
  FakePeerConnection.last.becomes('connected');
  FakeServer.send('stream', { state: 'live', message: '' });
}

/** @returns {Array<[string, string, string | null]>} kind, direction and track of each m-line */
function sent() {
  return FakePeerConnection.last.transceivers.map(({ receiver, direction, sender }) => (
    [receiver.track.kind, direction, sender.track?.settings.deviceId ?? null]));
}

test('nobody is asked for anything before the start', async () => {
  await settle();
  assert.deepEqual(devices.asked, []);
  assert.equal(publisher.state, 'idle');
  assert.equal(publisher.message, 'Not sending');
});

test('the way from the button to the pipeline', async () => {
  await goLive();
  assert.deepEqual([...new Set(states)], ['capturing', 'connecting', 'waiting', 'live']);
  assert.deepEqual(sent(), [['audio', 'sendonly', 'mic'], ['video', 'sendonly', 'front']]);
  assert.equal(FakeServer.received('sdp')[0]?.type, 'answer');
});

test('it asks first and connects then: permission may take its time', async () => {
  let allow = () => {};
  devices.patience = new Promise((resolve) => {
    allow = resolve;
  });
  const { last } = FakeWebSocket;
  const started = publisher.start();
  await settle();
  assert.equal(publisher.state, 'capturing');
  assert.match(publisher.message, /permission to use the camera and the microphone/);
  assert.equal(FakeWebSocket.last, last);
  allow();
  assert.equal(await started, true);
  assert.notEqual(FakeWebSocket.last, last);
});

test('a choice made while the browser asks does not lose the start', async () => {
  let allow = () => {};
  devices.patience = new Promise((resolve) => {
    allow = resolve;
  });
  publisher.start();
  await settle();
  const chosen = publisher.use({ audio: null });
  allow();
  assert.equal(await chosen, true);
  assert.equal(publisher.state, 'connecting');
  assert.ok(publisher.started);
});

test('a kind that is not there, or not offered, is not sent', async () => {
  publisher.use({ audio: null });
  await goLive();
  assert.deepEqual(sent(), [['audio', 'inactive', null], ['video', 'sendonly', 'front']]);
});

test('of two m-lines of a kind, the first is served', async () => {
  await goLive('video', 'video');
  assert.deepEqual(sent(), [['video', 'sendonly', 'front'], ['video', 'inactive', null]]);
});

test('a picture keeps its size, unless the page says otherwise', async () => {
  await goLive();
  const sender = () => FakePeerConnection.last.transceivers[1].sender;
  assert.equal(sender().parameters.degradationPreference, 'maintain-resolution');
  assert.deepEqual(sender().parameters.encodings, [{}]);
  publisher.stop();
  create({ degradationPreference: 'maintain-framerate', maxBitrate: 500000 });
  await goLive();
  assert.equal(sender().parameters.degradationPreference, 'maintain-framerate');
  assert.deepEqual(sender().parameters.encodings, [{ maxBitrate: 500000 }]);
});

describe('while it is live', () => {
  test('another camera is sent without a negotiation', async () => {
    await goLive();
    const { last } = FakePeerConnection;
    assert.equal(await publisher.use({ video: { deviceId: 'back' } }), true);
    assert.equal(FakePeerConnection.last, last);
    assert.deepEqual(sent()[1], ['video', 'sendonly', 'back']);
    assert.deepEqual(publisher.mediaStream.getTracks().length, 2);
  });

  test('of two choices at once, both hold', async () => {
    await goLive();
    const first = publisher.use({ video: { deviceId: 'back' } });
    const second = publisher.use({ audio: null });
    assert.deepEqual(await Promise.all([first, second]), [false, true]);
    assert.deepEqual(sent(), [['audio', 'sendonly', null], ['video', 'sendonly', 'back']]);
    assert.deepEqual(publisher.sources, { video: { deviceId: 'back' }, audio: null });
  });

  test('a kind that was not sent before takes a new session', async () => {
    publisher.use({ audio: null });
    await goLive();
    const { last } = FakeWebSocket;
    await publisher.use({ audio: {} });
    await settle();
    assert.notEqual(FakeWebSocket.last, last);
    assert.deepEqual(last.sent.at(-1), '{"type":"bye","data":{}}');
  });

  test('muting sends silence, pausing sends black', async () => {
    await goLive();
    publisher.muted = true;
    publisher.paused = true;
    assert.deepEqual(devices.opened.map(({ enabled }) => enabled), [false, false]);
    await publisher.use({ video: { deviceId: 'back' } });
    assert.equal(devices.opened.at(-1)?.enabled, false, 'another camera is paused as well');
    publisher.paused = false;
    assert.equal(devices.opened.at(-1)?.enabled, true);
  });

  test('a camera that is taken away is told, and comes back into the same session', async () => {
    publisher.use({ video: { deviceId: 'front' } });
    await goLive();
    const { last } = FakePeerConnection;
    devices.unplug('front');
    assert.equal(publisher.state, 'lost');
    assert.match(publisher.message, /camera was taken away/);
    await settle();
    assert.equal(sent()[1]?.[2], null);
    devices.plug({ kind: 'videoinput', deviceId: 'front', label: '' });
    await settle();
    assert.equal(publisher.state, 'live');
    assert.equal(FakePeerConnection.last, last);
    assert.equal(sent()[1]?.[2], 'front');
  });

  test('what was forbidden and is allowed again comes back with a click', async () => {
    await goLive();
    const { last } = FakePeerConnection;
    for (const track of devices.opened) track.end();
    assert.equal(publisher.state, 'lost');
    assert.match(publisher.message, /^The camera and the microphone were taken away/);
    devices.refusals = [new DOMException('', 'NotAllowedError')];
    assert.equal(await publisher.start(), false);
    assert.equal(publisher.state, 'lost');
    assert.match(publisher.message, /may not use the camera/);
    assert.equal(await publisher.start(), true);
    assert.equal(publisher.state, 'live');
    assert.equal(FakePeerConnection.last, last);
  });

  test('a microphone that is taken away leaves the picture live', async () => {
    await goLive();
    devices.unplug('mic');
    assert.equal(publisher.state, 'live');
    assert.match(events.at(-1)?.[1].message, /microphone was taken away/);
  });

  test('what cannot be opened is said, and what was sent still is', async () => {
    await goLive();
    devices.refusals = [new DOMException('', 'NotReadableError'),
      new DOMException('', 'NotAllowedError')];
    assert.equal(await publisher.use({ video: { from: 'screen' } }), false);
    assert.equal(publisher.state, 'live');
    assert.match(events.at(-1)?.[1].message, /screen cannot be opened/);
    assert.equal(sent()[1]?.[2], 'front');
  });

  test('complaints about the media are warnings and end nothing', async () => {
    await goLive();
    FakeServer.send('error', { code: 'bad-media', message: 'cannot be decoded' });
    assert.deepEqual(events.at(-1), ['warning', { message: 'cannot be decoded' }]);
    assert.equal(publisher.state, 'live');
    FakeServer.send('bye', { reason: 'timeout', message: '' });
    assert.ok(!events.some(([type, detail]) => type === 'error'
      && detail.message === 'cannot be decoded'), 'they do not explain an end that comes later');
  });

  test('the pipeline’s pause is shown', async () => {
    await goLive();
    FakeServer.send('stream', { state: 'paused', message: '' });
    assert.equal(publisher.state, 'paused');
    assert.equal(publisher.message, 'The pipeline is paused');
  });
});

test('where somebody else sends, that is said, and theirs is waited for', async () => {
  FakeServer.streams = { '/input': { ...kInput, peer_count: 1 } };
  await publisher.start();
  FakeServer.accept();
  FakeServer.send('error', { code: 'busy', message: 'robot-2 publishes' });
  FakeServer.send('bye', { reason: 'busy', message: '' });
  assert.equal(publisher.state, 'full');
  assert.equal(publisher.message, 'Somebody else is sending – yours begins when they stop');
  assert.equal(publisher.hint, 'robot-2 publishes');
  const { last } = FakeWebSocket;
  await settle();
  assert.equal(FakeWebSocket.last, last, 'nothing is tried while they are there');
});

test('who is replaced closes the camera and stays away', async () => {
  await goLive();
  const { last } = FakeWebSocket;
  FakeServer.send('bye', { reason: 'replaced', message: '' });
  assert.equal(publisher.state, 'replaced');
  assert.equal(publisher.started, false);
  assert.deepEqual(devices.opened.map(({ readyState }) => readyState), ['ended', 'ended']);
  await settle();
  assert.equal(FakeWebSocket.last, last);
  await publisher.start();
  assert.notEqual(FakeWebSocket.last, last, 'a click takes it back');
});

test('a loss keeps the camera, and a restart comes back with it', async () => {
  await goLive();
  const asked = devices.asked.length;
  const { last } = FakeWebSocket;
  FakeServer.send('bye', { reason: 'restart', message: '' });
  while (FakeWebSocket.last === last) await settle();
  FakeServer.accept();
  FakeServer.offer('video');
  await settle();
  assert.deepEqual(sent(), [['video', 'sendonly', 'front']]);
  assert.equal(devices.asked.length, asked);
});

test('without a path, what the browser and the server know of it is told', async () => {
  assert.equal(await publisher.start(), true);
  FakeServer.accept();
  FakeServer.send('stream', { state: 'waiting', message: '' });
  FakeServer.offer('video');
  await settle();
  FakePeerConnection.last.onicecandidateerror?.({ url: 'turn:turn.example.com', errorCode: 401 });
  const candidate = 'candidate:1 1 UDP 1 10.0.0.1 5 typ host';
  FakeServer.send('ice', { candidate, sdpMLineIndex: 0 });
  FakePeerConnection.last.onicecandidate?.({
    candidate: { candidate: 'candidate:1 1 udp 1 x.local 5 typ host' },
  });
  await settle();
  FakeServer.send('error', { code: 'ice-failed', message: 'No network in common.' });
  FakeServer.send('bye', { reason: 'error', message: '' });
  assert.equal(publisher.state, 'failed');
  assert.match(publisher.hint, /turn\.example\.com refused/);
  assert.match(publisher.hint, /The server says: No network in common\./);
});

test('a permission that is denied is told, and nothing connects', async () => {
  devices.refusals = [new DOMException('', 'NotAllowedError')];
  const { last } = FakeWebSocket;
  assert.equal(await publisher.start(), false);
  assert.equal(publisher.state, 'failed');
  assert.match(publisher.message, /may not use the camera and the microphone/);
  assert.match(publisher.hint, /address bar/);
  assert.deepEqual(events.at(-1)?.[1].cause, 'denied');
  assert.equal(publisher.started, false);
  assert.equal(FakeWebSocket.last, last);
  assert.equal(await publisher.start(), true, 'and the next attempt may succeed');
});

test('a stream that is there to be watched takes no camera', async () => {
  await publisher.start();
  FakeServer.accept('view');
  assert.deepEqual(events.at(-1), ['error', {
    cause: 'refused',
    message: 'This stream is there to be watched; it takes no camera and no microphone',
  }]);
});

test('the jetson-inference server says nothing, and being connected is being live', async () => {
  await publisher.start();
  FakeWebSocket.last.open();
  FakeServer.offer('video');
  await settle();
  FakePeerConnection.last.becomes('connected');
  assert.equal(publisher.state, 'live');
});

test('stopping closes the socket, the connection and the devices', async () => {
  await goLive();
  publisher.stop();
  assert.equal(publisher.state, 'idle');
  assert.ok(FakePeerConnection.last.closed);
  assert.ok(FakeWebSocket.last.closed);
  assert.deepEqual(devices.opened.map(({ readyState }) => readyState), ['ended', 'ended']);
});
