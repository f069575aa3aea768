// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holderAction, holderWords } from '../assets/control-holder.js';

test('people read who has control', () => {
  assert.equal(holderWords({ mine: true, holder: 's1' }), 'You');
  assert.equal(holderWords({ mine: false, holder: 's2' }), 'Another viewer');
  assert.equal(holderWords({ mine: false, holder: null }), 'Nobody');
});

test('the button does what is possible', () => {
  /** @param {object} [now] */
  const action = (now = {}) => holderAction(
    { mine: false, holder: null, policy: 'exclusive', role: 'control', ...now });
  assert.equal(action(), 'acquire');
  assert.equal(action({ mine: true, holder: 's1' }), 'release');
  assert.equal(action({ holder: 's2' }), null);
  assert.equal(action({ role: 'view' }), null);
  assert.equal(action({ policy: 'first' }), null);
});
