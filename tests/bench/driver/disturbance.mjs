// SPDX-License-Identifier: LGPL-2.1-or-later
// disturbance.mjs — what a steady viewer in Chromium notices while others join, leave, say nothing,
// stop or die.
import { setTimeout as sleep } from 'node:timers/promises';
import { kOpenTimeout, launchBrowser, openPage } from './browser.mjs';
import { Usage } from './machine.mjs';
import { Host, Viewers } from './processes.mjs';
import { median, percentiles } from './statistics.mjs';

const kSettle = 2000; // ms
const kOthers = 5;

/** Each phase begins on a fresh server, since a plain fan-out does not survive some of them. */
const kPhases = {
  'nobody else': async () => {},
  'others join and leave': async (viewers, window) => {
    const { others } = viewers;
    const end = Date.now() + window;
    while (Date.now() < end) await others.command('churn', 2 * kOthers, 200);
  },
  'others never answer': async (viewers) => {
    await viewers.silent.command('grow', kOthers);
  },
  'others are stopped': async (viewers) => {
    await viewers.others.command('grow', kOthers);
    viewers.others.freeze();
  },
  'others are killed': async (viewers) => {
    await viewers.others.command('grow', kOthers);
    viewers.others.kill();
  },
};

/** The longest time without a new frame; one that lasts to the end of the window counts in full. */
function longestGap(samples, from, to) {
  const moments = [from, ...samples.map(({ at }) => at), to];
  return Math.max(...moments.slice(1).map((at, index) => at - moments[index]));
}

async function phase(options, browser, sink, disturb) {
  const host = await Host.start(options.host, sink, options.bitrate);
  const page = await openPage(browser, host.origin);
  const viewers = {
    others: new Viewers(options.viewersProgram, host.url, `-parallel=${kOthers}`),
    silent: new Viewers(options.viewersProgram, host.url, '-silent'),
  };
  try {
    await page.evaluate(([url, timeout]) => watch(url, timeout), [host.url, kOpenTimeout]);
    await sleep(kSettle);
    const { now: from } = await page.evaluate(() => drain());
    const usage = new Usage(host.pid);
    // A disturbance that fails to happen (a frozen server answers nobody) is part of the figure,
    // not its end.
    const disturbed = disturb(viewers, options.disturbanceWindow).then(
      () => null,
      (error) => error.message,
    );
    await sleep(options.disturbanceWindow);
    const { now: to, samples } = await page.evaluate(() => drain());
    const { clientCore } = usage.read();
    const latencies = samples.map(({ latency }) => latency).filter((latency) => latency !== null);
    viewers.others.kill();
    viewers.silent.kill();
    return {
      ...percentiles(latencies),
      framesPerSecond: (1000 * samples.length) / (to - from),
      longestGap: longestGap(samples, from, to),
      statistics: await page.evaluate(() => unwatch()),
      clientCore,
      disturbance: await disturbed,
    };
  } finally {
    await page.close();
    await viewers.others.stop();
    await viewers.silent.stop();
    await host.stop();
  }
}

export async function run(options) {
  const runs = Object.fromEntries(Object.keys(options.sinks).map((name) => [name, {}]));
  const browser = await launchBrowser();
  try {
    for (const [title, disturb] of Object.entries(kPhases)) {
      await options.interleave(async (name, sink) => {
        const result = await phase(options, browser, sink, disturb);
        (runs[name][title] ??= []).push(result);
        options.log(
          `${title}: ${result.framesPerSecond.toFixed(1)} fps, ` +
            `longest gap ${Math.round(result.longestGap)} ms, ` +
            `p50 ${result.p50} ms, p99 ${result.p99} ms`,
        );
      }, options.disturbanceRounds);
    }
  } finally {
    await browser.close();
  }
  const table = [];
  for (const title of Object.keys(kPhases)) {
    for (const name of Object.keys(runs)) {
      const over = (figure) => median(runs[name][title].map((each) => each[figure]));
      table.push({
        while: title,
        sink: name,
        fps: over('framesPerSecond').toFixed(1),
        'longest gap, ms': Math.round(over('longestGap')),
        'p50, ms': over('p50'),
        'p99, ms': over('p99'),
        "clients' core, %": Math.round(100 * over('clientCore')),
      });
    }
  }
  return { runs, rows: [], table };
}
