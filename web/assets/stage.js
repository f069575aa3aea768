// SPDX-License-Identifier: LGPL-2.1-or-later
// The streams that are open, in a grid, and which of them the keyboard means.

import { h } from '../webrtc-client/dom.js';
import { Tile } from './tile.js';

/**
 * @typedef {import('../webrtc-client/stream-info.js').StreamInfo} StreamInfo
 *
 * @typedef {object} StageOptions
 * @property {string} base  address of the server, ends with a slash
 * @property {import('./page-parameters.js').PageParameters} parameters
 * @property {() => void} onChange  other streams are open now
 * @property {(name: string, video: HTMLVideoElement) => void} onPicture
 * @property {(message: string) => void} notify
 */

export class Stage {
  element = h('section', { 'class': 'stage', 'aria-label': 'Open streams', 'hidden': true });
  #options;
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  /** @type {Tile | null} */
  #active = null;
  #statistics;
  /** @type {ReadonlyMap<string, StreamInfo>} */
  #streams = new Map();

  /** @param {StageOptions} options */
  constructor(options) {
    this.#options = options;
    this.#statistics = options.parameters.statistics;
  }

  /** @returns {string[]} */
  get names() {
    return [...this.#tiles.keys()];
  }

  /** The tile that was used last. */
  get active() {
    return this.#active;
  }

  /**
   * Streams that stay are not interrupted.
   *
   * @param {readonly string[]} names  in the order of the grid
   */
  show(names) {
    for (const [name, tile] of this.#tiles) if (!names.includes(name)) this.#remove(tile);
    for (const name of names) if (!this.#tiles.has(name)) this.#add(name);
    this.#changed();
  }

  /** @param {string} name */
  toggle(name) {
    const { names } = this;
    this.show(names.includes(name) ? names.filter((other) => other !== name) : [...names, name]);
  }

  /** @param {ReadonlyMap<string, StreamInfo>} streams */
  describe(streams) {
    this.#streams = streams;
    for (const [name, tile] of this.#tiles) {
      const info = streams.get(name);
      if (tile.fits(info)) tile.describe(info);
      else this.#exchange(tile);
    }
  }

  /**
   * A name that now stands for the other direction gets a tile of that kind, in the same place.
   *
   * @param {Tile} tile
   */
  #exchange(tile) {
    const fresh = this.#create(tile.name);
    const wasActive = this.#active === tile;
    tile.element.replaceWith(fresh.element);
    tile.destroy();
    this.#tiles.set(tile.name, fresh);
    if (wasActive) this.#activate(fresh);
  }

  /** @param {string} name */
  #add(name) {
    const tile = this.#create(name);
    this.#tiles.set(name, tile);
    this.element.append(tile.element);
    this.#activate(tile);
  }

  /** @param {string} name */
  #create(name) {
    const { base, parameters, onPicture, notify } = this.#options;
    return new Tile(name, this.#streams.get(name), {
      src: new URL(name, base).href,
      // Several sounds at once are noise, and the own one returned is an echo: only the first
      // tile begins with its own.
      muted: parameters.muted || this.#tiles.size > 0,
      controls: parameters.controls,
      autoplay: parameters.autoplay,
      statistics: this.#statistics,
    }, {
      close: () => this.toggle(name),
      activate: (chosen) => this.#activate(chosen),
      picture: (chosen) => onPicture(chosen.name, chosen.screen.videoElement),
      statistics: (chosen) => {
        this.#statistics = chosen.statisticsOpen;
      },
      notify,
    });
  }

  /** @param {Tile} tile */
  #remove(tile) {
    this.#tiles.delete(tile.name);
    tile.destroy();
    if (this.#active === tile) this.#activate([...this.#tiles.values()].at(-1) ?? null);
  }

  /** @param {Tile | null} tile */
  #activate(tile) {
    this.#active?.element.removeAttribute('data-active');
    this.#active = tile;
    tile?.element.toggleAttribute('data-active', true);
  }

  #changed() {
    const count = this.#tiles.size;
    this.element.hidden = count === 0;
    this.element.dataset.count = String(count);
    this.element.dataset.columns = String(Math.min(3, Math.ceil(Math.sqrt(count))));
    this.#options.onChange();
  }
}
