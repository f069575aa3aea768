// SPDX-License-Identifier: LGPL-2.1-or-later
// A page whose life a test leads.

export class FakePage {
  isHidden = false;
  isOffline = false;
  framed = false;
  /** @type {Set<() => void>} */
  #wakes = new Set();

  hidden = () => this.isHidden;
  offline = () => this.isOffline;

  /** @param {() => void} callback */
  onWake = (callback) => {
    this.#wakes.add(callback);
    return () => {
      this.#wakes.delete(callback);
    };
  };

  get listeners() {
    return this.#wakes.size;
  }

  wake() {
    for (const callback of [...this.#wakes]) callback();
  }
}
