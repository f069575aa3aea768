// SPDX-License-Identifier: LGPL-2.1-or-later
// Mouse, keyboard and touch on a stream's picture, for its pipeline (docs/navigation.md).

import { MessageError } from './messages.js';
import { NavigationInput } from './navigation-input.js';

/**
 * @typedef {import('./navigation-pacer.js').NavigationEvent} NavigationEvent
 *
 * @typedef {(event: NavigationEvent, track: number, lossy: boolean) => Promise<void>} Post
 */

/**
 * Events (`CustomEvent`):
 * - `change`, detail `{ available }`
 * - `refused`, detail `{ code, message }`: something that was done on the picture was not taken
 */
export class Navigation extends EventTarget {
  #post;
  #permitted;
  #offered = false;
  #available = false;
  /** @type {{ video: HTMLVideoElement, track: number } | null} */
  #target = null;
  /** @type {NavigationInput | null} */
  #input = null;

  /**
   * @param {Post} post
   * @param {() => boolean} permitted  whether this browser may change something now
   */
  constructor(post, permitted) {
    super();
    this.#post = post;
    this.#permitted = permitted;
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

  /** @param {boolean} offered  as the session's server says in its hello */
  set(offered) {
    this.#offered = offered;
    this.review();
  }

  /** Other sessions than before may change something. */
  review() {
    this.#become(this.#offered && this.#permitted());
  }

  /** @param {boolean} available */
  #become(available) {
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
    // A session that ends refuses nothing; what is let go of without control, the server has let go
    // of already.
    if (code === 'unconnected' || code === 'lost') return;
    if (code === 'not-in-control' && !this.#permitted()) return;
    if (code === 'off') this.set(false);
    else if (code === 'forbidden') this.#become(false);
    this.dispatchEvent(new CustomEvent('refused', { detail: { code, message } }));
  }
}
