// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
import { median, overRounds, percentiles, quantile, ratios, slope } from './statistics.mjs';

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

test('quantiles are measured values', () => {
  assert.equal(quantile(hundred, 0.5), 50);
  assert.equal(quantile(hundred, 0.99), 99);
  assert.equal(quantile(hundred, 1), 100);
  assert.equal(quantile([7], 0), 7);
  assert.ok(Number.isNaN(quantile([], 0.5)));
  assert.deepEqual(percentiles(hundred), { count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
});

test('median of an even number is the mean of the middle two', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([9, 1, 5]), 5);
});

test('slope of a line with symmetric noise is the line’s', () => {
  assert.ok(
    Math.abs(
      slope([
        [1, 13.2],
        [10, 21.8],
        [25, 36.8],
        [50, 62.2],
      ]) - 1,
    ) < 0.02,
  );
  assert.ok(
    Number.isNaN(
      slope([
        [5, 1],
        [5, 2],
      ]),
    ),
  );
});

test('rounds without a figure do not count', () => {
  assert.deepEqual(overRounds([1, NaN, 3, 2]), { median: 2, min: 1, max: 3, rounds: 3 });
  assert.deepEqual(ratios([1, 2, NaN], [2, 2, 2]), { median: 0.75, min: 0.5, max: 1, rounds: 2 });
});
