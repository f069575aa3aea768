// SPDX-License-Identifier: LGPL-2.1-or-later
// pipeline.js — pipelines as child processes: steered ones (pipeline_host.cpp), and gst-launch-1.0
// for what it tells its user.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { kEnvironment, kHost } from './environment.js';
import { until, within } from './until.js';

const kStopDeadline = 15000;  // ms

/**
 * A test picture that a small machine encodes easily.
 *
 * @param {{ width?: number, height?: number, rate?: number, pattern?: string }} [options]
 */
export function testPicture({ width = 640, height = 360, rate = 30, pattern = 'smpte' } = {}) {
  return `videotestsrc is-live=true pattern=${pattern} `
    + `! video/x-raw,format=I420,width=${width},height=${height},framerate=${rate}/1`;
}

/**
 * @param {string} [more]  further properties
 * @param {{ stream?: string, port?: number, host?: string, scheme?: string }} [options]
 */
export function sink(more = '', options = {}) {
  const { stream = 'output', port = 0, host = '127.0.0.1', scheme = 'webrtc' } = options;
  return `webrtcsink name=${stream} uri=${scheme}://${host}:${port}/${stream} ${more}`;
}

/** A port that was free a moment ago, for when two processes have to use the same. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

export class Pipeline {
  /** @type {Array<{ event: string, source?: string, message?: string }>} */
  events = [];
  errorOutput = '';
  #child;
  /** @type {Array<{ resolve: (reply: any) => void, reject: (error: Error) => void }>} */
  #waiting = [];
  #stream;
  /** @type {URL | null} */
  #origin = null;
  #ended;

  /**
   * Returns once the server listens.
   *
   * @param {string} description  as for gst-launch-1.0
   * @param {{ stream?: string, environment?: NodeJS.ProcessEnv, secure?: boolean }} [options]
   *   `stream`: name of the sink that tells the address; `secure`: whether it has a certificate
   */
  static async start(description, { stream = 'output', environment = {}, secure = false } = {}) {
    const pipeline = new Pipeline(description, stream, environment);
    try {
      const uri = await pipeline.get(`${stream}.uri`);
      pipeline.#origin = new URL(uri.replace(/^webrtcs?:/, secure ? 'https:' : 'http:')
        .replace('//@', '//127.0.0.1'));
    } catch (error) {
      await pipeline.stop();
      throw error;
    }
    return pipeline;
  }

  constructor(description, stream, environment) {
    this.#stream = stream;
    this.#child = spawn(kHost, [description], {
      stdio: 'pipe', env: { ...kEnvironment, ...environment },
    });
    this.#child.stdin.on('error', () => {});  // It ended; whoever waits for a reply hears of it.
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.errorOutput = (this.errorOutput + text).slice(-20000);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(line));
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(String(error)));
      this.#child.once('close', (code, signal) => resolve(signal ?? code));
    });
    this.#ended.then((how) => {
      const last = this.events.findLast(({ event }) => event === 'error');
      const error = new Error(`The pipeline ended (${how}): ${last?.message ?? ''}\n`
        + this.errorOutput);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  get pid() {
    return this.#child.pid;
  }

  /** Address of the server, ends with a slash. */
  get base() {
    return new URL('/', this.#origin).href;
  }

  get port() {
    return Number(this.#origin?.port);
  }

  get socketUrl() {
    return new URL(`/${this.#stream}`, this.#origin).href.replace(/^http/, 'ws');
  }

  /** @param {string} path */
  url(path = this.#stream) {
    return new URL(path, this.base).href;
  }

  /** @param {string} text */
  command(text) {
    const reply = new Promise((resolve, reject) => {
      if (this.#child.exitCode !== null) reject(new Error('The pipeline has ended.'));
      this.#waiting.push({ resolve, reject });
    });
    this.#child.stdin.write(`${text}\n`);
    return within(`the pipeline's reply to “${text}”`, reply);
  }

  /** @param {string} property  `element.property` */
  async get(property) {
    return (await this.command(`get ${property}`)).value;
  }

  /**
   * @param {string} property
   * @param {string | number} value
   */
  async set(property, value) {
    await this.command(`set ${property} ${value}`);
  }

  /** @returns {Promise<any>} the sink's property `stats` */
  statistics() {
    return this.get(`${this.#stream}.stats`);
  }

  /** @returns {Promise<string[]>} the encoders at work, such as `x264enc` */
  async encoders() {
    const { encoders = {} } = await this.statistics();
    // What passes without being encoded has no name.
    return Object.values(encoders).filter((name) => name !== '').sort();
  }

  /** @returns {Promise<any>} what `GET /api/streams` says of the stream */
  async describe(stream = this.#stream) {
    const response = await fetch(this.url('/api/streams'));
    return (await response.json())[`/${stream}`];
  }

  /** @param {string} name */
  event(name) {
    return until(`the pipeline's event “${name}”`,
      () => this.events.find(({ event }) => event === name),
      { otherwise: () => this.events });
  }

  /**
   * Ends it as a user would.
   *
   * @returns {Promise<number | string>} exit status, or the signal that ended it before
   * @throws {Error} when it does not end
   */
  async stop() {
    this.#child.stdin.end();
    try {
      return await within('the end of the pipeline', this.#ended, kStopDeadline);
    } finally {
      this.kill();
    }
  }

  kill() {
    this.#child.kill('SIGKILL');
    return this.#ended;
  }

  /** @param {string} line */
  #take(line) {
    const message = JSON.parse(line);
    if (message.event) {
      this.events.push(message);
      return;
    }
    const { resolve, reject } = this.#waiting.shift();
    if (message.reply) resolve(message);
    else reject(new Error(message.message));
  }
}

/**
 * Runs gst-launch-1.0 for what ends by itself, such as an error.
 *
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {Promise<{ status: string | number, output: string }>}
 */
export async function launch(words, environment = {}) {
  const child = spawn('gst-launch-1.0', words, {
    stdio: ['ignore', 'pipe', 'pipe'], env: { ...kEnvironment, ...environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => signal ?? code);
  try {
    return { status: await within(`the end of gst-launch-1.0 ${words.join(' ')}`, ended), output };
  } finally {
    child.kill('SIGKILL');
  }
}
