// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressWithoutToken, readToken, writeToken } from '../assets/token-storage.js';

test('the token leaves the address, and the rest stays as it was written', () => {
  assert.deepEqual(addressWithoutToken('http://robot:8554/cam?embed&token=a%2Bb&muted#x'),
    { address: 'http://robot:8554/cam?embed&muted#x', token: 'a+b' });
  assert.deepEqual(addressWithoutToken('http://robot:8554/?token=a&token=b'),
    { address: 'http://robot:8554/', token: 'a' });
  assert.deepEqual(addressWithoutToken('http://robot:8554/cam?token'),
    { address: 'http://robot:8554/cam', token: '' });
  assert.deepEqual(addressWithoutToken('http://robot:8554/cam?tokens=1'),
    { address: 'http://robot:8554/cam?tokens=1', token: null });
});

test('where there is no storage, the page does without', () => {
  writeToken('http://robot:8554/', 'abc');
  assert.equal(readToken('http://robot:8554/'), '');
});
