// SPDX-License-Identifier: LGPL-2.1-or-later
// watching.js — what the tests ask of a page with players: that it plays, how well, and in which
// colours.
import assert from 'node:assert/strict';
import { openPage } from './browsers.js';
import { until } from './until.js';

/** @typedef {import('puppeteer-core').Page} Page */

/** 100 % bars of videotestsrc's pattern `smpte`, left to right. */
export const kBars = [
  [255, 255, 255], [255, 255, 0], [0, 255, 255], [0, 255, 0], [255, 0, 255], [255, 0, 0],
  [0, 0, 255],
];
const kBarPoints = kBars.map((_, i) => [(2 * i + 1) / 14, 0.3]);

/** @param {Page} page */
export function playerState(page, index = 0) {
  return page.evaluate((i) => probe.state(i), index);
}

/**
 * @param {Page} page
 * @param {string} state
 */
export function untilState(page, state, index = 0) {
  return until(`the player is ${state}`,
    async () => (await playerState(page, index))?.state === state,
    { otherwise: () => playerState(page, index) });
}

/** Waits until so many further frames were decoded. @param {Page} page */
export async function untilFrames(page, count = 10, index = 0) {
  const decoded = () => page.evaluate((i) => probe.framesDecoded(i), index);
  const before = await decoded();
  await until(`${count} frames are decoded`, async () => await decoded() >= before + count,
    { otherwise: () => page.evaluate(() => [probe.state(), probe.states()]) });
}

/** Waits until the player plays and pictures move. @param {Page} page */
export async function untilPlaying(page, index = 0) {
  await untilState(page, 'live', index);
  await untilFrames(page, 10, index);
}

/**
 * Opens a pipeline's stream and waits until it plays.
 *
 * @param {import('puppeteer-core').Browser | import('puppeteer-core').BrowserContext} browser
 * @param {import('./pipeline.js').Pipeline} pipeline
 * @param {string} [path]
 */
export async function watch(browser, pipeline, path) {
  const page = await openPage(browser, pipeline.url(path));
  await untilPlaying(page);
  return page;
}

/** @param {Page} page @returns {Promise<number[][]>} the colours of the seven bars */
export function barColours(page) {
  return page.evaluate((points) => probe.colours(points), kBarPoints);
}

/**
 * @param {number[][]} left
 * @param {number[][]} right
 * @returns {number} the largest difference of a channel
 */
export function difference(left, right) {
  return Math.max(...left.flatMap((colour, i) => colour.map((value, j) => (
    Math.abs(value - right[i][j])))));
}

/**
 * Waits for the bars; the first frames of a low bitrate may still be poor.
 *
 * @param {Page} page
 * @param {number} tolerance  of 255
 */
export async function untilBars(page, tolerance) {
  await until(`the bars have their colours within ${tolerance}`, async () => {
    const colours = await barColours(page);
    return colours !== null && difference(colours, kBars) <= tolerance;
  }, { otherwise: () => barColours(page), deadline: 20000 });
}

/** A viewer whom nothing may disturb. */
export class SteadyViewer {
  /** @param {Page} page @param {number} rate  frames/s of the source */
  constructor(page, rate) {
    this.page = page;
    this.rate = rate;
  }

  static async open(browser, pipeline, { path, rate = 30 } = {}) {
    const page = await watch(browser, pipeline, path);
    await page.evaluate(() => probe.logStates());
    return new SteadyViewer(page, rate);
  }

  /**
   * Runs `disturb` and asserts that this viewer went on meanwhile, and for a while after.
   *
   * @template T
   * @param {() => Promise<T>} disturb
   * @returns {Promise<T>}
   */
  async during(disturb) {
    // A tab behind another one presents no frames.
    await this.page.bringToFront();
    const start = await this.page.evaluate(() => probe.logFrames());
    const result = await disturb();
    // What harms often does so a little later.
    await untilFrames(this.page, this.rate);
    const { seconds, frames, longestGap } = await this.page.evaluate((t) => probe.presented(t),
      start);
    const found = `${frames} frames in ${seconds.toFixed(1)} s, at most `
      + `${longestGap.toFixed(0)} ms apart`;
    assert.deepEqual(await this.page.evaluate(() => probe.states()), [],
      'the steady viewer’s player stayed live');
    // A busy machine loses some by itself; what the tests look for costs whole seconds.
    assert.ok(frames >= seconds * this.rate * 0.5, `most frames: ${found}`);
    assert.ok(longestGap < 1000, `no interruption: ${found}`);
    return result;
  }
}
