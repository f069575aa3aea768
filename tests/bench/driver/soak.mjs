// SPDX-License-Identifier: LGPL-2.1-or-later
// soak.mjs — what thousands of joins and leaves leave behind in the server: memory, threads, file
// descriptors.
import { setTimeout as sleep } from 'node:timers/promises';
import { files, pss, threads } from './machine.mjs';
import { Host, Viewers } from './processes.mjs';

const kWarmUp = 200; // joins; caches, thread pools and allocator arenas have grown by then
const kParallel = 4;
const kPoll = 500; // ms
const kQuiet = 6; // polls without a change: teardown is over
const kQuietLimit = 120; // polls

const level = (pid) => ({ pss: pss(pid), threads: threads(pid), files: files(pid) });

/** The server's level when it has settled; `settled` is false when it never did. */
async function settle(pid) {
  let last = level(pid);
  for (let poll = 0, quiet = 0; poll < kQuietLimit; ++poll) {
    await sleep(kPoll);
    const now = level(pid);
    quiet = now.threads === last.threads && now.files === last.files ? quiet + 1 : 0;
    last = now;
    if (quiet >= kQuiet) return { ...now, settled: true };
  }
  return { ...last, settled: false };
}

/** With one viewer watching throughout, or with nobody: then the encoder stops and starts too. */
async function soak(options, sink, watched) {
  const host = await Host.start(options.host, sink, options.bitrate);
  const steady = new Viewers(options.viewersProgram, host.url);
  const viewers = new Viewers(options.viewersProgram, host.url, `-parallel=${kParallel}`);
  try {
    if (watched) await steady.command('grow', 1);
    await viewers.command('churn', kWarmUp, 0);
    const before = await settle(host.pid);
    const report = await viewers.command('churn', options.soakJoins, 0);
    const after = await settle(host.pid);
    const seen = watched ? await steady.command('report') : null;
    return {
      before,
      after,
      joins: options.soakJoins,
      failures: report.failures,
      joinMs: report.join_ms,
      seen,
    };
  } finally {
    await viewers.stop();
    await steady.stop();
    await host.stop();
  }
}

function row(name, watched, { before, after, joins, failures }) {
  return {
    sink: name,
    'meanwhile watching': watched ? 'one' : 'nobody',
    joins,
    failed: Object.values(failures).reduce((sum, times) => sum + times, 0),
    'PSS, MiB': `${(before.pss / 1024).toFixed(1)} → ${(after.pss / 1024).toFixed(1)}`,
    'bytes a join': Math.round((1024 * (after.pss - before.pss)) / joins),
    threads: `${before.threads} → ${after.threads}`,
    'file descriptors': `${before.files} → ${after.files}`,
  };
}

export async function run(options) {
  const runs = {};
  const table = [];
  for (const watched of [true, false]) {
    await options.interleave(async (name, sink) => {
      const result = await soak(options, sink, watched);
      (runs[name] ??= []).push({ watched, ...result });
      table.push(row(name, watched, result));
      options.log(JSON.stringify(table.at(-1)));
    }, 1);
  }
  return { runs, rows: [], table };
}
