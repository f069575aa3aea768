// SPDX-License-Identifier: LGPL-2.1-or-later
// counted_launch.js — gst-launch-1.0 with a pipeline whose buffers are counted on their way to
// webrtcsink: put kCounter in front of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { kEnvironment } from './environment.js';
import { until, within } from './until.js';

/** Says each buffer, which gst-launch-1.0 -v prints. */
export const kCounter = 'identity name=count silent=false';

const kBuffer = /count: last-message = chain .* pts: (\d+):(\d+):(\d+\.\d+)/g;
const kRequest = /Setting state to (\w+) as requested/g;

export class CountedLaunch {
  #child;
  #output = '';
  #ended;

  /** @param {string} description  of the pipeline */
  constructor(description) {
    this.#child = spawn('gst-launch-1.0', ['-v', ...description.split(' ').filter(Boolean)], {
      stdio: ['ignore', 'pipe', 'pipe'], env: kEnvironment,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#output += text;
      });
    }
    this.#ended = once(this.#child, 'close').then(([code, signal]) => signal ?? code);
  }

  /** The timestamps of the buffers so far, in seconds. */
  get times() {
    return [...this.#output.matchAll(kBuffer)].map(([, hours, minutes, seconds]) => (
      Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)));
  }

  /** How many buffers there were. */
  get count() {
    return this.times.length;
  }

  /** The states that webrtcsink has asked for. */
  get requests() {
    return [...this.#output.matchAll(kRequest)].map(([, state]) => state);
  }

  /** @param {number} more */
  async untilMore(more) {
    const before = this.count;
    await until(`${more} buffers pass`, () => this.count >= before + more,
      { otherwise: () => this.#output.slice(-2000) });
  }

  /** Waits until it has obeyed. @param {string[]} requests  all so far */
  async untilAsked(...requests) {
    await until(`it was asked for ${requests}`, () => (
      JSON.stringify(this.requests) === JSON.stringify(requests)),
    { otherwise: () => this.#output.slice(-2000) });
  }

  /** Ends it as a user would. @returns {Promise<number | string>} exit status or signal */
  async stop() {
    this.#child.kill('SIGINT');
    try {
      return await within('the end of gst-launch-1.0', this.#ended);
    } finally {
      this.#child.kill('SIGKILL');
    }
  }
}
