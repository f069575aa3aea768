// SPDX-License-Identifier: LGPL-2.1-or-later
// client.js — a WHIP or WHEP client that is none of ours, as a child process. What it sees it prints
// as JSON objects, a line each, {"event":…}; a line "leave" makes it end its session and itself.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { until, within } from '../../browser/support/until.js';

export class Client {
  /** @type {Array<{ event: string } & Record<string, any>>} */
  events = [];
  #child;
  #errorOutput = '';
  #ended;
  /** @type {string | number | null} */
  #how = null;

  /** @param {string} program @param {string[]} words */
  constructor(program, ...words) {
    this.#child = spawn(program, words, { stdio: 'pipe' });
    this.#child.stdin.on('error', () => {});  // It ended; whoever waits for an event hears of it.
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-20000);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.events.push(JSON.parse(line));
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(String(error)));
      this.#child.once('close', (code, signal) => resolve(signal ?? code));
    }).then((how) => {
      this.#how = how;
      return how;
    });
  }

  /**
   * Waits for an event; at once where it has been there.
   *
   * @param {string} name
   * @param {(event: any) => boolean} [test]
   */
  event(name, test = () => true) {
    const found = () => this.events.find((event) => event.event === name && test(event));
    return until(`the client's event “${name}”`, () => {
      const event = found();
      if (!event && this.#how !== null) {
        throw new Error(`The client ended (${this.#how}) without “${name}”: ${this.#errorOutput}`);
      }
      return event;
    }, { otherwise: () => [this.events.slice(-5), this.#errorOutput] });
  }

  /** Ends its session. @returns the status of its DELETE */
  async leave() {
    this.#child.stdin.write('leave\n');
    const { status } = await this.event('deleted');
    const how = await within('the end of the client', this.#ended);
    if (how !== 0) throw new Error(`The client ended (${how}): ${this.#errorOutput}`);
    return status;
  }

  /** Ends it without a word to the server; where it has ended, nothing. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
