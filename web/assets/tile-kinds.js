// SPDX-License-Identifier: LGPL-2.1-or-later
// What a tile holds: a player for what the server sends, a publisher for what it takes.

import { WebRTCPublisherElement, WebRTCStreamElement, stateLabel } from '../webrtc-client.js';
import { setAttributes } from '../webrtc-client/dom.js';
import { kReceivedCharts, kSentCharts } from './charts.js';
import { formatBitrate, formatMilliseconds, formatNumber, formatSize } from './format.js';
import { kReceivedGroups, kSentGroups } from './number-groups.js';
import { readSources, writeSources } from './sources-preference.js';
import { streamKinds } from './stream-words.js';

/**
 * @typedef {import('../webrtc-client/stream-info.js').StreamInfo} StreamInfo
 *
 * @typedef {object} TileOptions
 * @property {string} src
 * @property {boolean} muted
 * @property {boolean} controls
 * @property {boolean} autoplay
 * @property {boolean} statistics  whether the statistics are open at first
 *
 * @typedef {WebRTCStreamElement | WebRTCPublisherElement} Screen
 *
 * @typedef {object} TileKind
 * @property {StreamInfo['direction']} direction
 * @property {(options: TileOptions) => Screen} create
 * @property {(screen: any, info: StreamInfo) => void} describe
 * @property {(statistics: any) => string} readout  the most important numbers
 * @property {(state: import('../webrtc-client/states.js').StreamState) => string} label
 * @property {import('./statistics-panel.js').PanelDefinition<any>} statistics
 */

/**
 * @param {object} sample
 * @param {{ width: number | null, height: number | null, codec: string | null,
 *   framesPerSecond: number | null } | null} sample.video
 * @param {{ codec: string | null } | null} sample.audio
 * @param {number} sample.bitrate
 * @param {{ roundTripTime: number | null }} sample.connection
 * @returns {string} `1280×720 · H.264 · 30 fps · 2.5 Mbit/s · 1 ms`
 */
function readout({ video, audio, bitrate, connection }) {
  const words = [];
  if (video?.width) words.push(formatSize(video.width, video.height));
  if (video?.codec ?? audio?.codec) words.push(video?.codec ?? audio?.codec);
  if (video) words.push(`${formatNumber(video.framesPerSecond)} fps`);
  words.push(formatBitrate(bitrate));
  if (connection.roundTripTime !== null) words.push(formatMilliseconds(connection.roundTripTime));
  // Lines break between the pieces only.
  return words.map((word) => String(word).replaceAll(' ', '\u00a0')).join(' · ');
}

/** @type {TileKind} */
const kPlayer = {
  direction: 'out',
  create(options) {
    const player = new WebRTCStreamElement();
    setAttributes(player, {
      muted: options.muted, controls: options.controls, autoplay: options.autoplay,
      boxes: true, navigation: true, src: options.src,
    });
    return player;
  },
  describe() {},
  readout,
  label: (state) => stateLabel(state),
  statistics: { charts: kReceivedCharts, groups: kReceivedGroups },
};

/** @type {TileKind} */
const kPublisher = {
  direction: 'in',
  create(options) {
    const publisher = new WebRTCPublisherElement();
    publisher.sources = readSources(publisher.sources);
    publisher.addEventListener('sourceschange', () => writeSources(publisher.sources));
    setAttributes(publisher, { src: options.src });
    return publisher;
  },
  describe(publisher, info) {
    publisher.kinds = streamKinds(info);
  },
  readout,
  label: (state) => stateLabel(state, 'publish'),
  statistics: { charts: kSentCharts, groups: kSentGroups },
};

/**
 * @param {StreamInfo | undefined} info
 * @returns {TileKind} a player while nothing is known: it waits, and asks nobody for anything
 */
export function tileKind(info) {
  return info?.direction === 'in' ? kPublisher : kPlayer;
}
