// SPDX-License-Identifier: LGPL-2.1-or-later
// publishing.js — what the tests ask of a page that sends, and of the pipeline that gets it.
import assert from 'node:assert/strict';
import { launchChromium, launchFirefox, openPage } from './browsers.js';
import { kCodes } from './coded_camera.js';
import { Pipeline } from './pipeline.js';
import { until } from './until.js';

/** @typedef {import('puppeteer-core').Page} Page */

/**
 * @param {string} [more]  further properties
 * @param {{ stream?: string, port?: number, host?: string }} [options]
 */
export function source(more = '', { stream = 'input', port = 0, host = '127.0.0.1' } = {}) {
  return `webrtcsrc name=${stream} uri=webrtc://${host}:${port}/${stream} ${more}`;
}

// Without async=false a sink waits until all have something, and a kind may stay away.
export const kTakeVideo = 'input.video_0 ! queue ! videoconvert ! video/x-raw,format=I420 '
  + '! fakesink name=video sync=false async=false ';
export const kTakeAudio = 'input.audio_0 ! queue ! audioconvert ! audio/x-raw,format=S16LE '
  + '! fakesink name=audio sync=false async=false ';

/** @param {string} description @param {NodeJS.ProcessEnv} [environment] */
export function startInput(description, environment = {}) {
  return Pipeline.start(description, { stream: 'input', environment });
}

/**
 * A browser with a camera and a microphone that it does not ask about.
 *
 * @param {{ film?: string, permission?: 'granted' | 'denied', args?: string[] }} [options]
 *   `film`: what the camera sees; without one, a disc and a beep a second
 */
export function launchChromiumWithCamera({ film, permission = 'granted', args = [] } = {}) {
  return launchChromium({
    args: [
      '--use-fake-device-for-media-stream=fps=30',
      `--use-fake-ui-for-media-stream${permission === 'denied' ? '=deny' : ''}`,
      ...film ? [`--use-file-for-fake-video-capture=${film}`] : [],
      ...args,
    ],
  });
}

/** @param {{ permission?: 'granted' | 'denied' }} [options] */
export function launchFirefoxWithCamera({ permission = 'granted' } = {}) {
  return launchFirefox({
    preferences: {
      'media.navigator.streams.fake': true,
      ...permission === 'granted' ? { 'media.navigator.permission.disabled': true }
        : { 'permissions.default.camera': 2, 'permissions.default.microphone': 2 },
    },
  });
}

/** What the publisher is and says. @param {Page} page */
export function publisherState(page) {
  return page.evaluate(() => {
    const element = document.querySelector('webrtc-publisher');
    return element && {
      state: element.state,
      message: element.message,
      hint: element.publisher?.hint ?? '',
      notice: element.shadowRoot.querySelector('.notice').textContent,
      started: element.started,
      tracks: element.mediaStream?.getTracks().map(({ kind, readyState, label }) => (
        { kind, readyState, label })) ?? [],
    };
  });
}

/** @param {Page} page @param {string} state */
export function untilPublisher(page, state) {
  return until(`the publisher is ${state}`,
    async () => (await publisherState(page))?.state === state,
    { otherwise: () => publisherState(page) });
}

/**
 * Opens the stream's page. Nothing is sent yet.
 *
 * @param {import('puppeteer-core').Browser | import('puppeteer-core').BrowserContext} browser
 * @param {Pipeline} pipeline
 * @param {string} [path]
 */
export async function openPublisher(browser, pipeline, path = '/input') {
  const page = await openPage(browser, pipeline.url(path));
  await untilPublisher(page, 'idle');
  return page;
}

/** Presses the button, as people do. @param {Page} page */
export async function press(page) {
  const button = await page.evaluateHandle(() => (
    document.querySelector('webrtc-publisher').shadowRoot.querySelector('.send')));
  await button.click();
}

/** Opens the page, presses the button and waits until the pipeline has media. */
export async function publish(browser, pipeline, path) {
  const page = await openPublisher(browser, pipeline, path);
  await press(page);
  await untilPublisher(page, 'live');
  return page;
}

/** Chooses what is sent. @param {Page} page @param {string} name @param {string} value */
export async function choose(page, name, value) {
  const select = await page.evaluateHandle((part) => (
    document.querySelector('webrtc-publisher').shadowRoot.querySelector(`[part~=${part}]`)), name);
  assert.deepEqual(await select.select(value), [value], `${value} can be chosen`);
}

/** What has come out of a pipeline's pad. */
export class Arrivals {
  /** @type {Array<{ arrival: number, time: number, width?: number, height?: number,
   *   code?: number, peak?: number }>} */
  all = [];
  #pipeline;
  #pad;

  /** @param {Pipeline} pipeline @param {string} pad  such as `video.sink` */
  constructor(pipeline, pad) {
    this.#pipeline = pipeline;
    this.#pad = pad;
  }

  /** @param {Pipeline} pipeline @param {string} [pad] */
  static async of(pipeline, pad = 'video.sink') {
    const arrivals = new Arrivals(pipeline, pad);
    await arrivals.read();
    return arrivals;
  }

  /** Adds what came meanwhile. @returns what came */
  async read() {
    const { value } = await this.#pipeline.command(`log ${this.#pad}`);
    this.all.push(...value);
    return value;
  }

  /** Forgets what came so far. */
  async clear() {
    await this.read();
    this.all = [];
  }

  /**
   * Waits until so many pieces came that satisfy `test`.
   *
   * @param {string} what
   * @param {number} count
   * @param {(entry: Arrivals['all'][number]) => boolean} [test]
   */
  async until(what, count, test = () => true) {
    await until(what, async () => {
      await this.read();
      return this.all.filter(test).length >= count;
    }, { otherwise: () => ({ count: this.all.length, last: this.all.slice(-3) }) });
  }

  /** Waits for frames with a code. @param {number} [count] */
  async untilCodes(count = 60) {
    await this.until(`${count} frames with a code`, count, ({ code }) => code >= 0);
  }

  /** Longest time without anything, in ms. */
  get longestGap() {
    const times = this.all.map(({ arrival }) => arrival);
    return Math.max(0, ...times.slice(1).map((time, i) => time - times[i]));
  }

  /** Asserts that time goes forward, for whoever is downstream. */
  assertTimeline() {
    const times = this.all.map(({ time }) => time);
    assert.ok(times.every((time) => time >= 0), 'every piece has a time');
    const back = times.findIndex((time, i) => i > 0 && time < times[i - 1]);
    assert.equal(back, -1, `time goes back: ${times.slice(Math.max(0, back - 3), back + 2)}`);
  }
}

/**
 * Asserts that frames are the film's, in its order, and nearly all of them.
 *
 * @param {number[]} codes
 * @param {number} [share]  of the film's frames that must have come
 */
export function assertFilm(codes, share = 0.8) {
  const steps = codes.slice(1).map((code, i) => (code - codes[i] + kCodes) % kCodes);
  const known = codes.filter((code) => code >= 0 && code < kCodes);
  assert.ok(known.length >= codes.length * 0.98, `frames that can be read: ${codes}`);
  const passed = steps.reduce((sum, step) => sum + step, 0);
  // A frame that came twice or late would make a step of nearly a whole film.
  assert.ok(steps.every((step) => step < kCodes / 2), `in the film's order: ${codes}`);
  assert.ok(codes.length - 1 >= passed * share, `${codes.length} of ${passed} frames: ${codes}`);
}
