// SPDX-License-Identifier: LGPL-2.1-or-later
// loop.mjs — a browser's camera through a pipeline, decoded and encoded anew, and back to the same
// browser: how old a frame is when it is presented there.
import { setTimeout as sleep } from 'node:timers/promises';
import { kOpenTimeout } from './browser.mjs';
import { ages, publishing, sentOver } from './camera.mjs';
import { summarise } from './rows.mjs';

const kSettle = 1500; // ms after the first frame: the browser's jitter buffer has found its size

async function round(options, browser, ends) {
  return publishing(options, browser, ends, 'loop', async (page, receiver, settle) => {
    await settle();
    await page.evaluate(([url, timeout]) => watch(url, timeout), [receiver.url, kOpenTimeout]);
    await sleep(kSettle);
    await page.evaluate(() => drain());
    const sent = await sentOver(options, page, receiver);
    const { samples } = await page.evaluate(() => drain());
    const statistics = await page.evaluate(() => unwatch());
    return {
      ...ages(samples),
      statistics,
      ...sent,
      presentedPerSecond: samples.length / sent.seconds,
    };
  });
}

export async function run(options) {
  return summarise(
    options,
    (browser, ends) => round(options, browser, ends),
    [
      ['camera to pipeline to browser, p50', 'ms', ({ p50 }) => p50],
      ['camera to pipeline to browser, p95', 'ms', ({ p95 }) => p95],
      ['camera to pipeline to browser, p99', 'ms', ({ p99 }) => p99],
      ['frames per second sent', '', ({ framesPerSecond }) => framesPerSecond],
      ['frames per second presented', '', ({ presentedPerSecond }) => presentedPerSecond],
      ['CPU, decoding and encoding', '% of a core', ({ cpu }) => 100 * cpu],
    ],
  );
}
