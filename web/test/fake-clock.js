// SPDX-License-Identifier: LGPL-2.1-or-later
// Time that passes when a test says so.

export class FakeClock {
  #now = 0;
  /** @type {Array<{ due: number, callback: () => void }>} */
  #timers = [];

  now = () => this.#now;

  /**
   * @param {number} delay
   * @param {() => void} callback
   */
  after = (delay, callback) => {
    const timer = { due: this.#now + delay, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  get pending() {
    return this.#timers.length;
  }

  /**
   * Lets time pass, with the promises that timers resolve.
   *
   * @param {number} time  milliseconds
   */
  async advance(time) {
    const end = this.#now + time;
    await settle();
    for (;;) {
      const next = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.due;
      next.callback();
      await settle();
    }
    this.#now = end;
  }
}

/** Runs everything that promises have made ready. */
export async function settle() {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
