// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
import { files, pss, threads, Usage } from './machine.mjs';

test('a busy process shows as busy, within what the kernel itself says', () => {
  const usage = new Usage(process.pid);
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user < 300_000); // µs
  const { cpu, seconds } = usage.read();
  const { user, system } = process.cpuUsage(before);
  assert.ok(Math.abs(cpu * seconds - (user + system) / 1e6) < 0.03, `${cpu * seconds} s`);
});

test('what others use of a core is not the clients’', () => {
  const usage = new Usage(process.ppid);
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user < 300_000); // µs
  const { clients, seconds } = usage.read();
  const { user, system } = process.cpuUsage(before);
  // In ticks of 10 ms, and other test files are no descendants of this one.
  assert.ok(Math.abs(clients * seconds - (user + system) / 1e6) < 0.05, `${clients * seconds} s`);
});

test('memory, threads and files of this process are read', () => {
  assert.ok(pss(process.pid) > 1024); // KiB
  assert.ok(threads(process.pid) >= 1);
  assert.ok(files(process.pid) >= 3);
});

test('a process that is gone is an error, not a zero', () => {
  assert.throws(() => new Usage(2 ** 22 + 1), { code: 'ENOENT' });
});
