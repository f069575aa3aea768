// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaWords, streamTitle, viewerWords } from '../assets/stream-words.js';
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
  assert.equal(viewerWords(info({ peer_count: 1 })), '1 viewer');
  assert.equal(viewerWords(info({})), '0 viewers');
});
