// SPDX-License-Identifier: LGPL-2.1-or-later
// Statistics of what a publisher sends. Pure.

import { codecName } from './codecs.js';
import { mean, milliseconds, number, rate, text, TrackSampler } from './statistics.js';

/** @typedef {import('./statistics.js').Stat} Stat */

/**
 * Per media track. What a browser does not report is null; counters count since the connection
 * began, and names that end in `PerSecond`, as well as `bitrate` and `encodeTime`, describe the
 * last interval.
 *
 * @typedef {object} SentTrackStatistics
 * @property {'video' | 'audio'} kind
 * @property {string} id  stable while the connection lasts
 * @property {string | null} codec  such as `VP8`
 * @property {string | null} codecParameters  the format parameters (`fmtp`) of the SDP
 * @property {number} bitrate  bit/s
 * @property {number | null} targetBitrate  bit/s that the encoder is asked for
 * @property {number} bytesSent
 * @property {number} packetsSent
 * @property {number} packetsSentPerSecond
 * @property {number | null} retransmittedPacketsSent
 * @property {number | null} retransmittedPacketsSentPerSecond
 * @property {number | null} packetsLost  as the server reports it
 * @property {number | null} packetsLostPerSecond
 * @property {number | null} nackCount  requests of the server for packets
 * @property {number | null} pliCount  requests of the server for key frames
 * @property {number | null} jitter  ms, as the server reports it
 * @property {number | null} roundTripTime  ms, by the server's reports
 * @property {number | null} width  pixels
 * @property {number | null} height  pixels
 * @property {number | null} framesPerSecond  encoded
 * @property {number | null} sourceFramesPerSecond  of the camera or the screen
 * @property {number | null} framesEncoded
 * @property {number | null} framesSent
 * @property {number | null} keyFramesEncoded
 * @property {number | null} keyFramesPerSecond
 * @property {number | null} encodeTime  ms per frame
 * @property {string | null} limitation  what keeps the picture from being better: `none`, `cpu`,
 *   `bandwidth` or `other`
 * @property {Record<string, number> | null} limitationDurations  s, by limitation
 * @property {string | null} encoder  the browser's name of its encoder
 * @property {boolean | null} powerEfficientEncoder  usually: encoded in hardware
 * @property {number | null} audioLevel  0 to 1, of the microphone
 *
 * @typedef {import('./statistics.js').Sample<SentTrackStatistics> & { bytesSent: number }}
 *   SentStatistics  the bytes are those of all tracks
 */

/**
 * @param {Stat} stat
 * @param {ReadonlyMap<string, Stat>} report
 * @returns {Stat | undefined} what the server reported of this track
 */
function remoteOf(stat, report) {
  return report.get(stat.remoteId)
    ?? [...report.values()].find(({ type, localId }) => (
      type === 'remote-inbound-rtp' && localId === stat.id));
}

/**
 * @param {Stat} stat
 * @param {Stat | undefined} before
 * @param {ReadonlyMap<string, Stat>} report
 * @param {ReadonlyMap<string, Stat>} reportBefore
 * @returns {SentTrackStatistics}
 */
function track(stat, before, report, reportBefore) {
  const codec = report.get(stat.codecId);
  const source = report.get(stat.mediaSourceId);
  const remote = remoteOf(stat, report);
  const remoteBefore = remote && reportBefore.get(remote.id);
  return {
    kind: stat.kind,
    id: String(stat.id),
    codec: codec ? codecName(String(codec.mimeType)) : null,
    codecParameters: text(codec?.sdpFmtpLine),
    bitrate: (rate(stat, before, 'bytesSent') ?? 0) * 8,
    targetBitrate: number(stat.targetBitrate),
    bytesSent: number(stat.bytesSent) ?? 0,
    packetsSent: number(stat.packetsSent) ?? 0,
    packetsSentPerSecond: rate(stat, before, 'packetsSent') ?? 0,
    retransmittedPacketsSent: number(stat.retransmittedPacketsSent),
    retransmittedPacketsSentPerSecond: rate(stat, before, 'retransmittedPacketsSent'),
    // Duplicates make a receiver count below zero (RFC 3550, section 6.4.1).
    packetsLost: remote ? Math.max(0, number(remote.packetsLost) ?? 0) : null,
    packetsLostPerSecond: remote ? rate(remote, remoteBefore, 'packetsLost') : null,
    nackCount: number(stat.nackCount),
    pliCount: number(stat.pliCount),
    jitter: milliseconds(remote?.jitter),
    roundTripTime: milliseconds(remote?.roundTripTime),
    width: number(stat.frameWidth),
    height: number(stat.frameHeight),
    framesPerSecond: rate(stat, before, 'framesEncoded'),
    sourceFramesPerSecond: number(source?.framesPerSecond),
    framesEncoded: number(stat.framesEncoded),
    framesSent: number(stat.framesSent),
    keyFramesEncoded: number(stat.keyFramesEncoded),
    keyFramesPerSecond: rate(stat, before, 'keyFramesEncoded'),
    encodeTime: mean(stat, before, 'totalEncodeTime', 'framesEncoded'),
    limitation: text(stat.qualityLimitationReason),
    limitationDurations: durations(stat.qualityLimitationDurations),
    encoder: stat.encoderImplementation === 'unknown' ? null : text(stat.encoderImplementation),
    powerEfficientEncoder: typeof stat.powerEfficientEncoder === 'boolean'
      ? stat.powerEfficientEncoder : null,
    audioLevel: number(source?.audioLevel),
  };
}

/**
 * @param {unknown} value
 * @returns {Record<string, number> | null}
 */
function durations(value) {
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => number(item) !== null));
}

/** @returns {{ sample: (report: ReadonlyMap<string, Stat>, time: number) => SentStatistics }} */
export function createSentStatisticsSampler() {
  const sampler = new TrackSampler('outbound-rtp', track);
  return {
    sample(report, time) {
      const sample = sampler.sample(report, time);
      // The round trip of the path is not always measured by the sender; that of the packets is.
      const { connection, tracks } = sample;
      connection.roundTripTime ??= tracks.find((item) => item.roundTripTime !== null)
        ?.roundTripTime ?? null;
      return { ...sample, bytesSent: tracks.reduce((sum, item) => sum + item.bytesSent, 0) };
    },
  };
}
