// SPDX-License-Identifier: LGPL-2.1-or-later
// Mouse, keyboard and touch on a stream's picture, for its pipeline (docs/navigation.md).

import { MessageError } from './messages.js';
import { NavigationInput } from './navigation-input.js';

/**
 * @typedef {import('./navigation-pacer.js').NavigationEvent} NavigationEvent
 *
 * @typedef {(event: NavigationEvent, track: number, lossy: boolean) => Promise<void>} Post
 */

/** After which the server will not take any other event of this session either. */
const kFinal = new Set(['off', 'forbidden']);

/**
 * Events (`CustomEvent`):
 * - `change`, detail `{ available }`
 * - `refused`, detail `{ code, message }`: something that was done on the picture was not taken
 */
export class Navigation extends EventTarget {
  #post;
  #available = false;
  /** @type {{ video: HTMLVideoElement, track: number } | null} */
  #target = null;
  /** @type {NavigationInput | null} */
  #input = null;

  /** @param {Post} post */
  constructor(post) {
    super();
    this.#post = post;
  }

  /** Whether the pipeline takes events, and this browser may send some. */
  get available() {
    return this.#available;
  }

  /** The element that is attached, whether it is listened to or not. */
  get video() {
    return this.#target?.video ?? null;
  }

  /**
   * Sends what is done on the picture, while that is available. Another element is let go of.
   *
   * @param {HTMLVideoElement} video  that shows it
   * @param {{ track?: number }} [options]  which of the stream's pictures, from 0
   */
  attach(video, { track = 0 } = {}) {
    if (this.#target?.video === video && this.#target.track === track) return;
    this.detach();
    this.#target = { video, track };
    this.#follow();
  }

  /** Releases what is held, and lets go of the element. */
  detach() {
    this.#input?.stop();
    this.#input = null;
    this.#target = null;
  }

  /**
   * @param {NavigationEvent} event  such as `{ event: 'KeyPress', key: 'Return' }`
   * @param {{ track?: number }} [options]
   * @returns {Promise<void>} fulfilled once the server has taken it; rejected with a `MessageError`
   */
  async send(event, { track = 0 } = {}) {
    await this.#post(event, track, false);
  }

  /** @param {boolean} available  as the session's server says */
  set(available) {
    if (available === this.#available) return;
    this.#available = available;
    this.#follow();
    this.dispatchEvent(new CustomEvent('change', { detail: { available } }));
  }

  #follow() {
    const target = this.#target;
    if (!this.#available) {
      this.#input?.stop();
      this.#input = null;
    } else if (target && !this.#input) {
      this.#input = new NavigationInput(target.video, (event, move) => {
        this.#post(event, target.track, move).catch((error) => this.#refused(error));
      });
    }
  }

  /** @param {unknown} error */
  #refused(error) {
    if (!(error instanceof MessageError)) throw error;
    const { code, message } = error;
    if (kFinal.has(code)) this.set(false);
    // A session that ends refuses nothing.
    if (code === 'unconnected' || code === 'lost') return;
    this.dispatchEvent(new CustomEvent('refused', { detail: { code, message } }));
  }
}
