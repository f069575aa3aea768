// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureBox, toPicture } from '../webrtc-client/navigation-geometry.js';

const kPicture = { width: 640, height: 360 };

/**
 * @param {number} width
 * @param {number} height
 * @param {{ left?: number, top?: number, fit?: string, position?: string }} [more]
 */
function layout(width, height, { left = 0, top = 0, fit = 'contain', position = '50% 50%' } = {}) {
  return { content: { left, top, width, height }, fit, position };
}

test('a picture that fills its box is scaled', () => {
  assert.deepEqual(toPicture({ x: 320, y: 90 }, layout(1280, 720), kPicture),
    { x: 160, y: 45, inside: true });
  assert.deepEqual(toPicture({ x: 10, y: 10 }, layout(320, 180), kPicture),
    { x: 20, y: 20, inside: true });
});

test('bars above and below, or at the sides, are no picture', () => {
  const tall = layout(640, 560);
  assert.deepEqual(pictureBox(tall, kPicture), { left: 0, top: 100, width: 640, height: 360 });
  assert.deepEqual(toPicture({ x: 5, y: 100 }, tall, kPicture), { x: 5, y: 0, inside: true });
  assert.deepEqual(toPicture({ x: 5, y: 99 }, tall, kPicture), { x: 5, y: -1, inside: false });
  assert.deepEqual(toPicture({ x: 5, y: 460 }, tall, kPicture), { x: 5, y: 360, inside: false });
  const wide = layout(840, 360);
  assert.deepEqual(toPicture({ x: 100, y: 0 }, wide, kPicture), { x: 0, y: 0, inside: true });
  assert.deepEqual(toPicture({ x: 740, y: 0 }, wide, kPicture), { x: 640, y: 0, inside: false });
});

test('each object-fit puts it elsewhere', () => {
  const box = (/** @type {string} */ fit) => pictureBox(layout(320, 360, { fit }), kPicture);
  assert.deepEqual(box('contain'), { left: 0, top: 90, width: 320, height: 180 });
  assert.deepEqual(box('fill'), { left: 0, top: 0, width: 320, height: 360 });
  assert.deepEqual(box('cover'), { left: -160, top: 0, width: 640, height: 360 });
  assert.deepEqual(box('none'), { left: -160, top: 0, width: 640, height: 360 });
  assert.deepEqual(box('scale-down'), box('contain'));
  assert.deepEqual(pictureBox(layout(1000, 1000, { fit: 'scale-down' }), kPicture),
    { left: 180, top: 320, width: 640, height: 360 });
  // What is cut off cannot be pointed at.
  const cover = layout(320, 360, { fit: 'cover' });
  assert.deepEqual(toPicture({ x: 0, y: 0 }, cover, kPicture), { x: 160, y: 0, inside: true });
  assert.deepEqual(toPicture({ x: -1, y: 0 }, cover, kPicture), { x: 159, y: 0, inside: false });
});

test('object-position moves it', () => {
  const top = (/** @type {string} */ position) => (
    pictureBox(layout(640, 560, { position }), kPicture).top);
  assert.equal(top('50% 0%'), 0);
  assert.equal(top('0px 100%'), 200);
  assert.equal(top('50% 30px'), 30);
  assert.equal(top('50% calc(100% - 30px)'), 170);
  assert.equal(top(''), 100);
});

test('padding shifts it', () => {
  const padded = layout(640, 360, { left: 7, top: 9 });
  assert.deepEqual(toPicture({ x: 7, y: 9 }, padded, kPicture), { x: 0, y: 0, inside: true });
  assert.deepEqual(toPicture({ x: 6, y: 9 }, padded, kPicture), { x: -1, y: 0, inside: false });
});
