// SPDX-License-Identifier: LGPL-2.1-or-later
// One stream on the stage: its player, a caption with the most important numbers, its statistics.

import { WebRTCStreamElement, stateLabel } from '../webrtc-client.js';
import { h, setAttributes, setText } from '../webrtc-client/dom.js';
import { createIcon } from '../webrtc-client/icons.js';
import { formatBitrate, formatMilliseconds, formatNumber, formatSize } from './format.js';
import { StatisticsPanel } from './statistics-panel.js';
import { streamTitle, viewerWords } from './stream-words.js';

/**
 * @typedef {import('../webrtc-client/statistics.js').Statistics} Statistics
 *
 * @typedef {object} TileOptions
 * @property {string} src
 * @property {boolean} muted
 * @property {boolean} controls
 * @property {boolean} autoplay
 * @property {boolean} statistics  whether the statistics are open at first
 *
 * @typedef {object} TileActions
 * @property {(tile: Tile) => void} close
 * @property {(tile: Tile) => void} activate
 * @property {(tile: Tile) => void} picture  the player shows a picture, told about every second
 * @property {(tile: Tile) => void} statistics  its statistics were opened or closed
 * @property {(message: string) => void} notify
 */

/**
 * @param {Statistics} statistics
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

export class Tile {
  element;
  player;
  name;
  #panel;
  #actions;
  #title = h('h2', { class: 'tile-title' });
  #viewers = h('span', { class: 'tile-viewers' });
  #readout = h('span', { class: 'tile-readout' });
  #statisticsButton;

  /**
   * @param {string} name
   * @param {TileOptions} options
   * @param {TileActions} actions
   */
  constructor(name, options, actions) {
    this.name = name;
    this.#actions = actions;
    const panelId = `statistics-${name}`;
    this.#panel = new StatisticsPanel(panelId);
    this.player = new WebRTCStreamElement();
    setAttributes(this.player, {
      muted: options.muted, controls: options.controls, autoplay: options.autoplay,
      src: options.src,
    });
    this.player.addEventListener('statistics', (event) => {
      const { detail } = /** @type {CustomEvent<Statistics>} */ (event);
      this.#panel.add(detail);
      setText(this.#readout, readout(detail));
      actions.picture(this);
    });
    this.player.addEventListener('statechange', () => {
      if (this.player.state !== 'live') setText(this.#readout, stateLabel(this.player.state));
    });
    this.player.addEventListener('warning', (event) => {
      actions.notify(/** @type {CustomEvent<{ message: string }>} */ (event).detail.message);
    });
    this.player.addEventListener('snapshot', (event) => {
      actions.notify(`Saved ${/** @type {CustomEvent<{ name: string }>} */ (event).detail.name}`);
    });
    this.#statisticsButton = h('button', {
      'type': 'button', 'class': 'icon-button', 'aria-label': 'Statistics (i)',
      'title': 'Statistics (i)', 'aria-controls': panelId, 'aria-expanded': 'false',
      'onclick': () => this.toggleStatistics(),
    }, createIcon('chart'));
    const closeButton = h('button', {
      'type': 'button', 'class': 'icon-button', 'aria-label': 'Close (x)', 'title': 'Close (x)',
      'onclick': () => actions.close(this),
    }, createIcon('close'));
    this.element = h('article', {
      'class': 'tile',
      'onpointerdown': () => actions.activate(this),
      'onfocusin': () => actions.activate(this),
    },
    h('div', { class: 'tile-body' },
      h('div', { class: 'tile-picture' }, this.player,
        h('div', { class: 'caption' },
          h('div', { class: 'caption-words' }, this.#title, this.#viewers, this.#readout),
          this.#statisticsButton, closeButton)),
      this.#panel.element));
    this.describe(undefined);
    if (options.statistics) this.toggleStatistics();
  }

  /** @param {import('../webrtc-client/stream-info.js').StreamInfo | undefined} info */
  describe(info) {
    setText(this.#viewers, info ? viewerWords(info) : '');
    if (!info && this.#title.textContent) return;  // A stream that is away keeps its title.
    const title = streamTitle(info, this.name);
    setText(this.#title, title);
    if (this.player.getAttribute('label') !== title) this.player.label = title;
    setAttributes(this.element, { 'aria-label': title });
  }

  get statisticsOpen() {
    return this.#panel.open;
  }

  toggleStatistics() {
    const open = !this.#panel.open;
    this.element.toggleAttribute('data-statistics', open);
    this.#panel.open = open;
    setAttributes(this.#statisticsButton, { 'aria-expanded': String(open) });
    this.#actions.statistics(this);
  }

  destroy() {
    this.element.remove();
    this.#panel.destroy();
  }
}
