// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  mediaWords, peerWords, streamKinds, streamStateWords, streamTitle,
} from '../assets/stream-words.js';
import { parseStreamInfo } from '../webrtc-client/stream-info.js';

/** @param {object} fields */
function info(fields) {
  const parsed = parseStreamInfo('/output', fields);
  assert.ok(parsed);
  return parsed;
}

test('the author’s title goes before the name', () => {
  assert.equal(streamTitle(info({ meta: { title: 'Front <b>gate</b>' } }), 'output'),
    'Front <b>gate</b>');
  assert.equal(streamTitle(info({ meta: { title: ' ' } }), 'output'), 'output');
  assert.equal(streamTitle(info({ meta: { title: 7 } }), 'output'), 'output');
  assert.equal(streamTitle(undefined, 'output'), 'output');
});

test('media in words', () => {
  assert.deepEqual(mediaWords(info({
    media: [
      { kind: 'video', codecs: ['H264', 'VP8'], width: 1280, height: 720, framerate: 29.97003 },
      { kind: 'audio', codecs: ['OPUS'] },
      { kind: 'audio', codecs: [] },
    ],
  })), ['1280×720 29.97 fps H.264, VP8', 'Opus', 'audio']);
  assert.deepEqual(mediaWords(info({ flags: ['video', 'send'] })), ['video']);
});

test('one viewer, two viewers', () => {
  assert.equal(peerWords(info({ peer_count: 1 })), '1 viewer');
  assert.equal(peerWords(info({})), '0 viewers');
});

test('a stream that takes a camera, and one that has it', () => {
  const input = { direction: 'in', flags: ['video', 'recv'], max_publishers: 1, state: 'waiting' };
  assert.equal(streamStateWords(info(input)), 'Takes a camera');
  assert.equal(peerWords(info(input)), 'nobody sends');
  const busy = info({ ...input, state: 'live', peer_count: 1 });
  assert.equal(streamStateWords(busy), 'In use');
  assert.equal(peerWords(busy), '1 sending');
  assert.equal(streamStateWords(info({ ...input, state: 'error' })), 'Error');
  assert.equal(streamStateWords(info({ flags: ['send'], state: 'live' })), 'Live');
});

test('what a stream takes is asked for, and everything where it does not say', () => {
  assert.deepEqual(streamKinds(info({ flags: ['audio', 'recv'] })), ['audio']);
  assert.deepEqual(streamKinds(info({ media: [{ kind: 'video', codecs: [] }] })), ['video']);
  assert.deepEqual(streamKinds(info({ flags: ['recv'] })), ['video', 'audio']);
});
