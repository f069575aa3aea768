// SPDX-License-Identifier: LGPL-2.1-or-later
// Growing, jittered delays between attempts. Pure; the random source is a parameter for tests.

/**
 * @typedef {object} BackoffPlan
 * @property {number} initial  first delay in milliseconds
 * @property {number} maximum  no delay is longer, in milliseconds
 * @property {number} [factor]  growth per attempt
 * @property {number} [jitter]  share of a delay that is random, 0 to 1
 */

export class Backoff {
  /** @type {Required<BackoffPlan>} */
  #plan;
  /** @type {() => number} */
  #random;
  #delay;

  /**
   * @param {BackoffPlan} plan
   * @param {() => number} [random]  0 ≤ x < 1
   */
  constructor(plan, random = Math.random) {
    this.#plan = { factor: 2, jitter: 0.3, ...plan };
    this.#random = random;
    this.#delay = this.#plan.initial;
  }

  /**
   * The jitter shortens and never lengthens, so `maximum` is a promise.
   *
   * @returns {number} milliseconds to wait before the next attempt
   */
  next() {
    const delay = this.#delay;
    this.#delay = Math.min(delay * this.#plan.factor, this.#plan.maximum);
    return Math.round(delay * (1 - this.#plan.jitter * this.#random()));
  }

  reset() {
    this.#delay = this.#plan.initial;
  }
}
