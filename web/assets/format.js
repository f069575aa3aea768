// SPDX-License-Identifier: LGPL-2.1-or-later
// Numbers as people read them. Pure. What is not known is an en dash.

export const kUnknown = '–';

/**
 * @param {number | null | undefined} value
 * @param {number} [digits]  after the point
 */
export function formatNumber(value, digits = 0) {
  if (value == null || !Number.isFinite(value)) return kUnknown;
  // A thin, unbreakable space groups thousands in every language alike.
  const [whole = '', fraction] = value.toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/**
 * @param {number | null | undefined} value
 * @param {string} base  unit without prefix
 */
function formatScaled(value, base) {
  if (value == null || !Number.isFinite(value)) return kUnknown;
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  let scaled = value;
  let index = 0;
  while (scaled >= 999.5 && index < prefixes.length - 1) {
    scaled /= 1000;
    index += 1;
  }
  const digits = index === 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${prefixes[index]}${base}`;
}

/** @param {number | null | undefined} bitsPerSecond */
export function formatBitrate(bitsPerSecond) {
  return formatScaled(bitsPerSecond, 'bit/s');
}

/** @param {number | null | undefined} bytes */
export function formatBytes(bytes) {
  return formatScaled(bytes, 'B');
}

/** @param {number | null | undefined} milliseconds */
export function formatMilliseconds(milliseconds) {
  if (milliseconds == null || !Number.isFinite(milliseconds)) return kUnknown;
  return `${milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)} ms`;
}

/**
 * @param {number | null | undefined} part
 * @param {number | null | undefined} rest
 * @returns {string} share of `part` in both together
 */
export function formatShare(part, rest) {
  if (part == null || rest == null || part + rest <= 0) return kUnknown;
  const percent = (100 * part) / (part + rest);
  return `${percent.toFixed(percent > 0 && percent < 9.95 ? 2 : 0)} %`;
}

/**
 * @param {number | null | undefined} level  0 to 1
 * @returns {string} in decibels below full scale
 */
export function formatLevel(level) {
  if (level == null || !Number.isFinite(level)) return kUnknown;
  return level <= 0.001 ? 'silence' : `${(20 * Math.log10(level)).toFixed(0)} dB`;
}

/**
 * @param {number | null | undefined} width
 * @param {number | null | undefined} height
 */
export function formatSize(width, height) {
  return width && height ? `${width}×${height}` : kUnknown;
}
