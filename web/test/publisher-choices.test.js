// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSources } from '../assets/sources-preference.js';
import {
  chosenAudio, chosenVideo, kDefaultVideo, pictureChoices, rateChoices, sendWords, sizeChoices,
  soundChoices,
} from '../webrtc-client/publisher-choices.js';

const kDevices = [
  { kind: /** @type {const} */ ('videoinput'), deviceId: 'front', label: 'Front camera' },
  { kind: /** @type {const} */ ('videoinput'), deviceId: 'back', label: '' },
  { kind: /** @type {const} */ ('audioinput'), deviceId: 'default', label: 'Default' },
  { kind: /** @type {const} */ ('audioinput'), deviceId: 'mic', label: 'Desk microphone' },
];

test('before anybody was asked, devices have no names and there is one choice', () => {
  const nameless = kDevices.map(({ kind }) => ({ kind, deviceId: '', label: '' }));
  const { choices, chosen } = pictureChoices(nameless, {}, undefined, true);
  assert.deepEqual(choices.map(({ words }) => words),
    ['Camera', 'Screen or window…', 'No picture']);
  assert.equal(chosen, 'camera');
});

test('the device that is open is the one that is chosen', () => {
  const { choices, chosen } = pictureChoices(kDevices, {}, 'back', false);
  assert.deepEqual(choices.map(({ words }) => words), ['Front camera', 'Camera 2', 'No picture']);
  assert.equal(chosen, 'camera:back');
  assert.equal(soundChoices(kDevices, { deviceId: 'mic' }, undefined).chosen, 'microphone:mic');
  assert.equal(soundChoices(kDevices, null, undefined).chosen, 'none');
});

test('a choice becomes what is asked for', () => {
  assert.deepEqual(chosenVideo('camera:a:b', '1280x720', '30'),
    { deviceId: 'a:b', width: 1280, height: 720, frameRate: 30 });
  assert.deepEqual(chosenVideo('screen', '', ''), { from: 'screen' });
  assert.deepEqual(chosenVideo('camera', '', '15'), { frameRate: 15 });
  assert.equal(chosenVideo('none', '1280x720', '30'), null);
  assert.deepEqual(chosenAudio('microphone:mic'), { deviceId: 'mic' });
  assert.deepEqual(chosenAudio('microphone'), {});
  assert.equal(chosenAudio('none'), null);
});

test('sizes and rates of a page’s own are among the choices', () => {
  assert.equal(sizeChoices(kDefaultVideo).chosen, '1280x720');
  assert.ok(sizeChoices({ width: 800, height: 600 }).choices
    .some(({ value }) => value === '800x600'));
  assert.ok(rateChoices({ frameRate: 12 }).choices.some(({ value }) => value === '12'));
  assert.equal(rateChoices({}).chosen, '');
});

test('the button says what it sends', () => {
  assert.equal(sendWords({ video: {}, audio: {} }), 'Send camera and microphone');
  assert.equal(sendWords({ video: { from: 'screen' }, audio: null }), 'Send screen');
  assert.equal(sendWords({ video: null, audio: {} }), 'Send microphone');
});

test('what was kept is taken field by field', () => {
  const absent = { video: kDefaultVideo, audio: {} };
  assert.deepEqual(parseSources({
    video: { deviceId: 'front', width: 640, height: 360, frameRate: 1e9, from: 'screen' },
    audio: null,
  }, absent), { video: { deviceId: 'front', width: 640, height: 360 }, audio: null });
  assert.deepEqual(parseSources({ video: 'x', audio: { deviceId: 7 } }, absent),
    { video: kDefaultVideo, audio: {} });
  assert.deepEqual(parseSources(null, absent), absent);
});
