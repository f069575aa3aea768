// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { isShown, place, readRegions } from '../webrtc-client/frame-boxes.js';
import { Frames } from '../webrtc-client/frames.js';

const kFrame = 3000;  // 30 frames a second

/** A video that shows a frame when a test says so. */
class FakeVideo {
  /** @type {Map<number, (now: number, metadata: { rtpTimestamp?: number }) => void>} */
  #callbacks = new Map();
  #last = 0;

  /** @param {(now: number, metadata: { rtpTimestamp?: number }) => void} callback */
  requestVideoFrameCallback(callback) {
    this.#callbacks.set(this.#last += 1, callback);
    return this.#last;
  }

  /** @param {number} id */
  cancelVideoFrameCallback(id) {
    this.#callbacks.delete(id);
  }

  get watched() {
    return this.#callbacks.size;
  }

  /** @param {number} [rtpTimestamp] */
  show(rtpTimestamp) {
    const callbacks = [...this.#callbacks.values()];
    this.#callbacks.clear();
    for (const callback of callbacks) callback(0, { rtpTimestamp });
  }
}

/** @type {Frames} */
let frames;
/** @type {any} */
let video;
/** @type {Array<[unknown, boolean]>} */
let told;

beforeEach(() => {
  frames = new Frames();
  video = new FakeVideo();
  told = [];
  frames.addEventListener('frame', (event) => {
    const { data, exact } = /** @type {CustomEvent} */ (event).detail;
    told.push([data, exact]);
  });
  frames.attach(video);
});

/** @param {number} rtp @param {unknown} data */
function know(rtp, data) {
  frames.receive({ type: 'frame', rtp: rtp >>> 0, media: 'video_0', width: 64, height: 48, data });
}

test('what is known of a frame is told when that frame is shown', () => {
  for (const number of [1, 2, 3]) know(number * kFrame, number);
  video.show(0);
  assert.deepEqual(told, []);
  video.show(kFrame);
  assert.deepEqual(told, [[1, true]]);
  video.show(2 * kFrame);
  video.show(3 * kFrame);
  assert.deepEqual(told, [[1, true], [2, true], [3, true]]);
});

test('of frames that the browser leaves out nothing is told', () => {
  for (const number of [1, 2, 3]) know(number * kFrame, number);
  video.show(3 * kFrame);
  assert.deepEqual(told, [[3, true]]);
});

test('the order of messages is of no matter', () => {
  for (const number of [3, 1, 2]) know(number * kFrame, number);
  for (const number of [1, 2, 3]) video.show(number * kFrame);
  assert.deepEqual(told.map(([data]) => data), [1, 2, 3]);
});

test('several things known of one frame are told in turn', () => {
  know(kFrame, 'faces');
  know(kFrame, 'text');
  video.show(kFrame);
  assert.deepEqual(told, [['faces', true], ['text', true]]);
});

test('the frame on screen may still be spoken of, and one that has gone is not it', () => {
  video.show(kFrame);
  know(kFrame, 'now');
  know(0, 'late');
  assert.deepEqual(told, [['now', true], ['late', false]]);
});

test('timestamps begin anew', () => {
  know(-kFrame, 'before');
  know(0, 'at');
  know(kFrame, 'behind');
  video.show(2 ** 32 - kFrame);
  video.show(0);
  video.show(kFrame);
  assert.deepEqual(told, [['before', true], ['at', true], ['behind', true]]);
});

test('what is as near as rounding is the same frame, and the next one is not', () => {
  know(kFrame + 1, 1);
  know(2 * kFrame - 1, 2);
  video.show(kFrame);
  assert.deepEqual(told, [[1, true]]);
  video.show(2 * kFrame);
  assert.deepEqual(told, [[1, true], [2, true]]);
});

test('what belongs to another picture does not disturb', () => {
  const other = 2 ** 31 - 5;
  video.show(kFrame);
  know(other, 'other');
  know(2 * kFrame, 'mine');
  video.show(2 * kFrame);
  assert.deepEqual(told, [['mine', true]]);
});

test('what a hidden page does not show does not pile up', () => {
  for (let number = 1; number <= 10_000; number += 1) know(number * kFrame, number);
  for (let number = 1; number <= 10_000; number += 1) video.show(number * kFrame);
  assert.equal(told.length, 256);
  assert.deepEqual(told.at(-1), [10_000, true]);
});

test('a browser that does not say what it shows gets the latest', () => {
  know(kFrame, 1);
  know(2 * kFrame, 2);
  video.show(undefined);
  know(3 * kFrame, 3);
  assert.deepEqual(told, [[2, false], [3, false]]);
});

test('a video that shows a file or a camera at first is looked at all the same', () => {
  video.show(undefined);
  know(kFrame, 1);
  assert.deepEqual(told, [[1, false]]);
  frames.reset();
  video.show(undefined);
  video.show(2 * kFrame);
  know(3 * kFrame, 3);
  video.show(3 * kFrame);
  assert.deepEqual(told, [[1, false], [3, true]]);
  frames.detach();
  assert.equal(video.watched, 0);
});

test('so does one that cannot, and a page without a video', () => {
  frames.attach(/** @type {any} */ ({}));
  know(1, 'cannot');
  frames.detach();
  know(2, 'none');
  assert.deepEqual(told, [['cannot', false], ['none', false]]);
});

test('another session, and another video, know nothing of the one before', () => {
  know(kFrame, 1);
  frames.reset();
  video.show(kFrame);
  frames.detach();
  assert.equal(video.watched, 0);
  assert.deepEqual(told, []);
});

test('what is no message is passed over', () => {
  for (const message of [{}, { rtp: '7', data: 1 }, { rtp: 7 }]) frames.receive(message);
  video.show(7);
  assert.deepEqual(told, []);
});

test('regions are read with care', () => {
  assert.equal(readRegions(null), null);
  assert.equal(readRegions({ faces: [] }), null);
  assert.deepEqual(readRegions({ regions: [] }), []);
  assert.deepEqual(readRegions({
    regions: [
      7, { type: 'x', x: 'a', y: 0, width: 1, height: 1 }, { x: 1, y: 2, width: 3 },
      {
        type: 'face',
        x: 1,
        y: 2,
        width: 3,
        height: 4,
        params: { detection: { confidence: 0.876 } },
      },
    ],
  }), [{ label: 'face 88 %', x: 1, y: 2, width: 3, height: 4 }]);
  const many = Array.from({ length: 1000 }, () => ({ x: 0, y: 0, width: 1, height: 1 }));
  assert.equal(readRegions({ regions: many })?.length, 256);
});

test('regions of another picture are not drawn where timestamps do not select', () => {
  assert.equal(isShown({ media: 'video_1', exact: false }, 'video_0'), false);
  assert.equal(isShown({ media: 'video_0', exact: false }, 'video_0'), true);
  assert.equal(isShown({ media: 'video_1', exact: true }, 'video_0'), true);
  assert.equal(isShown({ media: 'video_1', exact: false }, ''), true);
  assert.equal(isShown({ media: '', exact: false }, 'video_0'), true);
});

test('a region lies in the picture as the picture lies in its box', () => {
  const region = { label: '', x: 32, y: 12, width: 16, height: 24 };
  assert.deepEqual(place(region, { width: 64, height: 48 },
    { left: 100, top: 0, width: 640, height: 480 }),
  { left: 420, top: 120, width: 160, height: 240 });
});
