// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { MessageError } from '../webrtc-client/messages.js';
import { Navigation } from '../webrtc-client/navigation.js';
import { installFakeBrowser } from './fake-browser.js';
import { settle } from './fake-clock.js';

const restore = installFakeBrowser();
after(restore);

/** @type {Navigation} */
let navigation;
/** @type {EventTarget} */
let video;
let mine = true;
/** The code of the server's refusal; empty: it takes all. */
let refusal = '';
/** @type {string[]} */
let sent;
/** @type {Array<string | boolean>} */
let events;

beforeEach(() => {
  mine = true;
  refusal = '';
  sent = [];
  events = [];
  navigation = new Navigation(async ({ event }) => {
    sent.push(event);
    if (refusal) throw new MessageError(refusal, 'No.');
  }, () => mine);
  navigation.addEventListener('change', (event) => {
    events.push(/** @type {CustomEvent} */ (event).detail.available);
  });
  navigation.addEventListener('refused', (event) => {
    events.push(/** @type {CustomEvent} */ (event).detail.code);
  });
  video = Object.assign(new EventTarget(), {
    style: {}, getAttribute: () => null, removeAttribute() {}, toggleAttribute() {}, tabIndex: -1,
  });
  navigation.attach(/** @type {any} */ (video));
});

/** @param {'keydown' | 'keyup'} type */
async function press(type) {
  video.dispatchEvent(Object.assign(new Event(type), {
    key: 'a', code: 'KeyA', getModifierState: () => false,
  }));
  await settle();
}

test('what is done on the picture is sent while this browser is in control', async () => {
  await press('keydown');
  navigation.set(true);
  await press('keydown');
  await press('keyup');
  mine = false;
  navigation.review();
  await press('keydown');
  mine = true;
  navigation.review();
  await press('keydown');
  assert.deepEqual(sent, ['KeyPress', 'KeyRelease', 'KeyPress']);
  assert.deepEqual(events, [true, false, true]);
});

test('what is let go of with the control is not told to be refused', async () => {
  navigation.set(true);
  await press('keydown');
  refusal = 'not-in-control';
  mine = false;
  navigation.review();
  await settle();
  assert.deepEqual(sent, ['KeyPress', 'KeyRelease']);
  assert.deepEqual(events, [true, false]);
});

test('what is forbidden comes back with the permission, and what is off does not', async () => {
  navigation.set(true);
  refusal = 'forbidden';
  await press('keydown');
  assert.equal(navigation.available, false);
  refusal = '';
  navigation.review();
  assert.equal(navigation.available, true);
  refusal = 'off';
  await press('keydown');
  navigation.review();
  assert.equal(navigation.available, false);
  navigation.set(true);
  assert.equal(navigation.available, true);
});
