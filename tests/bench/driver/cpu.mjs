// SPDX-License-Identifier: LGPL-2.1-or-later
// cpu.mjs — what one more viewer costs: processor time, memory and threads of the server over the
// number of viewers.
import { setTimeout as sleep } from 'node:timers/promises';
import { busyClients, pss, threads, Usage } from './machine.mjs';
import { Host, Viewers } from './processes.mjs';
import { median, overRounds, ratios, slope } from './statistics.mjs';

const kSettle = 1500; // ms after the last join: forced key frames and DTLS are over
const kServerLimit = 0.97; // a server that has no time left costs more than it could show
const kFrameRate = 30 / 1.001;

/** Why a point must not count, or nothing. */
function voidReason(point) {
  const busy = busyClients(point.clientCore);
  if (busy) return busy;
  if (point.serverCore > kServerLimit) {
    return `server's core ${Math.round(100 * point.serverCore)} % busy`;
  }
  if (point.failures) return `${point.failures} viewers failed`;
  if (point.frames < 0.97 * kFrameRate * point.seconds) {
    return `${point.frames} frames in ${point.seconds.toFixed(1)} s`;
  }
  if (point.lost > 0.001 * point.packets) return `${point.lost} of ${point.packets} packets lost`;
  return null;
}

async function measure(host, viewers, count, window) {
  const grown = await viewers.command('grow', count);
  await sleep(kSettle);
  await viewers.command('mark');
  const usage = new Usage(host.pid);
  await sleep(window);
  const used = usage.read();
  const report = await viewers.command('report');
  const point = {
    viewers: count,
    ...used,
    pss: pss(host.pid),
    threads: threads(host.pid),
    packets: report.packets,
    packetsPerSecond: report.packets / report.window_s / count,
    bitsPerSecond: (8 * report.bytes) / report.window_s / count,
    frames: report.frames_per_viewer.min,
    lost: report.lost,
    failures: Object.values(report.failures).reduce((sum, times) => sum + times, 0),
    messages: Object.keys(report.failures),
    joinMs: grown.join_ms,
  };
  return { ...point, void: voidReason(point) };
}

async function round(options, sink) {
  const host = await Host.start(options.host, sink, options.bitrate);
  const viewers = new Viewers(options.viewersProgram, host.url);
  const points = [];
  try {
    for (const count of options.viewers) {
      const point = await measure(host, viewers, count, options.window);
      points.push(point);
      options.log(
        `${count} viewers: ${(100 * point.cpu).toFixed(1)} % CPU, ` +
          `${Math.round(point.pss / 1024)} MiB, ` +
          `${point.threads} threads, ${Math.round(point.packetsPerSecond)} packets/s each` +
          (point.void ? ` — void: ${point.void}` : ''),
      );
      if (point.void) break; // more viewers would not be better
    }
  } finally {
    await viewers.stop();
    await host.stop();
  }
  return points;
}

/** Slopes of one round over the points that count. */
function slopes(points) {
  const valid = points.filter((point) => !point.void);
  const over = (field) => slope(valid.map((point) => [point.viewers, point[field]]));
  const [first] = valid;
  const marginal = new Map(
    valid
      .slice(1)
      .map((point) => [point.viewers, (point.cpu - first.cpu) / (point.viewers - first.viewers)]),
  );
  const packetRate = median(valid.map((point) => point.packetsPerSecond));
  return { packetRate, cpu: over('cpu'), pss: over('pss'), threads: over('threads'), marginal };
}

function summarise(options, runs) {
  const names = Object.keys(runs);
  const fits = Object.fromEntries(names.map((name) => [name, runs[name].map(slopes)]));
  const rows = [];
  const add = (title, unit, figure) => {
    const values = Object.fromEntries(names.map((name) => [name, fits[name].map(figure)]));
    rows.push({
      title,
      unit,
      ...Object.fromEntries(names.map((name) => [name, overRounds(values[name])])),
      ratio: values.ours && values.baseline ? ratios(values.ours, values.baseline) : null,
    });
  };
  add('CPU per viewer, slope', '% of a core', (fit) => 100 * fit.cpu);
  for (const count of options.viewers.slice(1)) {
    add(
      `CPU per viewer at ${count}`,
      '% of a core',
      (fit) => 100 * (fit.marginal.get(count) ?? NaN),
    );
  }
  // Equal, or the sinks do not do the same work.
  add('packets per second and viewer', '', (fit) => fit.packetRate);
  add('memory per viewer, slope', 'MiB PSS', (fit) => fit.pss / 1024);
  add('threads per viewer, slope', '', (fit) => fit.threads);
  return rows;
}

export async function run(options) {
  const runs = Object.fromEntries(Object.keys(options.sinks).map((name) => [name, []]));
  await options.interleave(async (name, sink) => runs[name].push(await round(options, sink)));
  return { runs, rows: summarise(options, runs) };
}
