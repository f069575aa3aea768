// SPDX-License-Identifier: LGPL-2.1-or-later
// Which curves there are: the table behind the charts and their history.

import { formatBitrate, formatMilliseconds, formatNumber } from './format.js';

/**
 * @typedef {import('../webrtc-client/statistics.js').Statistics} Statistics
 *
 * @typedef {object} CurveDefinition
 * @property {string} key
 * @property {string} label
 * @property {(statistics: Statistics) => number | null | undefined} value
 * @property {boolean} [bars]  for what happens now and then
 *
 * @typedef {object} ChartDefinition
 * @property {string} title
 * @property {(value: number | null | undefined) => string} format  a value with its unit
 * @property {(value: number) => string} tick  a value beside the axis
 * @property {number} least  the axis reaches at least this far
 * @property {(statistics: Statistics) => boolean} applies
 * @property {CurveDefinition[]} curves
 */

/** @param {number} value */
const plain = (value) => formatNumber(value, value > 0 && value < 1 ? 1 : 0);

/**
 * @param {Statistics} statistics
 * @param {(track: import('../webrtc-client/statistics.js').TrackStatistics) => number} value
 */
function sum(statistics, value) {
  return statistics.tracks.reduce((total, track) => total + value(track), 0);
}

/** @type {ChartDefinition[]} */
export const kCharts = [
  {
    title: 'Bitrate',
    format: formatBitrate,
    tick: (value) => formatBitrate(value).replace('bit/s', '').trim(),
    least: 100000,
    applies: () => true,
    curves: [
      { key: 'video-bitrate', label: 'Video', value: ({ video }) => video?.bitrate },
      { key: 'audio-bitrate', label: 'Audio', value: ({ audio }) => audio?.bitrate },
    ],
  },
  {
    title: 'Frames/s',
    format: (value) => formatNumber(value),
    tick: plain,
    least: 10,
    applies: ({ video }) => video !== null,
    curves: [
      { key: 'decoded', label: 'Decoded', value: ({ video }) => video?.framesPerSecond },
      { key: 'dropped', label: 'Dropped', value: ({ video }) => video?.framesDroppedPerSecond },
      {
        key: 'key-frames', label: 'Key frames', bars: true,
        value: ({ video }) => video?.keyFramesPerSecond,
      },
    ],
  },
  {
    title: 'Sound level',
    format: (value) => (value == null ? '–' : `${formatNumber(value)} %`),
    tick: plain,
    least: 100,
    applies: ({ video, audio }) => video === null && audio !== null,
    curves: [{
      key: 'level', label: 'Level',
      value: ({ audio }) => (audio?.audioLevel == null ? null : audio.audioLevel * 100),
    }],
  },
  {
    title: 'Packets/s',
    format: (value) => formatNumber(value),
    tick: plain,
    least: 20,
    applies: () => true,
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
    title: 'Delay',
    format: formatMilliseconds,
    tick: plain,
    least: 10,
    applies: () => true,
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
