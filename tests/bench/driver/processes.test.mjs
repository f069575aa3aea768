// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
import { parseFrame } from './processes.mjs';

test('a frame has its arrival and its age', () => {
  assert.deepEqual(parseFrame('frame 1764000000123.4 17.2'), { at: 1764000000123.4, latency: 17.2 });
});

test('a frame whose clock could not be read has no age', () => {
  assert.deepEqual(parseFrame('frame 1764000000123.4 -'), { at: 1764000000123.4, latency: null });
});

test('anything else that a receiver says is an error', () => {
  for (const line of ['ready', 'frame 12.5', 'frame 12.5 x', 'frame 12.5 -3.0', '']) {
    assert.throws(() => parseFrame(line), { message: `"${line}" instead of a frame` });
  }
});
