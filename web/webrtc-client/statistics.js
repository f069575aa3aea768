// SPDX-License-Identifier: LGPL-2.1-or-later
// Statistics of a connection, once per interval, from RTCPeerConnection.getStats. Pure.

import { codecName } from './codecs.js';

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
 * @typedef {object} ConnectionStatistics
 * @property {number | null} roundTripTime  ms, of the selected candidate pair
 * @property {number | null} availableIncomingBitrate  bit/s
 * @property {string | null} localCandidateType  `host`, `srflx`, `prflx` or `relay`
 * @property {string | null} remoteCandidateType
 * @property {string | null} localAddress  with port; browsers hide it from most pages
 * @property {string | null} remoteAddress  with port
 * @property {string | null} protocol  `udp` or `tcp`
 * @property {string | null} relayProtocol  between this browser and its TURN server
 * @property {string | null} encryption  SRTP cipher
 *
 * @typedef {object} Statistics
 * @property {number} time  when it was measured, milliseconds since 1970
 * @property {number} interval  s since the sample before, 0 for the first
 * @property {number} bitrate  bit/s of all tracks
 * @property {number} bytesReceived  of all tracks
 * @property {TrackStatistics | null} video  the first video track
 * @property {TrackStatistics | null} audio  the first audio track
 * @property {TrackStatistics[]} tracks
 * @property {ConnectionStatistics} connection
 */

/** @typedef {Record<string, any>} Stat  one entry of an RTCStatsReport */

/**
 * @param {unknown} value
 * @returns {number | null}
 */
function number(value) {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
function text(value) {
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * @param {unknown} seconds
 * @returns {number | null}
 */
function milliseconds(seconds) {
  const value = number(seconds);
  return value === null ? null : value * 1000;
}

/**
 * Growth of a counter per second; a counter that went backwards was reset and has grown by nothing.
 *
 * @param {Stat} now
 * @param {Stat | undefined} before
 * @param {string} field
 * @returns {number | null}
 */
function rate(now, before, field) {
  const value = number(now[field]);
  if (value === null) return null;
  const seconds = before ? (now.timestamp - before.timestamp) / 1000 : 0;
  if (!before || !(seconds > 0)) return 0;
  return Math.max(0, value - (number(before[field]) ?? 0)) / seconds;
}

/**
 * Mean of what `total` accumulated per `count` during the last interval, in milliseconds.
 *
 * @param {Stat} now
 * @param {Stat | undefined} before
 * @param {string} total  field in seconds
 * @param {string} count
 * @returns {number | null} null when nothing was counted
 */
function mean(now, before, total, count) {
  const sum = number(now[total]);
  const items = number(now[count]);
  if (sum === null || items === null) return null;
  const grown = items - (number(before?.[count]) ?? 0);
  return grown > 0 ? ((sum - (number(before?.[total]) ?? 0)) / grown) * 1000 : null;
}

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

/**
 * @param {ReadonlyMap<string, Stat>} report
 * @returns {Stat | undefined}
 */
function selectedPair(report) {
  const stats = [...report.values()];
  const transport = stats.find(({ type }) => type === 'transport');
  const named = report.get(transport?.selectedCandidatePairId);
  if (named) return named;
  // Firefox names no pair on the transport; it marks the pair itself.
  const pairs = stats.filter(({ type }) => type === 'candidate-pair');
  return pairs.find(({ selected }) => selected)
    ?? pairs.find(({ nominated, state }) => nominated && state === 'succeeded');
}

/**
 * @param {Stat | undefined} candidate
 * @returns {string | null}
 */
function endpoint(candidate) {
  const address = text(candidate?.address);
  if (address === null) return null;
  return `${address.includes(':') ? `[${address}]` : address}:${candidate?.port}`;
}

/**
 * @param {ReadonlyMap<string, Stat>} report
 * @returns {ConnectionStatistics}
 */
function connection(report) {
  const pair = selectedPair(report);
  const local = report.get(pair?.localCandidateId);
  const remote = report.get(pair?.remoteCandidateId);
  const transport = [...report.values()].find(({ type }) => type === 'transport');
  return {
    roundTripTime: milliseconds(pair?.currentRoundTripTime),
    availableIncomingBitrate: number(pair?.availableIncomingBitrate),
    localCandidateType: text(local?.candidateType),
    remoteCandidateType: text(remote?.candidateType),
    localAddress: endpoint(local),
    remoteAddress: endpoint(remote),
    protocol: text(local?.protocol),
    relayProtocol: text(local?.relayProtocol),
    encryption: text(transport?.srtpCipher),
  };
}

export class StatisticsSampler {
  /** @type {Map<string, Stat>} */
  #before = new Map();

  /**
   * @param {ReadonlyMap<string, Stat>} report  an RTCStatsReport
   * @param {number} time  milliseconds since 1970
   * @returns {Statistics} differences are those to the report given before
   */
  sample(report, time) {
    const inbound = [...report.values()].filter(({ type, kind }) => type === 'inbound-rtp'
      && (kind === 'video' || kind === 'audio'));
    const tracks = inbound.map((stat) => track(stat, this.#before.get(stat.id), report));
    const first = inbound.find(({ id }) => this.#before.has(id));
    const interval = first
      ? (first.timestamp - (this.#before.get(first.id)?.timestamp ?? 0)) / 1000 : 0;
    this.#before = new Map(inbound.map((stat) => [stat.id, stat]));
    return {
      time,
      interval,
      bitrate: tracks.reduce((sum, { bitrate }) => sum + bitrate, 0),
      bytesReceived: tracks.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
      video: tracks.find(({ kind }) => kind === 'video') ?? null,
      audio: tracks.find(({ kind }) => kind === 'audio') ?? null,
      tracks,
      connection: connection(report),
    };
  }
}
