// SPDX-License-Identifier: LGPL-2.1-or-later
// Which curves there are: the table behind the charts and their history.

import { formatBitrate, formatMilliseconds, formatNumber, kUnknown } from './format.js';

/**
 * @typedef {import('../webrtc-client/received-statistics.js').Statistics} Statistics
 * @typedef {import('../webrtc-client/sent-statistics.js').SentStatistics} SentStatistics
 */

/**
 * @template Any
 * @typedef {object} CurveDefinition
 * @property {string} key
 * @property {string} label
 * @property {(statistics: Any) => number | null | undefined} value
 * @property {boolean} [bars]  for what happens now and then
 */

/**
 * @template Any
 * @typedef {object} ChartDefinition
 * @property {string} title
 * @property {(value: number | null | undefined) => string} format  a value with its unit
 * @property {(value: number) => string} tick  a value beside the axis
 * @property {number} least  the axis reaches at least this far
 * @property {(statistics: Any) => boolean} applies
 * @property {Array<CurveDefinition<Any>>} curves
 */

/** @param {number} value */
const plain = (value) => formatNumber(value, value > 0 && value < 1 ? 1 : 0);

/**
 * @template Track
 * @param {{ tracks: Track[] }} statistics
 * @param {(track: Track) => number | null} value
 */
function sum(statistics, value) {
  return statistics.tracks.reduce((total, track) => total + (value(track) ?? 0), 0);
}

const kBitrate = {
  title: 'Bitrate',
  format: formatBitrate,
  tick: (/** @type {number} */ value) => formatBitrate(value).replace('bit/s', '').trim(),
  least: 100000,
  applies: () => true,
};
const kFrames = {
  title: 'Frames/s',
  format: (/** @type {number | null | undefined} */ value) => formatNumber(value),
  tick: plain,
  least: 10,
  applies: (/** @type {{ video: object | null }} */ { video }) => video !== null,
};
const kPackets = {
  title: 'Packets/s',
  format: (/** @type {number | null | undefined} */ value) => formatNumber(value),
  tick: plain,
  least: 20,
  applies: () => true,
};
const kDelay = {
  title: 'Delay', format: formatMilliseconds, tick: plain, least: 10, applies: () => true,
};
const kLevel = {
  title: 'Sound level',
  format: (/** @type {number | null | undefined} */ value) => (
    value == null ? kUnknown : `${formatNumber(value)} %`),
  tick: plain,
  least: 100,
  applies: (/** @type {{ video: object | null, audio: object | null }} */ { video, audio }) => (
    video === null && audio !== null),
  curves: [{
    key: 'level', label: 'Level',
    value: (/** @type {{ audio: { audioLevel: number | null } | null }} */ { audio }) => (
      audio?.audioLevel == null ? null : audio.audioLevel * 100),
  }],
};

/** @type {Array<ChartDefinition<Statistics>>} */
export const kReceivedCharts = [
  {
    ...kBitrate,
    curves: [
      { key: 'video-bitrate', label: 'Video', value: ({ video }) => video?.bitrate },
      { key: 'audio-bitrate', label: 'Audio', value: ({ audio }) => audio?.bitrate },
    ],
  },
  {
    ...kFrames,
    curves: [
      { key: 'decoded', label: 'Decoded', value: ({ video }) => video?.framesPerSecond },
      { key: 'dropped', label: 'Dropped', value: ({ video }) => video?.framesDroppedPerSecond },
      {
        key: 'key-frames', label: 'Key frames', bars: true,
        value: ({ video }) => video?.keyFramesPerSecond,
      },
    ],
  },
  kLevel,
  {
    ...kPackets,
    curves: [
      {
        key: 'received', label: 'Received',
        value: (statistics) => sum(statistics, (track) => track.packetsReceivedPerSecond),
      },
      {
        key: 'lost', label: 'Lost',
        value: (statistics) => sum(statistics, (track) => track.packetsLostPerSecond),
      },
    ],
  },
  {
    ...kDelay,
    curves: [
      {
        key: 'round-trip', label: 'Round trip',
        value: ({ connection }) => connection.roundTripTime,
      },
      { key: 'jitter', label: 'Jitter', value: ({ video, audio }) => (video ?? audio)?.jitter },
      {
        key: 'buffer', label: 'Buffer',
        value: ({ video, audio }) => (video ?? audio)?.jitterBufferDelay,
      },
    ],
  },
];

/** @type {Array<ChartDefinition<SentStatistics>>} */
export const kSentCharts = [
  {
    ...kBitrate,
    curves: [
      { key: 'video-bitrate', label: 'Video', value: ({ video }) => video?.bitrate },
      { key: 'audio-bitrate', label: 'Audio', value: ({ audio }) => audio?.bitrate },
      {
        key: 'estimate', label: 'Estimate',
        value: ({ connection }) => connection.availableOutgoingBitrate,
      },
    ],
  },
  {
    ...kFrames,
    curves: [
      { key: 'encoded', label: 'Encoded', value: ({ video }) => video?.framesPerSecond },
      { key: 'source', label: 'Source', value: ({ video }) => video?.sourceFramesPerSecond },
      {
        key: 'key-frames', label: 'Key frames', bars: true,
        value: ({ video }) => video?.keyFramesPerSecond,
      },
    ],
  },
  kLevel,
  {
    ...kPackets,
    curves: [
      {
        key: 'sent', label: 'Sent',
        value: (statistics) => sum(statistics, (track) => track.packetsSentPerSecond),
      },
      {
        key: 'resent', label: 'Resent',
        value: (statistics) => sum(statistics, (track) => track.retransmittedPacketsSentPerSecond),
      },
      {
        key: 'lost', label: 'Lost',
        value: (statistics) => sum(statistics, (track) => track.packetsLostPerSecond),
      },
    ],
  },
  {
    ...kDelay,
    curves: [
      {
        key: 'round-trip', label: 'Round trip',
        value: ({ connection }) => connection.roundTripTime,
      },
      { key: 'jitter', label: 'Jitter', value: ({ video, audio }) => (video ?? audio)?.jitter },
      { key: 'encoding', label: 'Encoding', value: ({ video }) => video?.encodeTime },
    ],
  },
];
