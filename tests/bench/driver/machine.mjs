// SPDX-License-Identifier: LGPL-2.1-or-later
// machine.mjs — what Linux knows about a process and a core, read from /proc.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { cpus, release } from 'node:os';

export const kServerCore = 0;
export const kClientCore = 1; // the benchmark itself, its viewers and its browser

const kClientLimit = 0.85; // of the clients' core; beyond it they would be what is measured

/** Why a figure taken while the clients' core was `share` busy must not count, or nothing. */
export function busyClients(share) {
  return share > kClientLimit ? `clients' core ${Math.round(100 * share)} % busy` : null;
}

const kTicksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const kSchedulerCounts = existsSync('/proc/self/schedstat'); // CONFIG_SCHED_INFO

function parseStat(text) {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // from field 3 on
  return (Number(fields[11]) + Number(fields[12])) / kTicksPerSecond;
}

/**
 * User and system time of each thread of a process in seconds. The scheduler counts nanoseconds;
 * `stat` has only ticks of 10 ms, coarse for what a few viewers cost in a few seconds.
 */
function threadSeconds(pid) {
  const seconds = new Map();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const path = `/proc/${pid}/task/${thread}/${kSchedulerCounts ? 'schedstat' : 'stat'}`;
    try {
      const text = readFileSync(path, 'utf8');
      seconds.set(thread, kSchedulerCounts ? Number(text.split(' ')[0]) / 1e9 : parseStat(text));
    } catch (error) {
      if (error.code !== 'ESRCH' && error.code !== 'ENOENT') throw error; // it has just ended
    }
  }
  return seconds;
}

/** User and system time in seconds of this process and its descendants, without `except`'s. */
function clientSeconds(except) {
  const processes = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const text = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const parent = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
      processes.set(Number(entry), { parent, seconds: parseStat(text) });
    } catch (error) {
      if (error.code !== 'ESRCH' && error.code !== 'ENOENT') throw error; // it has just ended
    }
  }
  const isClient = (pid) =>
    pid === process.pid ||
    (pid !== except && processes.has(pid) && isClient(processes.get(pid).parent));
  let sum = 0;
  for (const [pid, { seconds }] of processes) if (isClient(pid)) sum += seconds;
  return sum;
}

/** Busy and total time of a core in ticks. */
export function coreTicks(core) {
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`cpu${core} `));
  const [user, nice, system, idle, wait, irq, softirq, steal] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, total: busy + idle + wait };
}

/** Proportional set size in KiB: shared pages are divided among those who share them. */
export function pss(pid) {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
}

export const threads = (pid) => readdirSync(`/proc/${pid}/task`).length;
export const files = (pid) => readdirSync(`/proc/${pid}/fd`).length;

/** Process and core use over a window: create it, then read what was used since. */
export class Usage {
  constructor(pid) {
    this.pid = pid;
    this.began = process.hrtime.bigint();
    this.cpu = threadSeconds(pid);
    this.cores = [kServerCore, kClientCore].map(coreTicks);
    this.clients = clientSeconds(pid);
  }

  read() {
    const seconds = Number(process.hrtime.bigint() - this.began) / 1e9;
    const [server, client] = [kServerCore, kClientCore].map((core, index) => {
      const now = coreTicks(core);
      return (now.busy - this.cores[index].busy) / (now.total - this.cores[index].total);
    });
    return {
      seconds,
      cpu: this.cpuSeconds() / seconds,
      serverCore: server,
      clientCore: client,
      // Of their core, what the benchmark itself used: less, where other programs use it too.
      clients: (clientSeconds(this.pid) - this.clients) / seconds,
    };
  }

  /** Of all threads that live now; one that has ended since takes its part along. */
  cpuSeconds() {
    let sum = 0;
    for (const [thread, seconds] of threadSeconds(this.pid)) {
      sum += seconds - (this.cpu.get(thread) ?? 0);
    }
    return sum;
  }
}

export function describeMachine() {
  const version = execFileSync('gst-inspect-1.0', ['--version'], { encoding: 'utf8' });
  return {
    cpu: cpus()[0].model,
    cores: cpus().length,
    kernel: release(),
    gstreamer: version.split('\n').find((line) => line.startsWith('GStreamer')),
  };
}
