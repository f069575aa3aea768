// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StallWatch } from '../webrtc-client/stall-watch.js';

test('three seconds without a byte are a stall, and any byte ends it', () => {
  let now = 1_000_000;
  const watch = new StallWatch(() => now);
  watch.begin();
  assert.equal(watch.stalled(0), false);
  now += 3000;
  assert.equal(watch.stalled(0), false);
  now += 1;
  assert.equal(watch.stalled(0), true);
  assert.equal(watch.stalled(10), false);
  now += 3001;
  assert.equal(watch.stalled(10), true);
});
