// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  codecName, enumerate, explainRejection, parseMediaSections,
} from '../webrtc-client/codecs.js';

const kOffer = [
  'v=0', 'a=group:BUNDLE v a',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98', 'a=mid:v', 'a=rtpmap:96 H265/90000',
  'a=rtpmap:97 rtx/90000', 'a=rtpmap:98 H265/90000',
  'm=audio 0 UDP/TLS/RTP/SAVPF 111', 'a=bundle-only', 'a=mid:a', 'a=rtpmap:111 opus/48000/2', '',
].join('\r\n');

/** @param {string} kind */
const capabilities = (kind) => (kind === 'video'
  ? [{ mimeType: 'video/VP8' }, { mimeType: 'video/rtx' }, { mimeType: 'video/VP8' },
    { mimeType: 'video/H264' }]
  : [{ mimeType: 'audio/opus' }]);

test('sections, codecs without helpers, and bundle-only', () => {
  assert.deepEqual(parseMediaSections(kOffer), [
    { kind: 'video', rejected: false, codecs: ['H.265'] },
    { kind: 'audio', rejected: false, codecs: ['Opus'] },
  ]);
});

test('an accepted offer needs no words', () => {
  const answer = 'm=video 9 X 96\r\nm=audio 9 X 111\r\n';
  assert.equal(explainRejection(kOffer, answer, capabilities), null);
});

test('a refused picture is named with what would do', () => {
  const rejection = explainRejection(kOffer, 'm=video 0 X 96\r\nm=audio 9 X 111\r\n', capabilities);
  assert.deepEqual(rejection, {
    allRejected: false,
    message: 'No codec in common: the server offers video as H.265; '
      + 'this browser plays VP8 and H.264',
  });
});

test('everything refused ends the attempt', () => {
  const rejection = explainRejection(kOffer, 'm=video 0 X 96\r\nm=audio 0 X 111\r\n', () => []);
  assert.equal(rejection?.allRejected, true);
  assert.match(rejection?.message ?? '', /H\.265.*plays no video at all.*Opus.*no audio at all/);
});

test('an offer of something else than media is nobody’s refusal', () => {
  const data = 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n';
  assert.equal(explainRejection(data, 'm=application 0 X 0\r\n', capabilities), null);
});

test('names and lists as people write them', () => {
  assert.equal(codecName('video/H264'), 'H.264');
  assert.equal(codecName('OPUS'), 'Opus');
  assert.equal(codecName('THEORA'), 'THEORA');
  assert.equal(enumerate([]), '');
  assert.equal(enumerate(['A']), 'A');
  assert.equal(enumerate(['A', 'B', 'C']), 'A, B and C');
});
