// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { Capture, Overtaken } from '../webrtc-client/capture.js';
import { CaptureError } from '../webrtc-client/capture-problem.js';
import { settle } from './fake-clock.js';
import { FakeDevices, FakeTrack, fakeCapture } from './fake-media.js';

/** @type {FakeDevices} */
let devices;
/** @type {Array<[string, ...unknown[]]>} */
let calls;

const listener = {
  onTrack: (/** @type {string} */ kind, /** @type {any} */ track) => (
    calls.push(['track', kind, track?.settings.deviceId ?? track?.id ?? null])),
  onLost: (/** @type {string} */ kind, /** @type {string} */ device) => (
    calls.push(['lost', kind, device])),
  onWarning: (/** @type {string} */ message) => calls.push(['warning', message]),
};

/** @param {Parameters<typeof fakeCapture>[1]} [more] */
function create(more) {
  return new Capture(listener, fakeCapture(devices, more));
}

/** @param {string} name */
const refusal = (name, message = '') => new DOMException(message, name);

beforeEach(() => {
  devices = new FakeDevices();
  calls = [];
});

test('camera and microphone are asked for in one question', async () => {
  const capture = create();
  await capture.use({ video: { width: 1280, height: 720, frameRate: 30 }, audio: {} });
  assert.deepEqual(devices.asked, [{
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } }, audio: {},
  }]);
  assert.deepEqual(calls, [['track', 'video', 'front'], ['track', 'audio', 'mic']]);
});

test('what stays the same is not touched', async () => {
  const capture = create();
  await capture.use({ video: {}, audio: {} });
  const [camera, microphone] = devices.opened;
  calls.length = 0;
  await capture.use({ video: { deviceId: 'back' }, audio: {} });
  assert.deepEqual(devices.asked.at(-1), { video: { deviceId: { exact: 'back' } }, audio: false });
  assert.deepEqual(calls, [['track', 'video', 'back']]);
  assert.equal(camera?.readyState, 'ended', 'the former camera is closed');
  assert.equal(microphone?.readyState, 'live');
});

test('an open camera takes another size, and is opened anew where it does not', async () => {
  const capture = create();
  await capture.use({ video: { width: 640, height: 360 }, audio: null });
  await capture.use({ video: { width: 1280, height: 720 }, audio: null });
  assert.equal(devices.asked.length, 1);
  const [track] = devices.opened;
  assert.equal(track?.settings.width, 1280);
  assert.ok(track);
  track.fixed = true;
  await capture.use({ video: { width: 1920, height: 1080 }, audio: null });
  assert.equal(devices.asked.length, 2);
  assert.equal(track.readyState, 'ended');
  assert.equal(capture.tracks.video?.getSettings().width, 1920);
});

test('a kind that is not wanted any more is closed', async () => {
  const capture = create();
  await capture.use({ video: {}, audio: {} });
  calls.length = 0;
  await capture.use({ video: {}, audio: null });
  assert.deepEqual(calls, [['track', 'audio', null]]);
  assert.equal(devices.opened[1]?.readyState, 'ended');
});

test('a screen is asked for with the click that is still fresh', async () => {
  const capture = create();
  await capture.use({ video: { from: 'screen', frameRate: 30 }, audio: {} });
  assert.deepEqual(devices.asked, [
    { video: { frameRate: { ideal: 30 } }, audio: false }, { video: false, audio: {} },
  ]);
});

test('a track of the page is sent and never stopped', async () => {
  const capture = create();
  const track = new FakeTrack('video');
  await capture.use({ video: /** @type {any} */ (track), audio: null });
  assert.equal(capture.tracks.video, track);
  capture.stop();
  assert.equal(track.readyState, 'live');
});

test('stopping closes everything', async () => {
  const capture = create();
  await capture.use({ video: {}, audio: {} });
  capture.stop();
  assert.deepEqual(devices.opened.map(({ readyState }) => readyState), ['ended', 'ended']);
  assert.deepEqual(capture.tracks, { video: null, audio: null });
});

test('who changes their mind while the browser asks gets the newer, and nothing stays open',
  async () => {
    const capture = create();
    let allow = () => {};
    devices.patience = new Promise((resolve) => {
      allow = resolve;
    });
    const first = capture.use({ video: {}, audio: {} });
    await settle();
    const second = capture.use({ video: { deviceId: 'back' }, audio: null });
    allow();
    await assert.rejects(first, Overtaken);
    await second;
    assert.equal(capture.tracks.video?.getSettings().deviceId, 'back');
    assert.deepEqual(devices.opened.map(({ readyState }) => readyState),
      ['ended', 'ended', 'live']);
  });

