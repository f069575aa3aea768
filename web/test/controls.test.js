// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Controls } from '../webrtc-client/controls.js';

/** @type {object[]} */
let sent;
/** @type {Controls} */
let controls;
/** @type {string[]} */
let events;

beforeEach(() => {
  sent = [];
  events = [];
  controls = new Controls(async (request) => {
    sent.push(request);
  }, () => 's1');
  for (const type of ['controls', 'change']) {
    controls.addEventListener(type, (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      events.push(type === 'change' ? JSON.stringify(detail) : detail.controls.names.join());
    });
  }
});

const kText = { name: 'text', label: 'Words', type: 'string', maxLength: 64, value: 'hello' };
const kSpeed = { name: 'speed', label: '', type: 'number', min: 0, max: 100, step: 1, value: 50 };

/** @param {number} rev @param {object[]} list */
function snapshot(rev, list) {
  controls.receive({ type: 'controls', rev, role: 'control', state: 'live', controls: list });
}

/** @param {number} rev @param {Record<string, unknown>} values @param {string} [by] */
function changed(rev, values, by) {
  controls.receive({ type: 'changed', rev, values, by });
}

/** A session that has had its snapshot. */
function begin() {
  controls.expect();
  snapshot(7, [kText, kSpeed]);
}

test('a snapshot tells everything', () => {
  begin();
  assert.deepEqual(controls.names, ['text', 'speed']);
  assert.deepEqual(controls.values, { text: 'hello', speed: 50 });
  assert.deepEqual([controls.rev, controls.role, controls.state], [7, 'control', 'live']);
  assert.equal(controls.specs.get('text')?.maxLength, 64);
  assert.equal(controls.specs.get('speed')?.label, 'speed');
  assert.equal(controls.specs.get('speed')?.readOnly, false);
  assert.deepEqual(events, ['text,speed']);
});

test('a change is told with who wished it', () => {
  begin();
  changed(8, { speed: 70 }, 's3');
  assert.deepEqual(controls.values, { text: 'hello', speed: 70 });
  assert.equal(controls.rev, 8);
  assert.equal(events[1], '{"values":{"speed":70},"by":"s3","rev":8}');
});

test('old news of a control is passed over, and that of another is not', () => {
  begin();
  changed(7, { speed: 1 });
  changed(10, { speed: 2 });
  changed(9, { speed: 3 });
  changed(8, { text: 'late' });
  assert.deepEqual(controls.values, { text: 'late', speed: 2 });
  assert.equal(controls.rev, 10);
  snapshot(6, [kText]);
  assert.deepEqual(controls.values, { text: 'late', speed: 2 });
});

test('a list that was overtaken is taken, but for what is newer', () => {
  controls.expect();
  snapshot(5, [kText]);
  controls.receive({ type: 'holder', rev: 8, holder: 's1' });
  changed(7, { text: 'new', speed: 70 });
  assert.deepEqual(controls.values, { text: 'new' });
  snapshot(6, [kText, kSpeed, { ...kSpeed, name: 'gain', value: 3 }]);
  assert.deepEqual(controls.values, { text: 'new', speed: 70, gain: 3 });
  assert.deepEqual([controls.rev, controls.holder], [8, 's1']);
  changed(7, { gain: 4 });
  assert.equal(controls.values.gain, 4);
  snapshot(5, [kText]);
  assert.deepEqual(controls.names, ['text', 'speed', 'gain']);
});

test('what is told of a control that is gone is passed over', () => {
  begin();
  snapshot(8, [kText]);
  changed(9, { speed: 1 });
  assert.deepEqual(controls.values, { text: 'hello' });
});

test('another session may count anew, and what came before its snapshot is not believed', () => {
  begin();
  controls.expect();
  changed(9, { speed: 1 });
  assert.deepEqual(controls.values, { text: 'hello', speed: 50 });
  snapshot(0, [{ ...kSpeed, value: 3 }]);
  assert.deepEqual(controls.values, { speed: 3 });
  controls.settle();
  assert.deepEqual(controls.names, ['speed']);
});

test('a session without a snapshot has no controls', () => {
  controls.expect();
  controls.settle();
  assert.deepEqual(events, []);
  begin();
  controls.expect();
  controls.settle();
  assert.deepEqual([controls.names, controls.values, events.at(-1)], [[], {}, '']);
  controls.settle();
  assert.equal(events.length, 2);
});

