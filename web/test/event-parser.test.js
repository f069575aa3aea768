// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser } from '../webrtc-client/event-parser.js';

const kStream = 'event: streams\ndata: {"a":1}\n\n: ping\n\nevent:stream-removed\r\ndata: x\r\n'
  + 'data:  y\r\nid: 7\r\n\r\ndata: plain\r\revent: without data\n\n';
const kEvents = [
  { type: 'streams', data: '{"a":1}' },
  { type: 'stream-removed', data: 'x\n y' },
  { type: 'message', data: 'plain' },
];

test('events, comments and all three line ends', () => {
  assert.deepEqual(new EventParser().push(kStream), kEvents);
});

test('it does not matter where the network cuts', () => {
  for (let size = 1; size < 9; size += 1) {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < kStream.length; at += size) {
      events.push(...parser.push(kStream.slice(at, at + size)));
    }
    assert.deepEqual(events, kEvents, `pieces of ${size}`);
  }
});

test('an endless line is refused', () => {
  assert.throws(() => new EventParser().push('data: '.padEnd(2 ** 20 + 2, 'x')), RangeError);
});

test('an event of endless lines is refused', () => {
  const parser = new EventParser();
  const lines = 'data: xxxxxxxx\n'.repeat(1000);
  assert.throws(() => {
    for (let count = 0; count < 200; count += 1) parser.push(lines);
  }, RangeError);
});
