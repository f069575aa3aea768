// SPDX-License-Identifier: LGPL-2.1-or-later
// publish.mjs — from a browser's camera to the end of a pipeline: how old a decoded frame is there,
// and how long it takes from the button to the first one.
import { setTimeout as sleep } from 'node:timers/promises';
import { publish } from './browser.mjs';
import { ages, publishing, sentOver } from './camera.mjs';
import { summarise } from './rows.mjs';
import { percentiles } from './statistics.mjs';

// Between leaving and coming back, and at random within the second half of it: the first frame may
// not be one of the former session, and the button is pressed at any phase of the camera.
const kPause = 600; // ms

async function firstFrame(page, receiver) {
  await page.evaluate(() => unpublish());
  await sleep((kPause * (1 + Math.random())) / 2);
  receiver.drain();
  const pressed = await publish(page);
  const { at } = await receiver.nextFrame();
  if (at < pressed) throw new Error('a frame arrived that was sent before the button was pressed');
  return at - pressed;
}

async function round(options, browser, ends, starts) {
  return publishing(options, browser, ends, 'frames', async (page, receiver, settle) => {
    await settle();
    receiver.drain();
    const sent = await sentOver(options, page, receiver);
    const frames = receiver.drain();
    const joins = [];
    for (let index = 0; index < starts; ++index) joins.push(await firstFrame(page, receiver));
    return {
      ...ages(frames),
      start: percentiles(joins),
      ...sent,
    };
  });
}

export async function run(options) {
  const starts = Math.ceil(options.starts / options.rounds);
  return summarise(
    options,
    (browser, ends) => round(options, browser, ends, starts),
    [
      ['camera to pipeline, p50', 'ms', ({ p50 }) => p50],
      ['camera to pipeline, p95', 'ms', ({ p95 }) => p95],
      ['camera to pipeline, p99', 'ms', ({ p99 }) => p99],
      ['button to first frame, p50', 'ms', ({ start }) => start.p50],
      ['button to first frame, p95', 'ms', ({ start }) => start.p95],
      // Equal, or the two do not get the same.
      ['frames per second sent', '', ({ framesPerSecond }) => framesPerSecond],
      ['sent', 'Mbit/s', ({ bitsPerSecond }) => bitsPerSecond / 1e6],
      ['CPU, receiving and decoding', '% of a core', ({ cpu }) => 100 * cpu],
    ],
  );
}
