// SPDX-License-Identifier: LGPL-2.1-or-later
// processes.mjs — the programs the benchmark starts: the server under test and the crowd of
// viewers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { kServerCore } from './machine.mjs';

const kStopTimeout = 5000; // ms; a frozen baseline does not end by itself

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Lines of a child's standard output, one promise at a time; rejects when the child ends. */
class Lines {
  constructor(child, name) {
    this.name = name;
    this.waiting = [];
    this.lines = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      const next = this.waiting.shift();
      if (next) next.resolve(line);
      else this.lines.push(line);
    });
    child.once('error', (error) => this.end(error));
    child.once('close', (code, signal) => this.end(new Error(`${name} ended (${signal ?? code})`)));
  }

  end(error) {
    this.ended ??= error;
    for (const next of this.waiting.splice(0)) next.reject(this.ended);
  }

  /** Those that nobody has waited for; throws when the child has ended. */
  drain() {
    if (this.ended) throw this.ended;
    return this.lines.splice(0);
  }

  next() {
    if (this.lines.length) return Promise.resolve(this.lines.shift());
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
  }
}

/** Asks a child to end, and ends it when it does not. */
async function stop(child, ask) {
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGCONT'); // it may be stopped
  ask();
  const timer = setTimeout(() => {
    console.error(`${child.spawnargs.join(' ')} does not end by itself: killed`);
    child.kill('SIGKILL');
  }, kStopTimeout);
  await ended;
  clearTimeout(timer);
}

/** The server under test, on its own core. */
class Server {
  constructor(program, port, words) {
    this.port = port;
    this.child = spawn(
      'taskset',
      ['-c', String(kServerCore), program, `--port=${port}`, ...words],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.lines = new Lines(this.child, words[0]);
  }

  async ready() {
    const line = await this.lines.next();
    if (line !== 'ready') throw new Error(`${this.lines.name}: "${line}" instead of "ready"`);
    return this;
  }

  get pid() {
    return this.child.pid; // taskset replaces itself with the program
  }

  get url() {
    return `ws://127.0.0.1:${this.port}/output`;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  stop() {
    return stop(this.child, () => this.child.kill('SIGTERM'));
  }
}

const withPort = (fragment, port) => fragment.replaceAll('{port}', String(port));

/** A test picture and one sink behind it. */
export class Host extends Server {
  /** @param {string} sink "baseline", or a gst-launch fragment with {port} in it */
  static async start(program, sink, bitrate) {
    const port = await freePort();
    const words = [`--sink=${withPort(sink, port)}`, `--bitrate=${bitrate}`];
    return new Host(program, port, words).ready();
  }
}

/** One source, and what is done with the camera that it takes; see receiver.cpp. */
export class Receiver extends Server {
  /**
   * @param {{source: string, sink: string}} ends  each "baseline", or a gst-launch fragment with
   *   {port} in it
   * @param {string} to "frames", "loop" or the path of a recording
   */
  static async start(program, { source, sink }, to, bitrate) {
    const port = await freePort();
    const words = [
      `--source=${withPort(source, port)}`,
      `--sink=${withPort(sink, port)}`,
      `--to=${to}`,
      `--bitrate=${bitrate}`,
    ];
    return new Receiver(program, port, words).ready();
  }

  get input() {
    return `ws://127.0.0.1:${this.port}/input`;
  }

  /** The frames that have arrived since it was last asked; see parseFrame(). */
  drain() {
    return this.lines.drain().map(parseFrame);
  }

  async nextFrame() {
    return parseFrame(await this.lines.next());
  }
}

/**
 * "frame AT AGE" → when it arrived, in milliseconds since the epoch, and the milliseconds since its
 * clock was drawn, null where that could not be read.
 */
export function parseFrame(line) {
  const match = /^frame (\d+\.\d) (?:(\d+\.\d)|-)$/.exec(line);
  if (!match) throw new Error(`"${line}" instead of a frame`);
  return { at: Number(match[1]), latency: match[2] === undefined ? null : Number(match[2]) };
}

/** A crowd of viewers in one process; see viewers/main.go for what they do. */
export class Viewers {
  constructor(program, url, ...options) {
    this.child = spawn(program, [`-url=${url}`, ...options], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // Writing to a killed crowd fails; whoever waits for its answer is told by `lines`.
    this.child.stdin.on('error', () => {});
    this.lines = new Lines(this.child, 'viewers');
  }

  async command(...words) {
    this.child.stdin.write(`${words.join(' ')}\n`);
    return JSON.parse(await this.lines.next());
  }

  freeze() {
    this.child.kill('SIGSTOP');
  }

  kill() {
    this.child.kill('SIGKILL');
  }

  stop() {
    return stop(this.child, () => this.child.stdin.end());
  }
}
