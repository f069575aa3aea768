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
export class Host {
  /** @param {string} sink "baseline", or a gst-launch fragment with {port} in it */
  static async start(program, sink, bitrate) {
    const host = new Host();
    host.port = await freePort();
    const fragment = sink.replaceAll('{port}', String(host.port));
    host.child = spawn(
      'taskset',
      [
        '-c',
        String(kServerCore),
        program,
        `--sink=${fragment}`,
        `--port=${host.port}`,
        `--bitrate=${bitrate}`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    host.lines = new Lines(host.child, sink);
    const line = await host.lines.next();
    if (line !== 'ready') throw new Error(`${sink}: "${line}" instead of "ready"`);
    return host;
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
