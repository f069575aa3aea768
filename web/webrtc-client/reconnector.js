// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides when a stream that could not be used, or no longer can, is worth another attempt.

import { Backoff } from './backoff.js';
import { findStream } from './stream-info.js';

/**
 * - `ended`: the server is there, the stream is not any more
 * - `missing`: the server is there and has never shown such a stream
 * - `unreachable`, `offline`: the server does not answer; this device has no network
 * - `full`: every seat is taken
 * - `refused`: the stream is there, and the server does not let this page in
 * - `denied`: the server asks for a token, or for another one
 *
 * @typedef {'ended' | 'missing' | 'unreachable' | 'offline' | 'full' | 'refused'
 *   | 'denied'} Absence
 */

/**
 * @typedef {object} ReconnectorOptions
 * @property {string} stream
 * @property {(info: import('./stream-info.js').StreamInfo) => boolean} accepts  whether it is a
 *   stream of the wanted kind
 * @property {import('./directory.js').StreamDirectory} directory
 * @property {import('./clock.js').Clock} clock
 * @property {Pick<import('./page-life.js').PageLife, 'hidden' | 'offline' | 'onWake'>} page
 * @property {() => number} random
 * @property {() => void} onRetry  the moment has come; the reconnector rests until the next plan
 * @property {(absence: Absence) => void} onAbsence  why nothing is tried right now
 */

const kStable = 3000;  // ms of success after which the next trouble counts as the first
const kReturnJitter = 150;  // ms over which the peers of a stream that returns are spread
const kRaces = 2;  // sockets in a row that a stream which just came or went may refuse
const kSeatJitter = 500;  // ms over which those who wait for a seat are spread

/**
 * Delays in milliseconds while the server says that the stream is there.
 *
 * @type {Record<import('./session.js').EndCause, import('./backoff.js').BackoffPlan>}
 */
const kPlans = {
  'restart': { initial: 20, maximum: 800, factor: 3 },
  // A polled list is this late to know that a stream has gone.
  'ended': { initial: 600, maximum: 800 },
  'lost': { initial: 100, maximum: 800 },
  'unopened': { initial: 300, maximum: 5000 },
  'refused': { initial: 1000, maximum: 10000 },
  'no-path': { initial: 1000, maximum: 10000 },
  'unusable': { initial: 30000, maximum: 30000 },
  'full': { initial: 2000, maximum: 10000 },
  'denied': { initial: 1000, maximum: 10000 },
  // Never used: who was sent away stays away.
  'dismissed': { initial: 0, maximum: 0 },
  'replaced': { initial: 0, maximum: 0 },
};
const kBlindPlan = { initial: 300, maximum: 1000 };

export class Reconnector {
  #options;
  /** @type {Map<string, Backoff>} */
  #backoffs = new Map();
  /** @type {import('./session.js').EndCause} */
  #cause = 'lost';
  #away = false;
  #seen = false;
  #unopened = 0;
  /** @type {string | null} */
  #media = null;
  /** @type {(() => void) | null} */
  #cancelTimer = null;
  #cancelStable = () => {};
  /** @type {Array<() => void>} */
  #releases = [];

  /** @param {ReconnectorOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** The stream plays, or is played to. */
  succeeded() {
    this.#seen = true;
    this.#cancelStable();
    this.#cancelStable = this.#options.clock.after(kStable, () => this.#backoffs.clear());
  }

  /** @param {import('./session.js').EndCause} cause  of the end of the last attempt */
  plan(cause) {
    this.cancel();
    if (cause === 'dismissed' || cause === 'replaced') return;
    this.#cause = cause;
    this.#unopened = cause === 'unopened' ? this.#unopened + 1 : 0;
    this.#away = false;
    this.#media = null;
    if (cause === 'restart') {
      this.#wait(this.#backoff('restart', kPlans.restart));
      return;
    }
    const { directory, page } = this.#options;
    this.#releases = [
      directory.subscribe(() => this.#evaluate()),
      page.onWake(() => this.#woken()),
    ];
    this.#evaluate();
  }

  /** Nothing will be tried. */
  cancel() {
    this.#cancelStable();
    this.#clearTimer();
    for (const release of this.#releases.splice(0)) release();
  }

  #evaluate() {
    const { directory, stream, page, accepts } = this.#options;
    if (directory.status === 'unreachable') {
      this.#absent(page.offline() ? 'offline' : 'unreachable');
    } else if (directory.status === 'denied') {
      this.#absent('denied');
    } else if (directory.status === 'blind') {
      if (this.#unopened > kRaces) this.#options.onAbsence(this.#seen ? 'ended' : 'refused');
      if (!this.#cancelTimer) this.#wait(this.#backoff('blind', kBlindPlan));
    } else if (directory.known) {
      const info = findStream(directory.streams, stream, accepts);
      const there = info !== undefined && accepts(info);
      if (there && info.state !== 'ended') this.#present(info);
      else this.#absent(this.#seen || there ? 'ended' : 'missing');
    }
  }

  /** @param {Absence} absence */
  #absent(absence) {
    this.#away = true;
    this.#clearTimer();
    this.#options.onAbsence(absence);
  }

  /** @param {import('./stream-info.js').StreamInfo} info */
  #present(info) {
    if (this.#away) {
      this.#away = false;
      this.#backoffs.clear();
      this.#soon(kReturnJitter);
      return;
    }
    const full = info.maxPeers !== null && info.peers >= info.maxPeers;
    const media = JSON.stringify(info.media.map(({ kind, codecs }) => [kind, codecs]));
    const changed = this.#media !== null && this.#media !== media;
    this.#media = media;
    if (full && (this.#cause === 'full' || this.#cause === 'unopened')) {
      this.#cause = 'full';
      this.#options.onAbsence('full');
    } else if (this.#cause === 'full' && this.#cancelTimer) {
      this.#soon(kSeatJitter);  // Somebody left.
      return;
    } else if (this.#cause === 'unusable' && changed) {
      this.#soon(kReturnJitter);
      return;
    } else if (this.#cause === 'unopened' && this.#unopened > kRaces) {
      this.#options.onAbsence('refused');
    }
    if (!this.#cancelTimer) this.#wait(this.#backoff(this.#cause, kPlans[this.#cause]));
  }

  #woken() {
    if (!this.#options.page.hidden() && this.#cancelTimer) this.#soon(kReturnJitter);
  }

  /**
   * @param {string} name
   * @param {import('./backoff.js').BackoffPlan} plan
   */
  #backoff(name, plan) {
    let backoff = this.#backoffs.get(name);
    if (!backoff) this.#backoffs.set(name, backoff = new Backoff(plan, this.#options.random));
    return backoff.next();
  }

  /** @param {number} jitter  milliseconds over which everybody's attempts are spread */
  #soon(jitter) {
    this.#wait(Math.round(this.#options.random() * jitter));
  }

  /** @param {number} delay  milliseconds */
  #wait(delay) {
    this.#clearTimer();
    this.#cancelTimer = this.#options.clock.after(delay, () => {
      this.#cancelTimer = null;
      this.cancel();
      this.#options.onRetry();
    });
  }

  #clearTimer() {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }
}
