// SPDX-License-Identifier: LGPL-2.1-or-later
// Statistics of what a viewer receives. Pure.

import { codecName } from './codecs.js';
import { mean, milliseconds, number, rate, text, TrackSampler } from './statistics.js';

/** @typedef {import('./statistics.js').Stat} Stat */

/**
 * Per media track. What a browser does not report is null; counters count since the connection
 * began, and names that end in `PerSecond`, as well as `bitrate`, `jitterBufferDelay` and
 * `decodeTime`, describe the last interval.
 *
 * @typedef {object} TrackStatistics
 * @property {'video' | 'audio'} kind
 * @property {string} id  stable while the connection lasts
 * @property {string | null} codec  such as `H.264`
 * @property {string | null} codecParameters  the format parameters (`fmtp`) of the SDP
 * @property {number} bitrate  bit/s
 * @property {number} bytesReceived
 * @property {number} packetsReceived
 * @property {number} packetsReceivedPerSecond
 * @property {number} packetsLost
 * @property {number} packetsLostPerSecond
 * @property {number | null} retransmittedPacketsReceived
 * @property {number | null} nackCount
 * @property {number | null} pliCount
 * @property {number | null} jitter  ms
 * @property {number | null} jitterBufferDelay  ms, mean of what left the jitter buffer
 * @property {number | null} width  pixels
 * @property {number | null} height  pixels
 * @property {number | null} framesPerSecond  decoded
 * @property {number | null} framesReceived
 * @property {number | null} framesReceivedPerSecond
 * @property {number | null} framesDecoded
 * @property {number | null} framesDropped
 * @property {number | null} framesDroppedPerSecond
 * @property {number | null} keyFramesDecoded
 * @property {number | null} keyFramesPerSecond
 * @property {number | null} decodeTime  ms per frame
 * @property {number | null} freezeCount
 * @property {number | null} totalFreezesDuration  s
 * @property {string | null} decoder  the browser's name of its decoder
 * @property {boolean | null} powerEfficientDecoder  usually: decoded in hardware
 * @property {number | null} audioLevel  0 to 1
 * @property {number | null} concealedSamples
 *
 * @typedef {import('./statistics.js').Sample<TrackStatistics> & { bytesReceived: number }}
 *   Statistics  the bytes are those of all tracks
 */

/**
 * @param {Stat} stat
 * @param {Stat | undefined} before
 * @param {ReadonlyMap<string, Stat>} report
 * @returns {TrackStatistics}
 */
function track(stat, before, report) {
  const codec = report.get(stat.codecId);
  const bytesPerSecond = rate(stat, before, 'bytesReceived') ?? 0;
  return {
    kind: stat.kind,
    id: String(stat.id),
    codec: codec ? codecName(String(codec.mimeType)) : null,
    codecParameters: text(codec?.sdpFmtpLine),
    bitrate: bytesPerSecond * 8,
    bytesReceived: number(stat.bytesReceived) ?? 0,
    packetsReceived: number(stat.packetsReceived) ?? 0,
    packetsReceivedPerSecond: rate(stat, before, 'packetsReceived') ?? 0,
    packetsLost: number(stat.packetsLost) ?? 0,
    packetsLostPerSecond: rate(stat, before, 'packetsLost') ?? 0,
    retransmittedPacketsReceived: number(stat.retransmittedPacketsReceived),
    nackCount: number(stat.nackCount),
    pliCount: number(stat.pliCount),
    jitter: milliseconds(stat.jitter),
    jitterBufferDelay: mean(stat, before, 'jitterBufferDelay', 'jitterBufferEmittedCount'),
    width: number(stat.frameWidth),
    height: number(stat.frameHeight),
    framesPerSecond: rate(stat, before, 'framesDecoded'),
    framesReceived: number(stat.framesReceived),
    framesReceivedPerSecond: rate(stat, before, 'framesReceived'),
    framesDecoded: number(stat.framesDecoded),
    framesDropped: number(stat.framesDropped),
    framesDroppedPerSecond: rate(stat, before, 'framesDropped'),
    keyFramesDecoded: number(stat.keyFramesDecoded),
    keyFramesPerSecond: rate(stat, before, 'keyFramesDecoded'),
    decodeTime: mean(stat, before, 'totalDecodeTime', 'framesDecoded'),
    freezeCount: number(stat.freezeCount),
    totalFreezesDuration: number(stat.totalFreezesDuration),
    decoder: stat.decoderImplementation === 'unknown' ? null : text(stat.decoderImplementation),
    powerEfficientDecoder: typeof stat.powerEfficientDecoder === 'boolean'
      ? stat.powerEfficientDecoder : null,
    audioLevel: number(stat.audioLevel),
    concealedSamples: number(stat.concealedSamples),
  };
}

/** @returns {{ sample: (report: ReadonlyMap<string, Stat>, time: number) => Statistics }} */
export function createStatisticsSampler() {
  const sampler = new TrackSampler('inbound-rtp', track);
  return {
    sample(report, time) {
      const sample = sampler.sample(report, time);
      const bytesReceived = sample.tracks.reduce((sum, item) => sum + item.bytesReceived, 0);
      return { ...sample, bytesReceived };
    },
  };
}
