// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Reconnector } from '../webrtc-client/reconnector.js';
import { isWatchable, parseStreams } from '../webrtc-client/stream-info.js';
import { FakeClock } from './fake-clock.js';
import { FakePage } from './fake-page.js';

const kLive = { flags: ['send'], state: 'live', media: [{ kind: 'video', codecs: ['H265'] }] };

class FakeDirectory {
  status = 'connecting';
  streams = parseStreams({});
  /** @type {Set<() => void>} */
  listeners = new Set();

  get known() {
    return this.status === 'listening';
  }

  /** @param {() => void} listener */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * @param {string} status
   * @param {object} [streams]
   */
  becomes(status, streams) {
    this.status = status;
    if (streams) this.streams = parseStreams(streams);
    for (const listener of [...this.listeners]) listener();
  }
}

/** @type {FakeClock} */
let clock;
/** @type {FakePage} */
let page;
/** @type {FakeDirectory} */
let directory;
/** @type {number[]} */
let retries;
/** @type {string[]} */
let absences;
/** @type {Reconnector} */
let reconnector;

beforeEach(() => {
  clock = new FakeClock();
  page = new FakePage();
  directory = new FakeDirectory();
  retries = [];
  absences = [];
  reconnector = new Reconnector({
    stream: 'output',
    accepts: isWatchable,
    directory: /** @type {any} */ (directory),
    clock,
    page,
    random: () => 0.5,
    onRetry: () => retries.push(clock.now()),
    onAbsence: (absence) => absences.push(absence),
  });
});

test('a stream that ended is waited for, and its return answered within a fifth of a second',
  async () => {
    directory.becomes('listening', {});
    reconnector.succeeded();
    reconnector.plan('ended');
    await clock.advance(60000);
    assert.deepEqual(retries, []);
    assert.equal(absences.at(-1), 'ended');
    directory.becomes('listening', { '/other': kLive });
    await clock.advance(1000);
    assert.deepEqual(retries, []);
    directory.becomes('listening', { '/output': kLive });
    await clock.advance(200);
    assert.equal(retries.length, 1);
    assert.equal(directory.listeners.size, 0);
    assert.equal(page.listeners, 0);
  });

test('a stream that is listed as ended has not returned', async () => {
  directory.becomes('listening', { '/output': { ...kLive, state: 'ended' } });
  reconnector.plan('ended');
  await clock.advance(60000);
  assert.deepEqual(retries, []);
});

test('a name that was never there is missing', () => {
  directory.becomes('listening', { '/input': kLive });
  reconnector.plan('unopened');
  assert.deepEqual(absences, ['missing']);
});

test('a stream that takes a camera is none to watch', () => {
  directory.becomes('listening', { '/output': { flags: ['receive'] } });
  reconnector.plan('unopened');
  assert.deepEqual(absences, ['missing']);
});

test('an unreachable server is told from an offline device', () => {
  reconnector.plan('lost');
  directory.becomes('unreachable');
  page.isOffline = true;
  directory.becomes('unreachable');
  assert.deepEqual(absences, ['unreachable', 'offline']);
  assert.deepEqual(retries, []);
});

test('a server that returns is used at once', async () => {
  reconnector.plan('lost');
  directory.becomes('unreachable');
  await clock.advance(5000);
  directory.becomes('listening', { '/output': kLive });
  await clock.advance(200);
  assert.equal(retries.length, 1);
});

test('a restart needs no directory', async () => {
  reconnector.plan('restart');
  await clock.advance(50);
  assert.equal(retries.length, 1);
  assert.equal(directory.listeners.size, 0);
});

test('restarts without end slow down, and a stable stream forgives them', async () => {
  for (let count = 0; count < 6; count += 1) {
    reconnector.plan('restart');
    await clock.advance(1000);
  }
  const before = clock.now();
  reconnector.plan('restart');
  await clock.advance(1000);
  assert.ok((retries.at(-1) ?? 0) - before > 400);
  reconnector.succeeded();
  await clock.advance(5000);
  const stable = clock.now();
  reconnector.plan('restart');
  await clock.advance(1000);
  assert.ok((retries.at(-1) ?? 0) - stable <= 20);
});

