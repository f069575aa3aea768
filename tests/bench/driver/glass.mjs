// SPDX-License-Identifier: LGPL-2.1-or-later
// glass.mjs — from the frame's capture to its presentation in Chromium, by the clock that is drawn
// into the picture.
import { setTimeout as sleep } from 'node:timers/promises';
import { kOpenTimeout, launchBrowser, openPage } from './browser.mjs';
import { busyClients, Usage } from './machine.mjs';
import { Host } from './processes.mjs';
import { overRounds, percentiles, ratios } from './statistics.mjs';

const kSettle = 1500; // ms after the first frame: the browser's jitter buffer has found its size

async function round(options, browser, sink) {
  const host = await Host.start(options.host, sink, options.bitrate);
  const page = await openPage(browser, host.origin);
  try {
    await page.evaluate(([url, timeout]) => watch(url, timeout), [host.url, kOpenTimeout]);
    await sleep(kSettle);
    await page.evaluate(() => drain());
    const usage = new Usage(host.pid);
    await sleep(options.glassWindow);
    const { samples } = await page.evaluate(() => drain());
    const used = usage.read();
    const statistics = await page.evaluate(() => unwatch());
    const latencies = samples.map(({ latency }) => latency).filter((latency) => latency !== null);
    const result = {
      ...percentiles(latencies),
      unreadable: samples.length - latencies.length,
      framesPerSecond: samples.length / used.seconds,
      clientCore: used.clientCore,
      statistics,
      void: busyClients(used.clientCore),
    };
    options.log(
      `p50 ${result.p50} ms, p95 ${result.p95}, p99 ${result.p99}, ` +
        `${result.framesPerSecond.toFixed(1)} fps, ` +
        `${result.unreadable} unreadable` +
        (result.void ? ` — void: ${result.void}` : ''),
    );
    return result;
  } finally {
    await page.close();
    await host.stop();
  }
}

export async function run(options) {
  const runs = Object.fromEntries(Object.keys(options.sinks).map((name) => [name, []]));
  const browser = await launchBrowser();
  try {
    await options.interleave(async (name, sink) =>
      runs[name].push(await round(options, browser, sink)),
    );
  } finally {
    await browser.close();
  }
  const rows = ['p50', 'p95', 'p99'].map((figure) => {
    const values = Object.fromEntries(
      Object.entries(runs).map(([name, rounds]) => [
        name,
        rounds.map((each) => (each.void ? NaN : each[figure])),
      ]),
    );
    return {
      title: `glass to glass, ${figure}`,
      unit: 'ms',
      ...Object.fromEntries(Object.entries(values).map(([name, list]) => [name, overRounds(list)])),
      ratio: values.ours && values.baseline ? ratios(values.ours, values.baseline) : null,
    };
  });
  return { runs, rows };
}