test('a server that counts anew is heard, though its first session had no controls', () => {
  controls.expect();
  controls.receive({
    type: 'controls', rev: 40, role: 'control', policy: 'exclusive', controls: [kText],
  });
  controls.receive({ type: 'holder', rev: 41, holder: 's1' });
  controls.expect();
  controls.settle();
  assert.equal(controls.rev, 0);
  controls.receive({
    type: 'controls', rev: 1, role: 'control', policy: 'exclusive', controls: [kSpeed],
  });
  assert.deepEqual(controls.names, ['speed']);
  changed(2, { speed: 7 });
  controls.receive({ type: 'holder', rev: 3, holder: 's1' });
  assert.deepEqual([controls.values, controls.mine], [{ speed: 7 }, true]);
});

test('what is not understood is passed over', () => {
  controls.expect();
  snapshot(0, [{ ...kSpeed, type: 'hologram' }, { name: 'x' }, /** @type {any} */ (7), kText]);
  assert.deepEqual(controls.names, ['text']);
  changed(1, { other: 1, text: { a: 1 } });
  controls.receive({ type: 'changed', rev: 2 });
  controls.receive({ type: 'controls', rev: 3 });
  assert.deepEqual(controls.values, { text: 'hello' });
  assert.equal(events.length, 1);
});

test('a wish is sent, and the value is what the server says', async () => {
  begin();
  await controls.set({ speed: 70 });
  assert.deepEqual(sent, [{ type: 'set', values: { speed: 70 } }]);
  assert.equal(controls.values.speed, 50);
});

test('a button has no value, and is pressed', async () => {
  controls.expect();
  snapshot(1, [{ name: 'reset', label: 'Again', type: 'action' }, kText]);
  assert.deepEqual(controls.names, ['reset', 'text']);
  assert.deepEqual(controls.values, { text: 'hello' });
  assert.equal(controls.specs.get('reset')?.type, 'action');
  await controls.action('reset');
  assert.deepEqual(sent, [{ type: 'action', name: 'reset' }]);
});

test('everybody who may control does, unless the policy says otherwise', () => {
  assert.equal(controls.mine, false);
  begin();
  assert.deepEqual([controls.policy, controls.holder, controls.mine], ['all', null, true]);
  controls.receive({ type: 'controls', rev: 8, role: 'view', controls: [kText] });
  assert.equal(controls.mine, false);
});

test('who has control is told and followed', async () => {
  controls.expect();
  controls.receive({
    type: 'controls', rev: 3, role: 'control', policy: 'exclusive', controls: [kText],
  });
  /** @type {unknown[]} */
  const holders = [];
  controls.addEventListener('holder', (event) => {
    holders.push(/** @type {CustomEvent} */ (event).detail);
  });
  assert.deepEqual([controls.policy, controls.holder, controls.mine], ['exclusive', null, false]);
  controls.receive({ type: 'holder', rev: 5, holder: 's1' });
  assert.equal(controls.mine, true);
  controls.receive({ type: 'holder', rev: 4, holder: 's9' });  // overtaken
  controls.receive({ type: 'holder', rev: 6, holder: null });
  controls.receive({ type: 'holder', rev: 7, holder: 's2' });
  assert.deepEqual(holders, [
    { holder: 's1', mine: true }, { holder: null, mine: false }, { holder: 's2', mine: false },
  ]);
  await controls.acquire();
  await controls.release();
  assert.deepEqual(sent, [{ type: 'acquire' }, { type: 'release' }]);
  controls.expect();
  controls.receive({ type: 'holder', rev: 9, holder: 's1' });  // of a session that is over
  assert.equal(controls.holder, 's2');
  controls.settle();
  assert.deepEqual([controls.policy, controls.holder, controls.role], ['all', null, '']);
});

test('what the pipeline does is followed, by whichever message', () => {
  controls.expect();
  controls.receive({ type: 'controls', rev: 1, role: 'control', state: 'stopped', controls: [] });
  for (const state of /** @type {const} */ (['waiting', 'error', 'ended'])) controls.follow(state);
  assert.equal(controls.state, 'stopped');
  controls.receive({ type: 'state', state: 'playing' });
  assert.equal(controls.state, 'playing');
  controls.follow('paused');
  assert.equal(controls.state, 'stopped');
  controls.follow('live');
  assert.equal(controls.state, 'playing');
});

test('one who may only view is not in control, whoever is', () => {
  controls.expect();
  controls.receive({
    type: 'controls', rev: 3, role: 'view', policy: 'first', holder: 's1', controls: [],
  });
  assert.equal(controls.mine, false);
});
