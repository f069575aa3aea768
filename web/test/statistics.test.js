// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStatisticsSampler } from '../webrtc-client/received-statistics.js';

/**
 * @param {number} second
 * @param {object} [video]
 */
function report(second, video = {}) {
  const timestamp = 1000 * second;
  /** @type {Record<string, Record<string, unknown>>} */
  const stats = {
    v: {
      id: 'v', type: 'inbound-rtp', kind: 'video', timestamp, codecId: 'c', jitter: 0.004,
      bytesReceived: 100000 + 250000 * second, packetsReceived: 300 * second,
      packetsLost: 3 * second, framesReceived: 31 * second, framesDecoded: 30 * second,
      framesDropped: second, keyFramesDecoded: second, frameWidth: 1280, frameHeight: 720,
      jitterBufferDelay: 0.6 * second, jitterBufferEmittedCount: 30 * second,
      totalDecodeTime: 0.06 * second, decoderImplementation: 'FFmpeg', powerEfficientDecoder: false,
      ...video,
    },
    a: {
      id: 'a', type: 'inbound-rtp', kind: 'audio', timestamp, bytesReceived: 5000 * second,
      packetsReceived: 50 * second, packetsLost: 0, audioLevel: 0.25,
    },
    c: { id: 'c', type: 'codec', mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1' },
    t: { id: 't', type: 'transport', selectedCandidatePairId: 'p', srtpCipher: 'AES' },
    q: { id: 'q', type: 'candidate-pair', currentRoundTripTime: 9 },
    p: {
      id: 'p', type: 'candidate-pair', currentRoundTripTime: 0.012,
      localCandidateId: 'l', remoteCandidateId: 'r',
    },
    l: { id: 'l', type: 'local-candidate', candidateType: 'prflx', protocol: 'udp' },
    r: {
      id: 'r', type: 'remote-candidate', candidateType: 'host', address: 'fd00::1', port: 41000,
    },
  };
  return new Map(Object.entries(stats));
}

test('the first sample has counters and no rates', () => {
  const { interval, video, bitrate, bytesReceived } = createStatisticsSampler()
    .sample(report(5), 7);
  assert.equal(interval, 0);
  assert.equal(bitrate, 0);
  assert.equal(bytesReceived, 100000 + 1250000 + 25000);
  assert.equal(video?.framesPerSecond, 0);
  assert.equal(video?.framesDecoded, 150);
});

test('rates are differences over the reports’ own time', () => {
  const sampler = createStatisticsSampler();
  sampler.sample(report(5), 0);
  const { time, interval, bitrate, video, audio, tracks } = sampler.sample(report(7), 123);
  assert.equal(time, 123);
  assert.equal(interval, 2);
  assert.equal(bitrate, 8 * 255000);
  assert.equal(tracks.length, 2);
  assert.equal(audio?.bitrate, 40000);
  assert.equal(audio?.audioLevel, 0.25);
  assert.equal(audio?.framesPerSecond, null);
  assert.equal(video?.codec, 'H.264');
  assert.equal(video?.codecParameters, 'packetization-mode=1');
  assert.equal(video?.framesPerSecond, 30);
  assert.equal(video?.framesReceivedPerSecond, 31);
  assert.equal(video?.framesDroppedPerSecond, 1);
  assert.equal(video?.keyFramesPerSecond, 1);
  assert.equal(video?.packetsReceivedPerSecond, 300);
  assert.equal(video?.packetsLostPerSecond, 3);
  assert.equal(video?.jitter, 4);
  assert.equal(Math.round(video?.jitterBufferDelay ?? 0), 20);
  assert.equal(Math.round(video?.decodeTime ?? 0), 2);
  assert.equal(video?.decoder, 'FFmpeg');
});

test('the selected pair counts, not any pair', () => {
  const { connection } = createStatisticsSampler().sample(report(1), 0);
  assert.equal(connection.roundTripTime, 12);
  assert.equal(connection.localCandidateType, 'prflx');
  assert.equal(connection.remoteCandidateType, 'host');
  assert.equal(connection.remoteAddress, '[fd00::1]:41000');
  assert.equal(connection.protocol, 'udp');
});

test('Firefox marks the pair itself', () => {
  const stats = report(1);
  stats.delete('t');
  stats.set('p', { ...stats.get('p'), selected: true });
  const { connection } = createStatisticsSampler().sample(stats, 0);
  assert.equal(connection.roundTripTime, 12);
  assert.equal(connection.encryption, null);
});

test('a counter that is reset makes no negative rate', () => {
  const sampler = createStatisticsSampler();
  sampler.sample(report(5), 0);
  const { video } = sampler.sample(report(6, { bytesReceived: 10, framesDecoded: 1 }), 0);
  assert.equal(video?.bitrate, 0);
  assert.equal(video?.framesPerSecond, 0);
  assert.equal(video?.decodeTime, null);
});

test('what a browser does not report is null, and an empty report is no error', () => {
  const { video } = createStatisticsSampler().sample(report(1, {
    jitter: undefined, framesDecoded: undefined, decoderImplementation: 'unknown',
    keyFramesDecoded: undefined, codecId: 'gone',
  }), 0);
  assert.equal(video?.jitter, null);
  assert.equal(video?.framesPerSecond, null);
  assert.equal(video?.decoder, null);
  assert.equal(video?.keyFramesPerSecond, null);
  assert.equal(video?.codec, null);
  const empty = createStatisticsSampler().sample(new Map(), 0);
  assert.equal(empty.video, null);
  assert.equal(empty.connection.roundTripTime, null);
});
