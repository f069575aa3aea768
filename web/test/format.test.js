// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatBitrate, formatBytes, formatLevel, formatMilliseconds, formatNumber, formatShare,
  formatSize, kUnknown,
} from '../assets/format.js';

test('units follow the size', () => {
  assert.equal(formatBitrate(0), '0 bit/s');
  assert.equal(formatBitrate(950), '950 bit/s');
  assert.equal(formatBitrate(999.6), '1.00 kbit/s');
  assert.equal(formatBitrate(64000), '64.0 kbit/s');
  assert.equal(formatBitrate(2500000), '2.50 Mbit/s');
  assert.equal(formatBytes(123456789), '123 MB');
});

test('numbers', () => {
  assert.equal(formatNumber(1234567), '1\u202f234\u202f567');
  assert.equal(formatNumber(29.97, 1), '30.0');
  assert.equal(formatMilliseconds(0.68), '0.7 ms');
  assert.equal(formatMilliseconds(41.4), '41 ms');
  assert.equal(formatSize(1280, 720), '1280×720');
});

test('shares and levels', () => {
  assert.equal(formatShare(0, 100), '0 %');
  assert.equal(formatShare(1, 199), '0.50 %');
  assert.equal(formatShare(50, 50), '50 %');
  assert.equal(formatShare(0, 0), kUnknown);
  assert.equal(formatLevel(1), '0 dB');
  assert.equal(formatLevel(0.1), '-20 dB');
  assert.equal(formatLevel(0), 'silence');
});

test('what is not known is not zero', () => {
  const formats = [formatBitrate, formatBytes, formatMilliseconds, formatLevel, formatNumber];
  for (const format of formats) {
    assert.equal(format(null), kUnknown);
    assert.equal(format(undefined), kUnknown);
    assert.equal(format(Number.NaN), kUnknown);
  }
  assert.equal(formatSize(0, 0), kUnknown);
});
