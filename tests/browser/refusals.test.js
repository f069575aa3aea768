// SPDX-License-Identifier: LGPL-2.1-or-later
// What gst-launch-1.0 tells a user whose pipeline cannot start: what is wrong, and what to do.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Pipeline, launch, sink, testPicture } from './support/pipeline.js';

/** @param {string} uri @param {string[]} [more] */
function launchWith(uri, more = []) {
  return launch(['videotestsrc', 'is-live=true', '!', 'webrtcsink', `uri=${uri}`, ...more]);
}

describe('a URI is refused for', () => {
  const kMistakes = [
    ['its scheme', 'http://@:8554/output', [/“http”/, /webrtc:\/\//]],
    ['its interface', 'webrtc://not_a+host:8554/output', [/interface/, /not_a\+host/]],
    ['an interface of another machine', 'webrtc://198.51.100.7:0/output', [/198\.51\.100\.7/]],
    ['an IPv6 interface without brackets', 'webrtc://::1:8554/output', [/\[::1\]/]],
    ['a port that is too large', 'webrtc://@:65536/output', [/65536/, /65535/]],
    ['a port that is no number', 'webrtc://@:http/output', [/“http”/]],
    ['a missing stream', 'webrtc://@:8554', [/stream/]],
    ['a stream with a slash', 'webrtc://@:8554/out/put', [/stream|slash/, /out\/put/]],
    ['a stream name that the server keeps', 'webrtc://@:8554/api', [/api/]],
    ['a stream name that is too long', `webrtc://@:8554/${'a'.repeat(65)}`, [/64/]],
    ['an unknown option', 'webrtc://127.0.0.1:0/output?max-viwers=3', [/max-viwers/]],
    ['an option of the wrong type', 'webrtc://127.0.0.1:0/output?max-viewers=many',
      [/max-viewers/, /many/]],
    ['a user and a password', 'webrtc://me:secret@host:8554/output', [/user name or password/]],
  ];
  for (const [name, uri, words] of kMistakes) {
    test(name, async () => {
      const { status, output } = await launchWith(uri);
      assert.notEqual(status, 0);
      for (const word of words) assert.match(output, word);
      if (uri.includes('secret')) assert.doesNotMatch(output.replaceAll(uri, ''), /secret/);
    });
  }
});

test('a port in use', async () => {
  const pipeline = await Pipeline.start(`${testPicture()} ! ${sink()}`);
  try {
    const { status, output } = await launchWith(`webrtc://127.0.0.1:${pipeline.port}/other`);
    assert.notEqual(status, 0);
    assert.match(output, new RegExp(`${pipeline.port}`));
    assert.match(output, /in use|another program/i);
  } finally {
    assert.equal(await pipeline.stop(), 0, 'the one that has it goes on');
  }
});

test('a stream name that is taken', async () => {
  const { status, output } = await launch(['videotestsrc', 'is-live=true', '!', 'webrtcsink',
    'uri=webrtc://127.0.0.1:18554/output', 'videotestsrc', 'is-live=true', '!', 'webrtcsink',
    'uri=webrtc://127.0.0.1:18554/output']);
  assert.notEqual(status, 0);
  assert.match(output, /already has a stream to browsers named .output./);
});

test('settings that contradict the running server’s', async () => {
  const { status, output } = await launch(['videotestsrc', 'is-live=true', '!', 'webrtcsink',
    'uri=webrtc://127.0.0.1:18555/one', 'stun-server=stun://127.0.0.1:3478', 'videotestsrc',
    'is-live=true', '!', 'webrtcsink', 'uri=webrtc://127.0.0.1:18555/two',
    'stun-server=stun://127.0.0.1:3479']);
  assert.notEqual(status, 0);
  assert.match(output, /already runs .* with other/);
});

test('a STUN server that is none', async () => {
  const { status, output } = await launchWith('webrtc://127.0.0.1:0/output',
    ['stun-server=http://example.org']);
  assert.notEqual(status, 0);
  assert.match(output, /stun:\/\//);
});

test('codecs that there are not', async () => {
  const { status, output } = await launchWith('webrtc://127.0.0.1:0/output',
    ['video-caps=video/x-theora']);
  assert.notEqual(status, 0);
  assert.match(output, /video-caps/);
});

test('input that nothing can encode', async () => {
  const { status, output } = await launch(['videotestsrc', 'num-buffers=5', '!', 'jpegenc', '!',
    'webrtcsink', 'uri=webrtc://127.0.0.1:0/output']);
  assert.notEqual(status, 0);
  assert.match(output, /link|caps/);
});
