// SPDX-License-Identifier: LGPL-2.1-or-later
// camera.mjs — what the parts of the benchmark that publish have in common: a receiver, a page that
// sends it the camera of camera.js, and what was sent meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { openCamera, publish } from './browser.mjs';
import { busyClients, Usage } from './machine.mjs';
import { Receiver } from './processes.mjs';
import { percentiles } from './statistics.mjs';

const kCameraBitrate = 2_500_000;
const kFrameRate = 30 / 1.001;
const kSettle = 4000; // ms: Chromium's estimate of the bandwidth has reached the camera's rate

/**
 * Starts a receiver and sends it a camera; `measure` gets the page, the receiver, and what waits
 * until the camera is sent as it will be.
 */
export async function publishing(options, browser, ends, to, measure) {
  const receiver = await Receiver.start(options.receiver, ends, to, options.bitrate);
  let page = null;
  try {
    page = await openCamera(browser, receiver, kCameraBitrate);
    await publish(page);
    const result = await measure(page, receiver, () => sleep(kSettle));
    options.log(
      ['p50', 'p95', 'p99']
        .filter((name) => name in result)
        .map((name) => `${name} ${result[name]} ms, `)
        .join('') +
        (result.start ? `first frame p50 ${Math.round(result.start.p50)} ms, ` : '') +
        `${result.framesPerSecond.toFixed(1)} fps, ` +
        `${Math.round(result.bitsPerSecond / 1000)} kbit/s, ` +
        `${(100 * result.cpu).toFixed(1)} % CPU, ` +
        `clients ${Math.round(100 * result.clients)} %` +
        (result.void ? ` — void: ${result.void}` : ''),
    );
    return result;
  } finally {
    await page?.close();
    await receiver.stop();
  }
}

/** Percentiles of how old frames were; an error where no clock could be read at all. */
export function ages(frames) {
  const read = frames.map(({ latency }) => latency).filter((latency) => latency !== null);
  if (!read.length) throw new Error(`no clock could be read in ${frames.length} frames`);
  return { ...percentiles(read), unreadable: frames.length - read.length };
}

/** Lets a window pass; what the browser sent and the receiver used in it. */
export async function sentOver(options, page, receiver) {
  const before = await page.evaluate(() => sent());
  const usage = new Usage(receiver.pid);
  await sleep(options.glassWindow);
  const used = usage.read();
  const after = await page.evaluate(() => sent());
  const seconds = (after.at - before.at) / 1000;
  const framesPerSecond = (after.framesSent - before.framesSent) / seconds;
  return {
    ...used,
    framesPerSecond,
    bitsPerSecond: (8 * (after.bytesSent - before.bytesSent)) / seconds,
    encodeMs:
      (1000 * (after.totalEncodeTime - before.totalEncodeTime)) /
      (after.framesEncoded - before.framesEncoded),
    sent: after,
    void: busyClients(options.shared ? used.clients : used.clientCore) ?? slowCamera(framesPerSecond),
  };
}

/** Why a figure must not count when the browser sent so few frames, or nothing. */
function slowCamera(framesPerSecond) {
  return framesPerSecond < 0.97 * kFrameRate ? `${framesPerSecond.toFixed(1)} fps sent` : null;
}
