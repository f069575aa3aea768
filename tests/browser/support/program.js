// SPDX-License-Identifier: LGPL-2.1-or-later
// program.js — a program as its user starts it: what it prints, and how it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { kEnvironment } from './environment.js';
import { until, within } from './until.js';

const kStopDeadline = 20000;  // ms

export class Program {
  /** Standard output and error together. */
  output = '';
  #child;
  #ended;

  /** @param {string[]} words  the program and its arguments */
  constructor([program, ...words]) {
    this.#child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: kEnvironment });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.output = (this.output + text).slice(-20000);
      });
    }
    this.#ended = Promise.race([
      once(this.#child, 'close').then(([code, signal]) => signal ?? code),
      once(this.#child, 'error').then(([error]) => String(error)),
    ]);
  }

  get pid() {
    return this.#child.pid;
  }

  /** Waits until it has said so. @param {RegExp} words */
  async said(words) {
    return until(`${this.#child.spawnfile} says ${words}`, () => {
      if (this.#child.exitCode !== null) throw new Error(`It ended: ${this.output}`);
      return words.exec(this.output);
    }, { otherwise: () => this.output });
  }

  /** @returns {Promise<number | string>} the status, or the signal, that it ended with */
  ended() {
    return within(`the end of ${this.#child.spawnfile}`, this.#ended);
  }

  /** Ends it as a user would. */
  async stop() {
    this.#child.kill('SIGTERM');
    try {
      return await within(`the end of ${this.#child.spawnfile}`, this.#ended, kStopDeadline);
    } finally {
      this.#child.kill('SIGKILL');
    }
  }
}