describe('where not everything is there', () => {
  test('a picture goes without a microphone, and says so', async () => {
    devices.list = devices.list.filter(({ kind }) => kind !== 'audioinput');
    const capture = create();
    await capture.use({ video: {}, audio: {} });
    assert.deepEqual(calls, [['track', 'video', 'front'],
      ['warning', 'There is no microphone: the picture is sent without sound']]);
  });

  test('a picture goes where only the microphone is forbidden', async () => {
    devices.refusals = [refusal('NotAllowedError')];
    const capture = create({
      permission: async (device) => (device === 'microphone' ? 'denied' : 'granted'),
    });
    await capture.use({ video: {}, audio: {} });
    assert.equal(capture.tracks.audio, null);
    assert.ok(calls.some(([type]) => type === 'warning'));
  });

  test('who says no is not asked again', async () => {
    devices.refusals = [refusal('NotAllowedError')];
    await assert.rejects(create().use({ video: {}, audio: {} }),
      (error) => error instanceof CaptureError && error.cause === 'denied');
    assert.equal(devices.asked.length, 1);
  });

  test('a camera that was chosen before and is gone is another one now, and says so', async () => {
    const capture = create();
    await capture.use({ video: { deviceId: 'sold', width: 640 }, audio: null });
    assert.deepEqual(calls.map(([type]) => type), ['track', 'warning']);
    assert.equal(capture.sources.video && 'deviceId' in capture.sources.video
      && capture.sources.video.deviceId, undefined);
  });

  test('no camera at all is an error', async () => {
    devices.list = devices.list.filter(({ kind }) => kind !== 'videoinput');
    await assert.rejects(create().use({ video: {}, audio: {} }),
      (error) => error instanceof CaptureError && error.cause === 'none');
  });

  test('phones close one camera before they open the other', async () => {
    const capture = create();
    await capture.use({ video: {}, audio: null });
    devices.refusals = [refusal('NotReadableError')];
    await capture.use({ video: { deviceId: 'back' }, audio: null });
    assert.deepEqual(calls, [['track', 'video', 'front'], ['track', 'video', null],
      ['track', 'video', 'back']]);
  });

  test('what cannot be opened leaves what is open', async () => {
    const capture = create();
    await capture.use({ video: {}, audio: null });
    await assert.rejects(async () => {
      devices.refusals = [refusal('NotAllowedError')];
      await capture.use({ video: { from: 'screen' }, audio: null });
    }, CaptureError);
    assert.equal(capture.tracks.video?.readyState, 'live');
    assert.deepEqual(capture.sources, { video: {}, audio: null });
  });
});

describe('a device that is taken away', () => {
  test('is told, and used again when it is back', async () => {
    const capture = create();
    await capture.use({ video: { deviceId: 'front' }, audio: null });
    calls.length = 0;
    devices.unplug('front');
    assert.deepEqual(calls, [['track', 'video', null], ['lost', 'video', 'camera']]);
    await settle();
    assert.ok(!capture.tracks.video, 'the other camera is none of its business');
    devices.plug({ kind: 'videoinput', deviceId: 'front', label: 'Front camera' });
    await settle();
    assert.equal(devices.opened.at(-1)?.settings.deviceId, 'front');
    assert.equal(/** @type {any} */ (capture).tracks.video, devices.opened.at(-1));
  });

  test('is forgotten with another choice, and with the end', async () => {
    const capture = create();
    await capture.use({ video: { deviceId: 'front' }, audio: null });
    devices.unplug('front');
    await capture.use({ video: { deviceId: 'back' }, audio: null });
    const asked = devices.asked.length;
    devices.plug({ kind: 'videoinput', deviceId: 'front', label: 'Front camera' });
    await settle();
    assert.equal(devices.asked.length, asked);
  });

  test('is not waited for when it was a screen', async () => {
    const capture = create();
    await capture.use({ video: { from: 'screen' }, audio: null });
    devices.opened[0]?.end();
    assert.deepEqual(calls.at(-1), ['lost', 'video', 'screen']);
    devices.plug({ kind: 'videoinput', deviceId: 'third', label: '' });
    await settle();
    assert.equal(devices.asked.length, 1);
  });
});

test('a page that is not secure hears how it becomes so, and nobody is asked', async () => {
  const capture = new Capture(listener, fakeCapture(undefined, { secure: false }));
  await assert.rejects(capture.use({ video: {}, audio: {} }), (error) => (
    error instanceof CaptureError && error.cause === 'insecure'
    && /http:\/\/localhost:8554\/input/.test(error.hint)
    && /tls=self-signed/.test(error.hint)
    && /https:\/\/robot:8554\/input/.test(error.hint)));
});

test('a frame without the permission hears what it lacks', async () => {
  const capture = create({ allowed: (device) => device !== 'camera' });
  await assert.rejects(capture.use({ video: {}, audio: null }), (error) => (
    error instanceof CaptureError && /allow="camera; microphone/.test(error.hint)));
  assert.deepEqual(devices.asked, []);
});
