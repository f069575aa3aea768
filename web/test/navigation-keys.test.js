// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysymOf } from '../webrtc-client/navigation-keys.js';

test('keys have the names of X', () => {
  for (const [key, code, expected] of /** @type {const} */ ([
    ['a', 'KeyA', 'a'], ['A', 'KeyA', 'A'], ['7', 'Digit7', '7'], [' ', 'Space', 'space'],
    ['!', 'Digit1', 'exclam'], ['\\', 'Backslash', 'backslash'], ['\'', 'Quote', 'apostrophe'],
    ['ä', 'Quote', 'adiaeresis'], ['Ä', 'Quote', 'Adiaeresis'], ['ß', 'Minus', 'ssharp'],
    ['ÿ', '', 'ydiaeresis'], ['€', 'KeyE', 'U20AC'], ['я', 'KeyZ', 'U044F'], ['😀', '', 'U1F600'],
    ['Enter', 'Enter', 'Return'], ['Enter', 'NumpadEnter', 'KP_Enter'], ['Tab', 'Tab', 'Tab'],
    ['Backspace', 'Backspace', 'BackSpace'], ['Escape', 'Escape', 'Escape'],
    ['ArrowLeft', 'ArrowLeft', 'Left'], ['PageUp', 'PageUp', 'Page_Up'], ['F1', 'F1', 'F1'],
    ['F12', 'F12', 'F12'], ['Shift', 'ShiftLeft', 'Shift_L'], ['Shift', 'ShiftRight', 'Shift_R'],
    ['Shift', '', 'Shift_L'], ['AltGraph', 'AltRight', 'ISO_Level3_Shift'],
    ['Alt', 'AltRight', 'Alt_R'], ['Meta', 'MetaLeft', 'Super_L'],
    ['1', 'Numpad1', 'KP_1'], ['End', 'Numpad1', 'KP_End'], ['ArrowUp', 'Numpad8', 'KP_Up'],
    ['PageDown', 'Numpad3', 'KP_Page_Down'], [',', 'NumpadDecimal', 'KP_Separator'],
    ['.', 'NumpadDecimal', 'KP_Decimal'], ['+', 'NumpadAdd', 'KP_Add'],
  ])) assert.equal(keysymOf(key, code), expected, `${key} ${code}`);
});

test('what is no key of X is none', () => {
  for (const key of ['Dead', 'Process', 'Unidentified', 'AudioVolumeUp', 'F36', 'constructor', '',
    '\u0001', 'toString', 'Fn']) assert.equal(keysymOf(key, ''), null, key);
});
