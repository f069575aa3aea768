// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fitsSlider, joinColour, plainNumber, splitColour, valueWords,
} from '../assets/control-values.js';

/**
 * @param {Partial<import('../webrtc-client/controls.js').ControlSpec>} [more]
 * @returns {import('../webrtc-client/controls.js').ControlSpec}
 */
function spec(more = {}) {
  return {
    name: 'x', label: 'X', type: 'number', min: 0, max: 100, step: 1, maxLength: 0, choices: [],
    readOnly: false, ...more,
  };
}

test('a range of somebody’s choice has a slider, that of a number’s type has none', () => {
  assert.ok(fitsSlider(spec({ min: -10, max: 10 })));
  assert.ok(fitsSlider(spec({ min: 500_000, max: 8_000_000 })));
  assert.ok(!fitsSlider(spec({ min: -(2 ** 31), max: 2 ** 31 - 1 })));
  assert.ok(!fitsSlider(spec({ min: 0, max: 2 ** 31 - 1 })));
  assert.ok(!fitsSlider(spec({ min: -Infinity, max: Infinity })));
  assert.ok(!fitsSlider(spec({ min: -Number.MAX_VALUE, max: Number.MAX_VALUE })));
  assert.ok(!fitsSlider(spec({ min: 3, max: 3 })));
});

test('a colour has an opacity where one is given', () => {
  assert.deepEqual(splitColour('#80ff0010'), { colour: '#ff0010', alpha: 128 });
  assert.deepEqual(splitColour('#ff0010'), { colour: '#ff0010', alpha: null });
  assert.deepEqual(splitColour('red'), { colour: '#000000', alpha: null });
  assert.equal(joinColour('#ff0010', 8), '#08ff0010');
  assert.equal(joinColour('#ff0010', null), '#ff0010');
});

test('numbers stand as people write them, and whole ones exactly', () => {
  assert.equal(plainNumber(Math.fround(0.3)), 0.3);
  assert.equal(plainNumber(4_294_967_295), 4_294_967_295);
  assert.equal(plainNumber(-0.25), -0.25);
});

test('values have words', () => {
  const choices = [{ value: 'a', label: 'First' }, { value: 'b', label: 'Second' }];
  assert.equal(valueWords(spec({ type: 'boolean' }), true), 'On');
  assert.equal(valueWords(spec(), 0.1 + 0.2), '0.3');
  assert.equal(valueWords(spec({ type: 'enum', choices }), 'b'), 'Second');
  assert.equal(valueWords(spec({ type: 'flags', choices }), 'a+b'), 'First, Second');
  assert.equal(valueWords(spec({ type: 'flags', choices }), ''), 'None');
  assert.equal(valueWords(spec({ type: 'string' }), ''), '–');
});
