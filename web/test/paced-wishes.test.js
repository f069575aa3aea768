// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { PacedWishes } from '../assets/paced-wishes.js';
import { FakeClock } from './fake-clock.js';

/** @type {FakeClock} */
let clock;
/** @type {Array<{ value: unknown, resolve: () => void, reject: (error: Error) => void }>} */
let sent;
/** @type {Array<string | null>} */
let settled;
/** @type {PacedWishes} */
let wishes;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  settled = [];
  wishes = new PacedWishes({
    clock,
    send: (value) => new Promise((resolve, reject) => {
      sent.push({ value, resolve, reject });
    }),
    onSettled: (error) => settled.push(error?.message ?? null),
  });
});

const values = () => sent.map(({ value }) => value);

test('the first goes at once, and the last of many after it', async () => {
  for (let i = 0; i < 30; ++i) {
    wishes.wish(i);
    await clock.advance(10);
  }
  await clock.advance(100);
  assert.equal(values()[0], 0);
  assert.equal(values().at(-1), 29);
  assert.ok(values().length <= 7, `${values()}`);
});

test('what was refused and followed by another wish is not told', async () => {
  wishes.wish(1);
  wishes.wish(2);
  sent[0]?.reject(new Error('no'));
  await clock.advance(50);
  assert.deepEqual([values(), settled, wishes.busy], [[1, 2], [], true]);
  sent[1]?.resolve();
  await clock.advance(0);
  assert.deepEqual([settled, wishes.busy], [[null], false]);
});

test('the refusal of the last is told', async () => {
  wishes.wish(1);
  sent[0]?.reject(new Error('no'));
  await clock.advance(0);
  assert.deepEqual([settled, wishes.busy], [['no'], false]);
});

test('nothing is sent or told after the end', async () => {
  wishes.wish(1);
  wishes.wish(2);
  wishes.close();
  sent[0]?.resolve();
  await clock.advance(100);
  assert.deepEqual([values(), settled], [[1], []]);
  assert.equal(clock.pending, 0);
});
