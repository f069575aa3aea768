// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../webrtc-client/backoff.js';

test('delays grow up to the maximum', () => {
  const backoff = new Backoff({ initial: 100, maximum: 800 }, () => 0);
  const delays = Array.from('12345', () => backoff.next());
  assert.deepEqual(delays, [100, 200, 400, 800, 800]);
});

test('jitter only shortens', () => {
  const backoff = new Backoff({ initial: 100, maximum: 400, jitter: 0.5 }, () => 0.999);
  for (const longest of [100, 200, 400, 400]) {
    const delay = backoff.next();
    assert.ok(delay >= longest / 2 && delay < longest, `${delay} of ${longest}`);
  }
});

test('a reset starts again', () => {
  const backoff = new Backoff({ initial: 100, maximum: 800 }, () => 0);
  backoff.next();
  backoff.next();
  backoff.reset();
  assert.equal(backoff.next(), 100);
});
