// SPDX-License-Identifier: LGPL-2.1-or-later
// One stream on the stage: what plays it or sends to it, a caption with the most important numbers,
// the pipeline's controls, its statistics.

import { h, setAttributes, setText } from '../webrtc-client/dom.js';
import { createIcon } from '../webrtc-client/icons.js';
import { ControlsPanel } from './controls-panel.js';
import { readPreference, writePreference } from './preferences.js';
import { RunButton } from './run-button.js';
import { StatisticsPanel } from './statistics-panel.js';
import { peerWords, streamTitle } from './stream-words.js';
import { tileKind } from './tile-kinds.js';

/**
 * @typedef {import('../webrtc-client/stream-info.js').StreamInfo} StreamInfo
 * @typedef {import('./tile-kinds.js').TileOptions} TileOptions
 *
 * @typedef {object} TileActions
 * @property {(tile: Tile) => void} close
 * @property {(tile: Tile) => void} activate
 * @property {(tile: Tile) => void} picture  the player shows a picture, told about every second
 * @property {(tile: Tile) => void} statistics  its statistics were opened or closed
 * @property {(message: string) => void} notify
 */

export class Tile {
  element;
  screen;
  name;
  #kind;
  #panel;
  #controls;
  #actions;
  #title = h('h2', { class: 'tile-title' });
  #peers = h('span', { class: 'tile-peers' });
  #readout = h('span', { class: 'tile-readout' });
  #statisticsButton;
  #controlsButton;
  #runButton;

  /**
   * @param {string} name
   * @param {StreamInfo | undefined} info  undefined while nothing is known of it
   * @param {TileOptions} options
   * @param {TileActions} actions
   */
  constructor(name, info, options, actions) {
    this.name = name;
    this.#actions = actions;
    this.#kind = tileKind(info);
    const panelId = `statistics-${name}`;
    this.#panel = new StatisticsPanel(panelId, this.#kind.statistics);
    const controlsId = `controls-${name}`;
    this.#controls = new ControlsPanel(controlsId, () => this.#showControls());
    this.#controls.open = readPreference('controls') !== 'closed';
    this.screen = this.#kind.create(options);
    this.screen.addEventListener('controls', (event) => {
      this.#controls.follow(/** @type {CustomEvent} */ (event).detail.controls);
    });
    this.#runButton = new RunButton((message) => actions.notify(message));
    this.screen.addEventListener('pipeline', (event) => {
      this.#runButton.follow(/** @type {CustomEvent} */ (event).detail.pipeline);
    });
    this.screen.addEventListener('statistics', (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      this.#panel.add(detail);
      setText(this.#readout, this.#kind.readout(detail));
      actions.picture(this);
    });
    this.screen.addEventListener('statechange', () => {
      const { state } = this.screen;
      if (state !== 'live') setText(this.#readout, this.#kind.label(state));
    });
    // A publisher shows its warnings itself.
    if (this.#kind.direction === 'out') {
      this.screen.addEventListener('warning', (event) => {
        actions.notify(/** @type {CustomEvent<{ message: string }>} */ (event).detail.message);
      });
    }
    this.screen.addEventListener('snapshot', (event) => {
      actions.notify(`Saved ${/** @type {CustomEvent<{ name: string }>} */ (event).detail.name}`);
    });
    this.#statisticsButton = h('button', {
      'type': 'button', 'class': 'icon-button', 'aria-label': 'Statistics (i)',
      'title': 'Statistics (i)', 'aria-controls': panelId, 'aria-expanded': 'false',
      'onclick': () => this.toggleStatistics(),
    }, createIcon('chart'));
    this.#controlsButton = h('button', {
      'type': 'button', 'class': 'icon-button', 'aria-label': 'Controls (c)',
      'title': 'Controls (c)', 'aria-controls': controlsId, 'hidden': true,
      'onclick': () => this.toggleControls(),
    }, createIcon('sliders'));
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
      h('div', { class: 'tile-picture' }, this.screen, this.#caption(closeButton)),
      h('div', { class: 'tile-side' }, this.#controls.element, this.#panel.element)));
    this.describe(info);
    if (options.statistics) this.toggleStatistics();
  }

  /** @param {HTMLElement} closeButton */
  #caption(closeButton) {
    const caption = h('div', { class: 'caption' },
      h('div', { class: 'caption-words' }, this.#title, this.#peers, this.#readout),
      this.#runButton.element, this.#controlsButton, this.#statisticsButton, closeButton);
    if (this.#kind.direction === 'out') return caption;
    // Between the picture and the choices, so that pictures side by side have theirs at one height.
    caption.slot = 'caption';
    this.screen.append(caption);
    return null;
  }

  /**
   * @param {StreamInfo | undefined} info
   * @returns {boolean} false when this stream takes a tile of another kind
   */
  fits(info) {
    return !info || info.direction === this.#kind.direction;
  }

  /** @param {StreamInfo | undefined} info */
  describe(info) {
    setText(this.#peers, info ? peerWords(info) : '');
    if (info) this.#kind.describe(this.screen, info);
    if (!info && this.#title.textContent) return;  // A stream that is away keeps its title.
    const title = streamTitle(info, this.name);
    setText(this.#title, title);
    if (this.screen.getAttribute('label') !== title) this.screen.label = title;
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

  /** @returns {boolean} false where the stream has no controls */
  toggleControls() {
    if (this.#controls.empty) return false;
    this.#controls.open = !this.#controls.open;
    writePreference('controls', this.#controls.open ? null : 'closed');
    this.#showControls();
    return true;
  }

  #showControls() {
    const { empty, open } = this.#controls;
    this.element.toggleAttribute('data-controls', open && !empty);
    this.#controlsButton.hidden = empty;
    setAttributes(this.#controlsButton, { 'aria-expanded': String(open) });
  }

  destroy() {
    this.element.remove();
    this.#controls.destroy();
    this.#panel.destroy();
  }
}
