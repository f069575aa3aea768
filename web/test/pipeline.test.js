// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Pipeline } from '../webrtc-client/pipeline.js';

/** @type {string[]} */
let sent;
/** @type {string[]} */
let events;
/** @type {Pipeline} */
let pipeline;
let mine = true;

beforeEach(() => {
  sent = [];
  events = [];
  mine = true;
  pipeline = new Pipeline(async (request) => {
    sent.push(request);
  }, () => mine);
  pipeline.addEventListener('change', (event) => {
    const { state, policy } = /** @type {CustomEvent} */ (event).detail;
    events.push(`${policy} ${state}`);
  });
});

/** @param {string} state @param {string} [runPolicy] */
function snapshot(state, runPolicy = 'manual') {
  pipeline.receive({ type: 'controls', rev: 1, state, runPolicy, controls: [] });
}

test('a snapshot tells the policy, and changes of the state follow', () => {
  snapshot('stopped');
  assert.deepEqual([pipeline.state, pipeline.policy, pipeline.mayControl],
    ['stopped', 'manual', true]);
  assert.deepEqual([pipeline.words, pipeline.startable], ['Stopped. Press Start.', true]);
  pipeline.receive({ type: 'state', state: 'playing' });
  pipeline.receive({ type: 'state', state: 'playing' });
  pipeline.receive({ type: 'state', state: 'upside-down' });
  assert.deepEqual(events, ['manual stopped', 'manual playing']);
});

test('who changes nothing, and other policies, have nothing to decide', () => {
  mine = false;
  snapshot('stopped');
  assert.equal(pipeline.mayControl, false);
  assert.deepEqual([pipeline.words, pipeline.startable], ['Stopped', false]);
  mine = true;
  snapshot('playing', 'on-demand');
  assert.equal(pipeline.mayControl, false);
  snapshot('playing', 'of another version');
  assert.equal(pipeline.policy, 'always');
});

test('who gets control, and who loses it, hears that', () => {
  snapshot('stopped');
  mine = false;
  pipeline.receive({ type: 'holder', rev: 2, holder: 's9' });
  pipeline.receive({ type: 'holder', rev: 3, holder: 's8' });
  assert.equal(pipeline.words, 'Stopped');
  mine = true;
  pipeline.receive({ type: 'holder', rev: 4, holder: 's1' });
  assert.equal(pipeline.startable, true);
  assert.deepEqual(events, ['manual stopped', 'manual stopped', 'manual stopped']);
});

test('requests are sent', async () => {
  await pipeline.start();
  await pipeline.stop();
  assert.deepEqual(sent, ['start', 'stop']);
});

test('a session without a snapshot is one of a pipeline that always runs', () => {
  snapshot('stopped');
  pipeline.expect();
  assert.equal(pipeline.policy, 'manual');  // a reconnection takes a moment
  pipeline.follow('live');
  pipeline.settle();
  assert.deepEqual(events, ['manual stopped', 'always playing']);
  pipeline.expect();
  snapshot('stopped');
  pipeline.settle();
  assert.equal(pipeline.policy, 'manual');
});

test('an older server tells of a pause by the state of the stream', () => {
  for (const state of /** @type {const} */ (['waiting', 'live'])) pipeline.follow(state);
  assert.deepEqual(events, []);  // a snapshot may still come
  pipeline.settle();
  for (const state of /** @type {const} */ (['paused', 'error'])) pipeline.follow(state);
  assert.deepEqual(events, ['always playing', 'always stopped']);
});
