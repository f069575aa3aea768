// SPDX-License-Identifier: LGPL-2.1-or-later
// What a user wishes of one control: sent at most so often, and the last wish always.

/** @typedef {import('../webrtc-client/controls.js').ControlValue} ControlValue */

/**
 * @typedef {object} WishesOptions
 * @property {(value: ControlValue) => Promise<void>} send
 * @property {(error: Error | null) => void} onSettled  the last wish was done, or was refused
 * @property {import('../webrtc-client/clock.js').Clock} clock
 */

const kInterval = 50;  // ms: a dragged slider needs no more than 20 values a second

export class PacedWishes {
  #options;
  /** @type {ControlValue | null} */
  #waiting = null;
  #sent = 0;
  #replied = 0;
  #lastTime = -Infinity;
  #cancel = () => {};

  /** @param {WishesOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Whether something was wished that the server has not answered yet. */
  get busy() {
    return this.#waiting !== null || this.#replied < this.#sent;
  }

  /** @param {ControlValue} value */
  wish(value) {
    const { clock } = this.#options;
    const first = this.#waiting === null;
    this.#waiting = value;
    if (!first) return;
    const rest = this.#lastTime + kInterval - clock.now();
    if (rest <= 0) this.#send();
    else this.#cancel = clock.after(rest, () => this.#send());
  }

  /** Nothing is sent or told any more. */
  close() {
    this.#cancel();
    this.#waiting = null;
    this.#sent = Infinity;
  }

  async #send() {
    const { clock, send, onSettled } = this.#options;
    const value = /** @type {ControlValue} */ (this.#waiting);
    this.#waiting = null;
    this.#lastTime = clock.now();
    const own = this.#sent += 1;
    /** @type {Error | null} */
    let refusal = null;
    try {
      await send(value);
    } catch (error) {
      refusal = error instanceof Error ? error : new Error(String(error));
    }
    this.#replied = Math.max(this.#replied, own);
    // What became of a wish that another one has followed does not matter any more.
    if (own === this.#sent && this.#waiting === null) onSettled(refusal);
  }
}
