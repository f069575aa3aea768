// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { NavigationPacer } from '../webrtc-client/navigation-pacer.js';

/** @type {Array<[string, boolean]>} */
let sent;
/** @type {(() => void) | null} */
let frame;
let now = 0;
/** @type {(() => void) | null} */
let rest;
/** @type {NavigationPacer} */
let pacer;

beforeEach(() => {
  sent = [];
  frame = null;
  now = 0;
  rest = null;
  pacer = new NavigationPacer({
    send: ({ event, x, delta_y: delta }, lossy) => {
      sent.push([[event, x, delta].filter((part) => part !== undefined).join(' '), lossy]);
    },
    nextFrame: (callback) => {
      frame = callback;
      return () => {
        if (frame === callback) frame = null;
      };
    },
    after: (_delay, callback) => {
      rest = callback;
      return () => {
        if (rest === callback) rest = null;
      };
    },
    now: () => now,
  });
});

/** @param {number} x */
function move(x) {
  pacer.move('mouse', { event: 'MouseMove', x });
}

/** The browser paints after so many ms. @param {number} time */
function paint(time) {
  now += time;
  const callback = frame;
  frame = null;
  callback?.();
}

test('the last of the moves of one picture is told', () => {
  for (const x of [1, 2, 3]) move(x);
  assert.deepEqual(sent, []);
  paint(16);
  assert.deepEqual(sent, [['MouseMove 3', true]]);
  assert.equal(frame, null);
});

test('what else happens follows the move before it, at once', () => {
  move(1);
  pacer.send({ event: 'MouseButtonPress', x: 1 });
  move(2);
  pacer.send({ event: 'MouseButtonRelease', x: 2 });
  assert.deepEqual(sent.map(([words]) => words),
    ['MouseMove 1', 'MouseButtonPress 1', 'MouseMove 2', 'MouseButtonRelease 2']);
  assert.deepEqual(sent.map(([, lossy]) => lossy), [false, false, false, false]);
  assert.equal(frame, null);
  assert.equal(rest, null);
});

test('a pointer that rests has told where for certain', () => {
  move(1);
  paint(16);
  move(2);
  paint(16);
  rest?.();
  assert.deepEqual(sent, [['MouseMove 1', true], ['MouseMove 2', true], ['MouseMove 2', false]]);
  assert.equal(rest, null);
});

test('a key does not keep it from telling', () => {
  move(3);
  paint(200);
  pacer.send({ event: 'KeyPress' });
  pacer.send({ event: 'KeyRelease' });
  assert.deepEqual(sent, [['MouseMove 3', true], ['MouseMove 3', false], ['KeyPress', false],
    ['KeyRelease', false]]);
  assert.equal(rest, null);
});

test('nor does a finger, and what happens elsewhere by the mouse says more', () => {
  move(4);
  paint(200);
  pacer.move('finger 1', { event: 'TouchMotion', x: 9 });
  paint(200);
  assert.notEqual(rest, null);
  pacer.send({ event: 'TouchUp', x: 9 });
  assert.deepEqual(sent.at(-2), ['MouseMove 4', false]);
  sent = [];
  move(5);
  paint(200);
  pacer.send({ event: 'MouseButtonPress', x: 5 });
  assert.deepEqual(sent, [['MouseMove 5', true], ['MouseButtonPress 5', false]]);
  assert.equal(rest, null);
});

test('the wheel adds up and gets there', () => {
  pacer.scroll({ event: 'MouseScroll', x: 1, delta_x: 0, delta_y: 3 });
  pacer.scroll({ event: 'MouseScroll', x: 2, delta_x: 0, delta_y: 4 });
  paint(16);
  pacer.scroll({ event: 'MouseScroll', x: 3, delta_x: 0, delta_y: 5 });
  paint(16);
  assert.deepEqual(sent, [['MouseScroll 2 7', false], ['MouseScroll 3 5', false]]);
});

test('fingers that move together are one frame', () => {
  pacer.move('finger 1', { event: 'TouchMotion', x: 1 });
  pacer.move('finger 2', { event: 'TouchMotion', x: 2 });
  pacer.move('finger 1', { event: 'TouchMotion', x: 3 });
  paint(16);
  assert.deepEqual(sent.map(([words]) => words), ['TouchMotion 3', 'TouchMotion 2', 'TouchFrame']);
});

test('a fast screen, or ten fingers, stay below what a server takes in a second', () => {
  for (let i = 0; i < 240; ++i) {
    for (let finger = 0; finger < 10; ++finger) {
      pacer.move(`finger ${finger}`, { event: 'TouchMotion', x: i });
    }
    paint(1000 / 240);
  }
  assert.ok(sent.length <= 130, `${sent.length}`);
  assert.ok(sent.length >= 100, `${sent.length}`);
});

test('what is forgotten is not told', () => {
  move(1);
  pacer.clear();
  paint(16);
  assert.deepEqual(sent, []);
});
