// SPDX-License-Identifier: LGPL-2.1-or-later
// Controls of an application's own, in Python: what is turned in one page is seen in the picture
// and in the others, and one of them at a time has control where the application wants it so.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { launchChromium, openPage } from './support/browsers.js';
import { dragToEnd, inputOf, shownControls, untilShown } from './support/controls_driver.js';
import { kEnvironment } from './support/environment.js';
import { until, within } from './support/until.js';
import { untilPlaying } from './support/watching.js';

/** @typedef {import('puppeteer-core').Page} Page */

const kStopDeadline = 20000;  // ms
const kProgram = new URL('support/remote_controls.py', import.meta.url).pathname;

/** @type {import('puppeteer-core').Browser} */
let browser;

before(async () => {
  browser = await launchChromium();
});

after(() => browser?.close());

class Application {
  /** @type {string[]} */
  said = [];
  #errors = '';
  #child;
  #ended;

  /** @param {string[]} properties  of webrtcsink */
  constructor(properties) {
    // PyGObject is Debian's, for Debian's Python.
    this.#child = spawn('/usr/bin/python3', [kProgram, 'webrtc://127.0.0.1:0/output',
      ...properties], { stdio: ['ignore', 'pipe', 'pipe'], env: kEnvironment });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.said.push(line));
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#errors += text;
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => resolve(signal ?? code));
    });
  }

  /** @param {RegExp} words  of a line that it says */
  async hears(words) {
    await until(`it says ${words}`, () => this.said.some((line) => words.test(line)),
      { otherwise: () => [this.said, this.#errors] });
  }

  async address() {
    await this.hears(/^address: /);
    return this.said.find((line) => line.startsWith('address: ')).slice('address: '.length);
  }

  /** Ends as a user ends it. */
  async stop() {
    this.#child.kill('SIGTERM');
    try {
      assert.equal(await within('the end of the application', this.#ended, kStopDeadline), 0,
        this.#errors);
    } finally {
      this.#child.kill('SIGKILL');
    }
  }
}

/** @param {Application} application */
async function watch(application) {
  const page = await openPage(browser, await application.address());
  await page.bringToFront();
  await untilPlaying(page);
  return page;
}

/** Begins to note where the text is in each frame, and when that is. @param {Page} page */
function followText(page) {
  return page.evaluate(() => {
    const video = probe.video();
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d', { willReadFrequently: true });
    window.places = [];
    const note = (now, { rtpTimestamp }) => {
      video.requestVideoFrameCallback(note);
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      context.drawImage(video, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let sum = 0;
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 1] < 128) continue;
        sum += (i / 4) % canvas.width;
        count += 1;
      }
      if (count > 0) window.places.push([rtpTimestamp / 90000, sum / count]);
    };
    video.requestVideoFrameCallback(note);
  });
}

/**
 * How fast the text moves, in pixels a second of the picture's own time: a busy machine shows fewer
 * frames, and no other movement.
 *
 * @param {Page} page
 */
async function textSpeed(page) {
  /** @type {number[]} */
  let speeds = [];
  await page.bringToFront();
  await page.evaluate(() => {
    window.places.length = 0;
  });
  await until('the text is seen in enough frames', async () => {
    const places = await page.evaluate(() => window.places);
    speeds = places.slice(1).map(([time, x], i) => (x - places[i][1]) / (time - places[i][0]))
      .filter((speed) => speed >= 0);  // not where it begins anew
    return speeds.length >= 25;
  }, { otherwise: () => page.evaluate(() => window.places) });
  return speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
}

describe('an application’s own controls', () => {
  /** @type {Application} */
  let application;
  before(() => {
    application = new Application([]);
  });
  after(() => application.stop());

  test('the slider is moved, and so is the text in the picture: faster', async () => {
    const [one, other] = [await watch(application), await watch(application)];
    await untilShown(one, 'speed', '10');
    await one.bringToFront();
    await followText(one);
    const slow = await textSpeed(one);
    assert.ok(slow > 4 && slow < 25, `10 pixels a second are ${slow}`);
    await dragToEnd(one, inputOf('speed'));
    await application.hears(/^changed: speed 200\.0 s\d+$/);
    await application.hears(/^element: speed 200\.0$/);
    const fast = await textSpeed(one);
    assert.ok(fast > slow * 5, `the text went at ${slow} and goes at ${fast} pixels a second`);
    // The others see it, and so does who comes late.
    await untilShown(other, 'speed', '200');
    const late = await watch(application);
    await untilShown(late, 'speed', '200');
    await untilShown(late, 'mood', 'hasty');
    for (const page of [one, other, late]) await page.close();
    await application.hears(/^refused: True There is a control "speed" already\.$/);
  });

  test('an indicator is read, and a button is pressed', async () => {
    const page = await watch(application);
    await untilShown(page, 'mood', 'hasty');
    const turns = async () => Number((await shownControls(page)).turns);
    const before = await turns();
    await until('the turns are counted', async () => await turns() > before);
    assert.equal(await page.$(inputOf('turns', 'input')), null);
    await page.click(inputOf('home', 'button'));
    await application.hears(/^activated: home s\d+$/);
    assert.equal(await page.$eval(inputOf('home', 'button'), (button) => button.textContent),
      'Back to the start');
    await page.close();
  });
});

/** @param {Page} page @param {string} words  who has control, and what the button says */
async function untilHolder(page, words) {
  const shown = () => page.$eval('.control-holder', (element) => element.checkVisibility()
    && [...element.querySelectorAll('strong, button')]
      .filter((part) => part.checkVisibility()).map((part) => part.textContent).join());
  await until(`the page shows “${words}”`, async () => await shown() === words,
    { otherwise: shown });
}

/** @param {Page} page */
function isDisabled(page) {
  return page.$eval(inputOf('speed'), (input) => input.disabled);
}

describe('control by one at a time', () => {
  /** @type {Application} */
  let application;
  before(() => {
    application = new Application(['control-policy=exclusive']);
  });
  after(() => application.stop());

  test('is taken, is respected, and is given back', async () => {
    const [one, other] = [await watch(application), await watch(application)];
    for (const page of [one, other]) {
      await untilHolder(page, 'Nobody,Take control');
      assert.equal(await isDisabled(page), true);
    }
    await one.bringToFront();
    await one.click('.control-holder button');
    await untilHolder(one, 'You,Release');
    await untilHolder(other, 'Another viewer');
    assert.deepEqual([await isDisabled(one), await isDisabled(other)], [false, true]);
    await dragToEnd(one, inputOf('speed'));
    await untilShown(other, 'speed', '200');
    const refusals = await other.evaluate(async () => {
      const { controls } = document.querySelector('webrtc-stream').stream;
      const refusal = (promise) => promise.then(() => '', ({ code, message }) => [code, message]);
      return {
        set: await refusal(controls.set({ speed: 1 })),
        press: await refusal(controls.action('home')),
        acquire: await refusal(controls.acquire()),
        holder: controls.holder,
        mine: controls.mine,
        policy: controls.policy,
      };
    });
    assert.equal(refusals.set[0], 'not-in-control');
    assert.equal(refusals.press[0], 'not-in-control');
    assert.equal(refusals.acquire[0], 'held');
    assert.match(refusals.acquire[1], new RegExp(`^${refusals.holder} has control`));
    assert.deepEqual([refusals.mine, refusals.policy], [false, 'exclusive']);

    await one.click('.control-holder button');
    for (const page of [one, other]) await untilHolder(page, 'Nobody,Take control');
    await other.bringToFront();
    await other.click('.control-holder button');
    await untilHolder(other, 'You,Release');
    await untilHolder(one, 'Another viewer');
    // Who leaves gives it back.
    await other.close();
    await untilHolder(one, 'Nobody,Take control');
    await one.close();
  });
});
