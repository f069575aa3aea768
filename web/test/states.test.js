// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeState, isBusy, stateLabel } from '../webrtc-client/states.js';

test('words fit the state', () => {
  assert.equal(describeState('waiting'), 'Waiting for the stream to start');
  assert.match(describeState('ended'), /waiting for it to return/);
  assert.match(describeState('unreachable'), /not reachable/);
  assert.equal(stateLabel('live'), 'Live');
});

test('what needs a person is not busy', () => {
  assert.ok(isBusy('connecting'));
  assert.ok(isBusy('ended'));
  for (const state of /** @type {const} */ (['idle', 'live', 'failed'])) assert.ok(!isBusy(state));
});
