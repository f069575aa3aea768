// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether something arrives that is expected to.

const kStallTimeout = 3000;  // ms without a byte until a live stream counts as stalled

export class StallWatch {
  #now;
  #bytes = 0;
  #time = 0;

  /** @param {() => number} [now]  ms */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** From now on bytes are expected; that there were none before is no stall. */
  begin() {
    this.#time = this.#now();
  }

  /**
   * @param {number} bytes  so far
   * @returns {boolean} whether there have been none for too long
   */
  stalled(bytes) {
    const now = this.#now();
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#time = now;
    }
    return now - this.#time > kStallTimeout;
  }
}
