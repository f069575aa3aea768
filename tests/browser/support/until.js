// SPDX-License-Identifier: LGPL-2.1-or-later
// until.js — waiting for a state of the world, with a deadline.
import { inspect } from 'node:util';

export const kDeadline = 40000;  // ms; generous, because the machine may be busy with other things
const kPause = 50;  // ms between two looks

/**
 * Looks again and again until `probe` gives something true, and returns that.
 *
 * @template T
 * @param {string} what  what is waited for, for the error
 * @param {() => T | Promise<T>} probe
 * @param {{ deadline?: number, otherwise?: () => unknown }} [options]  `otherwise` gives what the
 *   error should tell besides
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, probe, { deadline = kDeadline, otherwise } = {}) {
  const end = performance.now() + deadline;
  for (;;) {
    const result = await probe();
    if (result) return result;
    if (performance.now() > end) {
      const more = otherwise ? `; instead: ${inspect(await otherwise(), { depth: 6 })}` : '';
      throw new Error(`Waited ${deadline / 1000} s in vain: ${what}${more}`);
    }
    await pause(kPause);
  }
}

/** @param {number} delay  ms */
function pause(delay) {
  return new Promise((resolve) => {
    setTimeout(resolve, delay);
  });
}

/**
 * @template T
 * @param {string} what
 * @param {Promise<T>} promise
 * @param {number} [deadline]  ms
 * @returns {Promise<T>}
 */
export async function within(what, promise, deadline = kDeadline) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${deadline / 1000} s in vain: ${what}`)),
      deadline);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
