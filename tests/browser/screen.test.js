// SPDX-License-Identifier: LGPL-2.1-or-later
// What is on a screen is sent as a camera is: here, another tab.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium, openPage } from './support/browsers.js';
import {
  Arrivals, choose, kTakeVideo, openPublisher, press, publisherState, source, startInput,
  untilPublisher,
} from './support/publishing.js';
import { until } from './support/until.js';

const kTitle = 'The shared tab';
const kCode = 0b10110010;

/** @type {import('puppeteer-core').Browser} */
let browser;
/** @type {import('./support/pipeline.js').Pipeline} */
let pipeline;

before(async () => {
  browser = await launchChromium({
    args: [`--auto-select-tab-capture-source-by-title=${kTitle}`],
  });
  pipeline = await startInput(`${source()} ${kTakeVideo}`);
});

after(async () => {
  await browser?.close();
  assert.equal(await pipeline?.stop(), 0);
});

/** Shows a code as coded_camera.js does, and moves, so that there is something to capture. */
function showCode(title, code) {
  document.title = title;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: innerWidth, height: innerHeight });
  Object.assign(document.body.style, { margin: 0, overflow: 'hidden' });
  document.body.replaceChildren(canvas);
  const context = canvas.getContext('2d');
  const { width, height } = canvas;
  let count = 0;
  const draw = () => {
    for (let bit = 0; bit < 8; bit += 1) {
      const one = ((code >> (7 - bit)) & 1) === 1;
      for (const lower of [false, true]) {
        context.fillStyle = one === lower ? 'black' : 'white';
        context.fillRect((width * bit) / 8, lower ? height / 2 : 0, width / 8, height / 2);
      }
    }
    count += 1;
    context.fillStyle = count % 2 ? 'red' : 'blue';
    context.fillRect(0, 0, 16, 16);
  };
  setInterval(draw, 50);
}

test('a tab is shared, seen in the pipeline, and its end is told', async () => {
  const shared = await openPage(browser, 'about:blank');
  await shared.evaluate(showCode, kTitle, kCode);
  const page = await openPublisher(browser, pipeline);
  await choose(page, 'picture', 'screen');
  await press(page);
  await untilPublisher(page, 'live');
  const video = await Arrivals.of(pipeline);
  await video.until('frames of the tab', 10, ({ code }) => code === kCode);
  video.assertTimeline();
  await shared.close();
  await untilPublisher(page, 'lost');
  const { message, tracks } = await publisherState(page);
  assert.match(message, /screen|window/i);
  assert.deepEqual(tracks.filter(({ readyState }) => readyState === 'live'), []);
  assert.equal((await pipeline.describe()).peer_count, 1, 'the session stays');
  await page.close();
  await until('nobody sends', async () => (await pipeline.describe()).peer_count === 0);
});
