// SPDX-License-Identifier: LGPL-2.1-or-later
// The statistics of one stream: numbers in groups, and live charts.

import { h, setText } from '../webrtc-client/dom.js';
import { Chart } from './chart.js';
import { kCharts } from './charts.js';
import {
  formatBitrate, formatBytes, formatLevel, formatMilliseconds, formatNumber, formatShare,
  formatSize, kUnknown,
} from './format.js';
import { StatisticsHistory } from './history.js';
import { kThemeChange } from './theme.js';

/**
 * @typedef {import('../webrtc-client/statistics.js').Statistics} Statistics
 * @typedef {import('../webrtc-client/statistics.js').TrackStatistics} TrackStatistics
 *
 * @typedef {object} Group
 * @property {string} title
 * @property {(statistics: Statistics) => Array<[string, string]> | null} rows  null: not shown
 */

const kSpan = 90;  // s that charts show
const kCandidates = new Map([
  ['host', 'direct'], ['srflx', 'through NAT'], ['prflx', 'through NAT'], ['relay', 'relayed'],
]);

/** @param {string | null} type */
function candidate(type) {
  return type === null ? kUnknown : `${type} (${kCandidates.get(type) ?? 'other'})`;
}

/**
 * @param {TrackStatistics} track
 * @returns {Array<[string, string]>}
 */
function commonRows(track) {
  return [
    ['Codec', track.codec ?? kUnknown],
    ['Bitrate', formatBitrate(track.bitrate)],
    ['Received', formatBytes(track.bytesReceived)],
    ['Packets', formatNumber(track.packetsReceived)],
    ['Packets lost', `${formatNumber(track.packetsLost)} `
      + `(${formatShare(track.packetsLost, track.packetsReceived)})`],
    ['Jitter', formatMilliseconds(track.jitter)],
    ['Jitter buffer', formatMilliseconds(track.jitterBufferDelay)],
  ];
}

/** @type {Group[]} */
const kGroups = [
  {
    title: 'Video',
    rows: ({ video }) => video && [
      ['Resolution', formatSize(video.width, video.height)],
      ['Frame rate', `${formatNumber(video.framesPerSecond, 1)} fps`],
      ...commonRows(video),
      ['Frames received', formatNumber(video.framesReceived)],
      ['Frames decoded', formatNumber(video.framesDecoded)],
      ['Frames dropped', formatNumber(video.framesDropped)],
      ['Key frames', formatNumber(video.keyFramesDecoded)],
      ['Freezes', formatNumber(video.freezeCount)],
      ['Decoding', formatMilliseconds(video.decodeTime)],
      ['Decoder', decoderName(video)],
      ['Requests', `${formatNumber(video.nackCount)} NACK, ${formatNumber(video.pliCount)} PLI`],
    ],
  },
  {
    title: 'Audio',
    rows: ({ audio }) => audio && [
      ['Level', formatLevel(audio.audioLevel)],
      ...commonRows(audio),
      ['Concealed', formatNumber(audio.concealedSamples)],
    ],
  },
  {
    title: 'Network',
    rows: ({ bitrate, bytesReceived, connection }) => [
      ['Round trip', formatMilliseconds(connection.roundTripTime)],
      ['Bitrate', formatBitrate(bitrate)],
      ['Received', formatBytes(bytesReceived)],
      ['This browser', candidate(connection.localCandidateType)],
      ['Server', candidate(connection.remoteCandidateType)],
      ['Server address', connection.remoteAddress ?? kUnknown],
      ['Transport', (connection.protocol ?? kUnknown).toUpperCase()
        + (connection.relayProtocol ? ` over TURN/${connection.relayProtocol.toUpperCase()}` : '')],
      ['Encryption', connection.encryption?.replaceAll('_', ' ') ?? kUnknown],
    ],
  },
];

/** @param {TrackStatistics} video */
function decoderName({ decoder, powerEfficientDecoder }) {
  const kind = { true: 'hardware', false: 'software', null: '' }[String(powerEfficientDecoder)];
  if (decoder === null) return kind || kUnknown;
  return kind ? `${decoder} (${kind})` : decoder;
}

export class StatisticsPanel {
  element;
  #history = new StatisticsHistory(kCharts.flatMap(({ curves }) => curves), kSpan * 2);
  #numbers = h('div', { class: 'numbers' });
  #plots = h('div', { class: 'plots' });
  #empty = h('p', { class: 'statistics-empty' },
    'Numbers come with the first second of the stream.');
  /** @type {Map<string, HTMLElement>} */
  #values = new Map();
  /** @type {Map<string, Chart>} */
  #charts = new Map();
  #shape = '';
  /** @type {Statistics | null} */
  #latest = null;
  #recolour = () => this.#charts.forEach((chart) => chart.recolour());

  /** @param {string} id  of the panel's element, for the button that opens it */
  constructor(id) {
    this.element = h('section', {
      id, 'class': 'statistics', 'aria-label': 'Statistics', 'hidden': true, 'tabindex': -1,
    }, this.#empty, this.#plots, this.#numbers);
    document.addEventListener(kThemeChange, this.#recolour);
  }

  get open() {
    return !this.element.hidden;
  }

  set open(value) {
    this.element.hidden = !value;
    if (value) this.#show();
    else this.#removeCharts();
  }

  /** @returns {Statistics | null} */
  get latest() {
    return this.#latest;
  }

  /** @param {Statistics} statistics */
  add(statistics) {
    this.#latest = statistics;
    this.#history.add(statistics);
    if (this.open) this.#show();
  }

  destroy() {
    document.removeEventListener(kThemeChange, this.#recolour);
    this.#removeCharts();
  }

  #removeCharts() {
    for (const chart of this.#charts.values()) chart.destroy();
    this.#charts.clear();
    this.#plots.replaceChildren();
  }

  #show() {
    const statistics = this.#latest;
    this.#empty.hidden = statistics !== null;
    if (!statistics) return;
    this.#showNumbers(statistics);
    for (const definition of kCharts) {
      let chart = this.#charts.get(definition.title);
      if (!chart && definition.applies(statistics)) {
        chart = new Chart(definition, kSpan);
        this.#charts.set(definition.title, chart);
        this.#plots.append(chart.element);
      }
      chart?.update(this.#history);
    }
  }

  /** @param {Statistics} statistics */
  #showNumbers(statistics) {
    const groups = kGroups.flatMap(({ title, rows }) => {
      const shown = rows(statistics);
      return shown ? [{ title, rows: shown }] : [];
    });
    const shape = groups.map(({ title }) => title).join();
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#values.clear();
      this.#numbers.replaceChildren(...groups.map(({ title, rows }) => h('section', {},
        h('h3', {}, title), h('dl', {}, ...rows.flatMap(([name]) => {
          const value = h('dd');
          this.#values.set(`${title}/${name}`, value);
          return [h('div', {}, h('dt', {}, name), value)];
        })))));
    }
    for (const { title, rows } of groups) {
      for (const [name, text] of rows) {
        const node = this.#values.get(`${title}/${name}`);
        if (node) setText(node, text);
      }
    }
  }
}
