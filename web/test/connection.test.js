// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import { WebRTCPublisher } from '../webrtc-client/publisher.js';
import { FakePeerConnection, FakeServer, installFakeBrowser } from './fake-browser.js';
import { settle } from './fake-clock.js';
import { FakeDevices, fakeCapture } from './fake-media.js';
import { FakeWebSocket } from './fake-socket.js';

const restore = installFakeBrowser();
after(restore);

/** @type {WebRTCPublisher} */
let stream;
let now = 1_000_000;

beforeEach(() => {
  mock.method(performance, 'now', () => now);
  FakeServer.streams = { '/input': { direction: 'in', flags: ['video', 'recv'] } };
  stream = new WebRTCPublisher('ws://robot:8554/input', { statisticsInterval: 1 },
    fakeCapture(new FakeDevices()));
});

afterEach(() => {
  stream.stop();
  mock.restoreAll();
});

/** What the server says of controls and of the pipeline. @param {object} message */
function told(message) {
  FakeWebSocket.last.receive(message);
}

/** @param {object} [hello] @param {object[]} snapshots  which follow it */
async function goLive(hello = {}, ...snapshots) {
  await stream.start();
  FakeWebSocket.last.open();
  FakeServer.send('hello', { role: 'publish', session: 's1', ice_servers: [], ...hello });
  FakeServer.send('stream', { state: 'live', message: '' });
  for (const snapshot of snapshots) told(snapshot);
  FakeServer.offer('video');
  await settle();
  FakePeerConnection.last.becomes('connected');
}

/** The next sample has been taken. */
async function sampled() {
  await new Promise((resolve) => {
    stream.addEventListener('statistics', resolve, { once: true });
  });
}

test('a pipeline that starts again has time for its first packet', async () => {
  await goLive({}, { type: 'controls', rev: 0, role: 'control', runPolicy: 'manual',
    policy: 'all', state: 'playing', controls: [] });
  assert.equal(stream.state, 'live');
  told({ type: 'state', state: 'stopped' });
  assert.equal(stream.state, 'paused');
  now += 60_000;
  await sampled();
  told({ type: 'state', state: 'playing' });
  assert.equal(stream.state, 'live');
  await sampled();
  assert.equal(stream.state, 'live');
  now += 3001;
  await sampled();
  assert.equal(stream.state, 'stalled');
});

const kExclusive = {
  type: 'controls', rev: 3, role: 'control', runPolicy: 'manual', policy: 'exclusive',
  state: 'playing', controls: [],
};

/** Whether this browser is offered Start and Stop, and navigation. */
function offered() {
  return [stream.pipeline.mayControl, stream.navigation.available];
}

test('who is not in control is offered nothing', async () => {
  await goLive({ allow: ['view', 'control'], navigation: true }, kExclusive);
  assert.deepEqual(offered(), [false, false]);
  told({ type: 'holder', rev: 4, holder: 's1' });
  assert.deepEqual(offered(), [true, true]);
  told({ type: 'holder', rev: 5, holder: 's2' });
  assert.deepEqual(offered(), [false, false]);
  told({ ...kExclusive, rev: 6, policy: 'all' });
  assert.deepEqual(offered(), [true, true]);
  told({ ...kExclusive, rev: 6, policy: 'all', role: 'view' });
  assert.deepEqual(offered(), [false, false]);
});

test('where nothing is said of controls, the hello decides', async () => {
  await goLive({ allow: ['view', 'control'], navigation: true });
  assert.deepEqual(offered(), [false, true]);
});