test('a loss with the stream still there backs off', async () => {
  directory.becomes('listening', { '/output': kLive });
  const delays = [];
  for (let count = 0; count < 5; count += 1) {
    const before = clock.now();
    reconnector.plan('lost');
    await clock.advance(2000);
    delays.push((retries.at(-1) ?? 0) - before);
  }
  assert.deepEqual(delays, [85, 170, 340, 680, 680]);
});

test('a change in the list while waiting makes no second attempt', async () => {
  directory.becomes('listening', { '/output': kLive });
  reconnector.plan('lost');
  for (let viewers = 1; viewers < 20; viewers += 1) {
    directory.becomes('listening', { '/output': { ...kLive, peer_count: viewers } });
  }
  assert.equal(clock.pending, 1);
  await clock.advance(5000);
  assert.equal(retries.length, 1);
});

test('a full stream is tried when somebody leaves', async () => {
  const full = { ...kLive, max_viewers: 2, peer_count: 2 };
  directory.becomes('listening', { '/output': full });
  reconnector.plan('unopened');
  assert.deepEqual(absences, ['full']);
  await clock.advance(500);
  assert.deepEqual(retries, []);
  directory.becomes('listening', { '/output': { ...full, peer_count: 1 } });
  await clock.advance(500);
  assert.equal(retries.length, 1);
});

test('no codec in common waits for other codecs', async () => {
  directory.becomes('listening', { '/output': kLive });
  reconnector.plan('unusable');
  await clock.advance(10000);
  directory.becomes('listening', { '/output': { ...kLive, peer_count: 1 } });
  await clock.advance(10000);
  assert.deepEqual(retries, []);
  const media = [{ kind: 'video', codecs: ['H264'] }];
  directory.becomes('listening', { '/output': { ...kLive, media } });
  await clock.advance(200);
  assert.equal(retries.length, 1);
});

test('sockets that are refused again and again are called so', async () => {
  directory.becomes('listening', { '/output': kLive });
  for (let count = 0; count < 3; count += 1) {
    assert.deepEqual(absences, []);
    reconnector.plan('unopened');
    if (count < 2) await clock.advance(5000);
  }
  assert.deepEqual(absences, ['refused']);
});

test('where the list may not be read, the socket is tried within a second', async () => {
  reconnector.plan('lost');
  directory.becomes('blind');
  await clock.advance(1000);
  assert.equal(retries.length, 1);
  for (let count = 0; count < 5; count += 1) {
    reconnector.plan('unopened');
    await clock.advance(1000);
  }
  assert.equal(retries.length, 6);
});

test('who is dismissed stays away', async () => {
  directory.becomes('listening', { '/output': kLive });
  reconnector.plan('dismissed');
  await clock.advance(100000);
  assert.deepEqual(retries, []);
});

test('a page that is seen again does not wait for a long delay', async () => {
  directory.becomes('listening', { '/output': kLive });
  reconnector.plan('unusable');
  page.isHidden = true;
  page.wake();
  await clock.advance(1000);
  assert.deepEqual(retries, []);
  page.isHidden = false;
  page.wake();
  await clock.advance(200);
  assert.equal(retries.length, 1);
});

test('cancelling leaves nothing behind', async () => {
  directory.becomes('listening', { '/output': kLive });
  reconnector.succeeded();
  reconnector.plan('lost');
  reconnector.cancel();
  assert.equal(clock.pending, 0);
  assert.equal(directory.listeners.size, 0);
  assert.equal(page.listeners, 0);
});

test('where a token is asked for nothing is tried until there is another', async () => {
  directory.becomes('denied');
  reconnector.plan('unopened');
  await clock.advance(60000);
  assert.deepEqual(retries, []);
  assert.equal(absences.at(-1), 'denied');
  directory.becomes('connecting');
  directory.becomes('listening', { '/output': kLive });
  await clock.advance(200);
  assert.equal(retries.length, 1);
});
