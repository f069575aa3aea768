// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kSentGroups } from '../assets/number-groups.js';
import { createSentStatisticsSampler } from '../webrtc-client/sent-statistics.js';

/**
 * @param {number} second
 * @param {object} [video]
 * @param {object} [pair]
 */
function report(second, video = {}, pair = { currentRoundTripTime: 0.012 }) {
  const timestamp = 1000 * second;
  /** @type {Record<string, Record<string, unknown>>} */
  const stats = {
    v: {
      id: 'v', type: 'outbound-rtp', kind: 'video', timestamp, codecId: 'c', mediaSourceId: 's',
      remoteId: 'r', bytesSent: 250000 * second, packetsSent: 250 * second,
      retransmittedPacketsSent: 5 * second, framesEncoded: 30 * second, framesSent: 29 * second,
      keyFramesEncoded: second, frameWidth: 1280, frameHeight: 720, nackCount: 4, pliCount: 2,
      qualityLimitationReason: 'bandwidth',
      qualityLimitationDurations: { none: 3, bandwidth: 12.4, cpu: 0.2, other: 'x' },
      totalEncodeTime: 0.15 * second, encoderImplementation: 'libvpx',
      powerEfficientEncoder: false, targetBitrate: 2500000, ...video,
    },
    a: {
      id: 'a', type: 'outbound-rtp', kind: 'audio', timestamp, mediaSourceId: 'm',
      bytesSent: 5000 * second, packetsSent: 50 * second,
    },
    r: {
      id: 'r', type: 'remote-inbound-rtp', localId: 'v', timestamp, packetsLost: 2 * second,
      jitter: 0.003, roundTripTime: 0.02,
    },
    s: { id: 's', type: 'media-source', framesPerSecond: 31 },
    m: { id: 'm', type: 'media-source', audioLevel: 0.5 },
    c: { id: 'c', type: 'codec', mimeType: 'video/VP8' },
    p: {
      id: 'p', type: 'candidate-pair', selected: true, availableOutgoingBitrate: 3000000, ...pair,
    },
    i: { id: 'i', type: 'inbound-rtp', kind: 'video', timestamp, bytesReceived: 9 },
  };
  return new Map(Object.entries(stats));
}

test('what is sent, with what the server reported of it', () => {
  const sampler = createSentStatisticsSampler();
  assert.equal(sampler.sample(report(5), 0).interval, 0);
  const { interval, bitrate, bytesSent, video, audio, tracks, connection } = sampler
    .sample(report(7), 9);
  assert.equal(interval, 2);
  assert.equal(tracks.length, 2, 'what is received is another matter');
  assert.equal(bitrate, 8 * 255000);
  assert.equal(bytesSent, 7 * 255000);
  assert.ok(video && audio);
  assert.deepEqual({
    codec: video.codec,
    fps: video.framesPerSecond,
    source: video.sourceFramesPerSecond,
    size: [video.width, video.height],
    packets: video.packetsSentPerSecond,
    resent: [video.retransmittedPacketsSent, video.retransmittedPacketsSentPerSecond],
    lost: [video.packetsLost, video.packetsLostPerSecond],
    roundTrip: video.roundTripTime,
    limitation: video.limitation,
    durations: video.limitationDurations,
    encodeTime: Math.round(video.encodeTime ?? 0),
    encoder: [video.encoder, video.powerEfficientEncoder],
  }, {
    codec: 'VP8',
    fps: 30,
    source: 31,
    size: [1280, 720],
    packets: 250,
    resent: [35, 5],
    lost: [14, 2],
    roundTrip: 20,
    limitation: 'bandwidth',
    durations: { none: 3, bandwidth: 12.4, cpu: 0.2 },
    encodeTime: 5,
    encoder: ['libvpx', false],
  });
  assert.equal(audio.audioLevel, 0.5);
  assert.equal(connection.availableOutgoingBitrate, 3000000);
  assert.equal(connection.roundTripTime, 12);
});

test('where the path is not measured, the packets tell the round trip', () => {
  const { connection } = createSentStatisticsSampler().sample(report(1, {}, {}), 0);
  assert.equal(connection.roundTripTime, 20);
});

test('Firefox names no remote report; it is found by what it is about', () => {
  const { video } = createSentStatisticsSampler().sample(report(1, { remoteId: undefined }), 0);
  assert.equal(video?.packetsLost, 2);
});

test('the numbers say in words what limits the picture', () => {
  const statistics = createSentStatisticsSampler().sample(report(1), 0);
  const rows = Object.fromEntries(kSentGroups.flatMap(({ rows: all }) => all(statistics) ?? []));
  assert.equal(rows['Limited by'], 'the network (so far: bandwidth 12 s)');
  const free = createSentStatisticsSampler().sample(report(1, {
    qualityLimitationReason: 'none', qualityLimitationDurations: { none: 9, cpu: 0.4 },
  }), 0);
  assert.equal(Object.fromEntries(kSentGroups[0]?.rows(free) ?? [])['Limited by'], 'nothing');
});

test('an empty report is no error', () => {
  const statistics = createSentStatisticsSampler().sample(new Map(), 0);
  assert.equal(statistics.video, null);
  assert.equal(statistics.bytesSent, 0);
});
