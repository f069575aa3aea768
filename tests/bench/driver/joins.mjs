// SPDX-License-Identifier: LGPL-2.1-or-later
// joins.mjs — how long Chromium takes from opening the socket to the first presented frame, and a
// client that does not decode to the first whole key frame.
//
// Warm: somebody else is watching, so the encoder runs. Cold: nobody is, as for the first visitor
// of the day.
import { setTimeout as sleep } from 'node:timers/promises';
import { kOpenTimeout, launchBrowser, openPage } from './browser.mjs';
import { busyClients, Usage } from './machine.mjs';
import { Host, Viewers } from './processes.mjs';
import { overRounds, percentiles, ratios } from './statistics.mjs';

const kPhase = 500; // ms; joins start at random within it, against frames and key frames
const kMoments = ['socket', 'offer', 'answer', 'ice', 'dtls', 'rtp', 'key_frame', 'frame'];

/** One list of moments per join → percentiles per moment. */
function breakdown(joins) {
  const result = {};
  for (const moment of kMoments) {
    const values = joins.map((join) => join[moment]).filter(Number.isFinite);
    if (values.length) result[moment] = percentiles(values);
  }
  return result;
}

async function inChromium(page, host, count) {
  const joins = [];
  const failures = [];
  const usage = new Usage(host.pid);
  for (let index = 0; index < count; ++index) {
    await sleep(Math.random() * kPhase);
    try {
      joins.push(
        await page.evaluate(([url, timeout]) => join(url, timeout), [host.url, kOpenTimeout]),
      );
    } catch (error) {
      failures.push(error.message.split('\n')[0]);
    }
  }
  const { clientCore } = usage.read();
  return { count, ...breakdown(joins), failures, clientCore, void: busyClients(clientCore) };
}

async function round(options, browser, sink, warmJoins, coldJoins) {
  const host = await Host.start(options.host, sink, options.bitrate);
  const steady = new Viewers(options.viewersProgram, host.url);
  const page = await openPage(browser, host.origin);
  try {
    const cold = await inChromium(page, host, coldJoins);
    await steady.command('grow', 1);
    const warm = await inChromium(page, host, warmJoins);
    const peer = new Viewers(options.viewersProgram, host.url, '-parallel=1');
    const { join_ms: headless, failures } = await peer.command('churn', warmJoins, 0);
    await peer.stop();
    for (const [state, result] of Object.entries({ warm, cold })) {
      const ms = (moment, figure = 'p50') => Math.round(result[moment]?.[figure]);
      options.log(
        `${state}: first frame p50 ${ms('frame')} ms, p95 ${ms('frame', 'p95')} ` +
          `(offer ${ms('offer')}, ICE ${ms('ice')}, DTLS ${ms('dtls')}), ` +
          `${result.failures.length} of ${result.count} failed` +
          (result.void ? ` — void: ${result.void}` : ''),
      );
    }
    return { warm, cold, headless: { ...headless, failures } };
  } finally {
    await page.close();
    await steady.stop();
    await host.stop();
  }
}

export async function run(options) {
  const runs = Object.fromEntries(Object.keys(options.sinks).map((name) => [name, []]));
  const share = (count) => Math.ceil(count / options.rounds);
  const browser = await launchBrowser();
  try {
    await options.interleave(async (name, sink) =>
      runs[name].push(
        await round(options, browser, sink, share(options.joins), share(options.joins / 4)),
      ),
    );
  } finally {
    await browser.close();
  }
  const rows = [];
  for (const [state, title] of [
    ['warm', 'first frame, others watching'],
    ['cold', 'first frame, nobody watching'],
  ]) {
    for (const figure of ['p50', 'p95']) {
      const values = Object.fromEntries(
        Object.entries(runs).map(([name, rounds]) => [
          name,
          rounds.map((each) => (each[state].void ? NaN : (each[state].frame?.[figure] ?? NaN))),
        ]),
      );
      rows.push({
        title: `${title}, ${figure}`,
        unit: 'ms',
        ...Object.fromEntries(
          Object.entries(values).map(([name, list]) => [name, overRounds(list)]),
        ),
        ratio: values.ours && values.baseline ? ratios(values.ours, values.baseline) : null,
      });
    }
  }
  return { runs, rows };
}
