// SPDX-License-Identifier: LGPL-2.1-or-later
// Time as a parameter, so that tests need not wait.

/**
 * @typedef {object} Clock
 * @property {() => number} now  monotonic milliseconds
 * @property {(delay: number, callback: () => void) => () => void} after  runs the callback once
 *   after `delay` milliseconds; returns how to cancel that
 */

/** @type {Clock} */
export const kSystemClock = {
  now: () => performance.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
};

/**
 * @param {Clock} clock
 * @param {number} interval  milliseconds
 * @param {() => void} callback  at first after the interval
 * @returns {() => void} ends it
 */
export function repeat(clock, interval, callback) {
  let cancel = clock.after(interval, again);
  function again() {
    cancel = clock.after(interval, again);
    callback();
  }
  return () => cancel();
}

/**
 * @param {Clock} clock
 * @param {number} delay  milliseconds
 * @param {AbortSignal} signal  ends the sleep early
 * @returns {Promise<void>}
 */
export function sleep(clock, delay, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const cancel = clock.after(delay, () => {
      signal.removeEventListener('abort', wake);
      resolve();
    });
    function wake() {
      cancel();
      resolve();
    }
    signal.addEventListener('abort', wake, { once: true });
  });
}
