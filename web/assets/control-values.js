// SPDX-License-Identifier: LGPL-2.1-or-later
// What the widgets of controls need to know of values. Pure.

/**
 * @typedef {import('../webrtc-client/controls.js').ControlSpec} ControlSpec
 * @typedef {import('../webrtc-client/controls.js').ControlValue} ControlValue
 */

// Beyond, a slider is no help: a range that long is that of the number's type, such as 32 bits.
const kLongestSlider = 1e9;

/**
 * @param {ControlSpec} spec  of a number
 * @returns {boolean}
 */
export function fitsSlider({ min, max }) {
  return max > min && max - min < kLongestSlider;
}

/**
 * @param {ControlValue} value
 * @returns {number} as a person would write it: properties of 32 bits have 0.3 as 0.30000001192…
 */
export function plainNumber(value) {
  const exact = Number(value);
  return Number.isInteger(exact) ? exact : Number(exact.toPrecision(7));
}

/**
 * @param {ControlValue} value  `#rrggbb` or `#aarrggbb`
 * @returns {{ colour: string, alpha: number | null }} `#rrggbb`, and 0 to 255 where it is given
 */
export function splitColour(value) {
  const digits = /^#([0-9a-f]{2})?([0-9a-f]{6})$/i.exec(String(value));
  if (!digits) return { colour: '#000000', alpha: null };
  const [, alpha, colour] = digits;
  return { colour: `#${colour}`, alpha: alpha === undefined ? null : Number.parseInt(alpha, 16) };
}

/**
 * @param {string} colour  `#rrggbb`
 * @param {number | null} alpha
 */
export function joinColour(colour, alpha) {
  return alpha === null ? colour
    : `#${alpha.toString(16).padStart(2, '0')}${colour.slice(1)}`;
}

/**
 * @param {ControlSpec} spec
 * @param {ControlValue | undefined} value
 * @returns {string} for people
 */
export function valueWords(spec, value) {
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (typeof value === 'number') {
    return new Intl.NumberFormat('en', { maximumSignificantDigits: 8 }).format(value);
  }
  const text = String(value ?? '');
  if (spec.type === 'enum') {
    return spec.choices.find((choice) => choice.value === text)?.label ?? text;
  }
  if (spec.type === 'flags') {
    const labels = text.split('+').map((flag) => (
      spec.choices.find((choice) => choice.value === flag)?.label ?? flag));
    return labels.filter((label) => label !== '').join(', ') || 'None';
  }
  return text || '–';
}
