// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatisticsHistory } from '../assets/history.js';

/** @typedef {import('../webrtc-client/received-statistics.js').Statistics} Statistics */

const kSeries = [{
  key: 'bitrate',
  value: (/** @type {Statistics} */ { bitrate }) => bitrate,
}];

/**
 * @param {number} second
 * @param {number} [interval]
 */
const sample = (second, interval = 1) => /** @type {Statistics} */ (
  /** @type {unknown} */ ({ time: second * 1000, interval, bitrate: second }));

test('columns for the charts', () => {
  const history = new StatisticsHistory(kSeries, 60);
  history.add(sample(1, 0));
  history.add(sample(2));
  assert.deepEqual(history.columns(['bitrate']), [[1, 2], [null, 2]]);
  assert.equal(history.latest, 2);
});

test('the past ends', () => {
  const history = new StatisticsHistory(kSeries, 60);
  for (let second = 0; second < 1000; second += 1) history.add(sample(second));
  const [times, values] = history.columns(['bitrate']);
  assert.equal(times[0], 939);
  assert.equal(times.length, 61);
  assert.equal(values?.length, 61);
});

test('an interruption breaks the curve', () => {
  const history = new StatisticsHistory(kSeries, 60);
  history.add(sample(1));
  history.add(sample(20));
  assert.deepEqual(history.columns(['bitrate']), [[1, 2.25, 20], [1, null, 20]]);
});

test('a clock that is set back begins anew', () => {
  const history = new StatisticsHistory(kSeries, 60);
  history.add(sample(100));
  history.add(sample(50));
  assert.deepEqual(history.columns(['bitrate']), [[50], [50]]);
});
