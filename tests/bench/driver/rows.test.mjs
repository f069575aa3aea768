// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
import { rowsOf } from './rows.mjs';

const kFigures = [['delay', 'ms', ({ p50 }) => p50]];

test('a figure is taken over the rounds, and the ratio round by round', () => {
  const [row] = rowsOf(
    {
      baseline: [{ p50: 10 }, { p50: 20 }, { p50: 40 }],
      ours: [{ p50: 5 }, { p50: 20 }, { p50: 10 }],
    },
    kFigures,
  );
  assert.equal(row.title, 'delay');
  assert.equal(row.baseline.median, 20);
  assert.equal(row.ours.median, 10);
  assert.equal(row.ratio.median, 0.5);
  assert.equal(row.ratio.min, 0.25);
});

test('a void round counts neither by itself nor in the ratio', () => {
  const [row] = rowsOf(
    {
      baseline: [{ p50: 10 }, { p50: 20 }],
      ours: [{ p50: 1, void: 'clients busy' }, { p50: 30 }],
    },
    kFigures,
  );
  assert.equal(row.baseline.rounds, 2);
  assert.equal(row.ours.rounds, 1);
  assert.equal(row.ours.median, 30);
  assert.equal(row.ratio.median, 1.5);
});

test('one end alone has no ratio', () => {
  assert.equal(rowsOf({ ours: [{ p50: 1 }] }, kFigures)[0].ratio, null);
});
