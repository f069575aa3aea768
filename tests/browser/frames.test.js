// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of a frame comes with that frame: every picture shows its number, and what is known
// of it is that number.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kLaunchers, openPage } from './support/browsers.js';
import { readCodes } from './support/coded_camera.js';
import { Pipeline, sink, testPicture } from './support/pipeline.js';
import { artefact } from './support/environment.js';
import { until } from './support/until.js';
import { watch } from './support/watching.js';

/** @type {Pipeline} */
let pipeline;
/** @type {Record<string, import('puppeteer-core').Browser>} */
const browsers = {};

before(async () => {
  pipeline = await Pipeline.start(`${testPicture({ width: 512, height: 288, rate: 15 })} `
    + `! identity name=numbered ! ${sink('frame-metadata=regions')}`);
  await pipeline.command('number numbered.src');
  for (const [name, launch] of Object.entries(kLaunchers)) browsers[name] = await launch();
});

after(async () => {
  await Promise.all(Object.values(browsers).map((browser) => browser.close()));
  assert.equal(await pipeline?.stop(), 0);
});

/** Compares each frame's number with what is known of it, as a page of one's own would. */
async function compare(page) {
  await page.evaluate(async (read) => {
    const { playStream } = await import('/webrtc-client.js');
    const readNumbers = new Function(`return ${read}`)();
    const video = document.createElement('video');
    Object.assign(video, { muted: true, playsInline: true });
    document.body.append(video);
    window.seen = [];
    window.shown = 0;
    const count = () => {
      window.shown += 1;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback?.(count);
    window.stream = playStream('/output', video);
    window.stream.frames.addEventListener('frame', ({ detail }) => {
      const [drawn] = readNumbers([video]);
      const known = detail.data.regions.find(({ type }) => type === 'number').x;
      window.seen.push({ drawn, known, exact: detail.exact, width: detail.width });
    });
  }, readCodes.toString());
}

for (const name of Object.keys(kLaunchers)) {
  test(`${name} shows each frame with what is known of it`, async () => {
    const page = await openPage(browsers[name], pipeline.url('/api/streams'));
    await compare(page);
    const samples = () => page.evaluate(() => window.seen.filter(({ exact, drawn }) => (
      exact && drawn !== null)));
    await until('150 frames were shown', async () => (await samples()).length >= 150,
      { otherwise: () => page.evaluate(() => window.seen.slice(-5)) });
    const seen = await samples();
    assert.ok(seen.every(({ width }) => width === 512));
    // A page that is late draws the frame behind the one that it was called for, which is a
    // browser's freedom; never another, and never one before.
    const ahead = seen.map(({ drawn, known }) => (drawn - known + 256) % 256);
    assert.deepEqual(ahead.filter((frames) => frames > 1), []);
    const right = ahead.filter((frames) => frames === 0).length;
    assert.ok(right >= 0.9 * seen.length, `${right} of ${seen.length}`);
    const { shown, exact } = await page.evaluate(() => ({
      shown: window.shown, exact: window.seen.filter((frame) => frame.exact).length,
    }));
    // All but the first, which were there before the channel was open.
    assert.ok(exact >= 0.8 * shown, `of ${exact} of ${shown} frames something is known`);
    console.log(`${name}: ${shown} frames shown, ${exact} with what is known of them, ${right} of ${
      seen.length} read as that`);
    await page.close();
  });
}

describe('boxes', () => {
  for (const [name, viewport] of Object.entries({
    'a wide window': { width: 1200, height: 400 },
    'a narrow window': { width: 420, height: 800, deviceScaleFactor: 2 },
  })) {
    test(`draws boxes where the regions are in ${name}`, async () => {
      const page = await watch(browsers.chromium, pipeline, '/output?embed');
      await page.setViewport(viewport);
      await page.evaluate(() => {
        document.querySelector('webrtc-stream').boxes = true;
      });
      await until('the box is around the middle', () => page.evaluate(lookAtBox), {
        otherwise: () => page.evaluate(describeBoxes),
      });
      await page.screenshot({ path: artefact(`boxes-${viewport.width}.png`) });
      await page.evaluate(() => {
        document.querySelector('webrtc-stream').boxes = false;
      });
      assert.equal(await page.evaluate(describeBoxes), null);
      await page.close();
    });
  }

  test('clears the boxes when nothing is known any more', async () => {
    const page = await watch(browsers.chromium, pipeline, '/output?embed');
    await page.evaluate(() => {
      document.querySelector('webrtc-stream').boxes = true;
    });
    await until('a box is there', () => page.evaluate(lookAtBox));
    await pipeline.command('state paused');
    await until('the boxes are gone', () => page.evaluate(() => {
      const canvas = document.querySelector('webrtc-stream').shadowRoot.querySelector('.boxes');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.every((value) => value === 0);
    }));
    await pipeline.command('state playing');
    await until('the box is back', () => page.evaluate(lookAtBox));
    await page.close();
  });
});

/** Whether each side of the middle half of the picture is drawn, and no point within. In the page. */
function lookAtBox() {
  const element = document.querySelector('webrtc-stream');
  const canvas = element.shadowRoot.querySelector('.boxes');
  const video = element.videoElement;
  if (!canvas?.width || !video.videoWidth) return false;
  const around = video.getBoundingClientRect();
  const over = canvas.getBoundingClientRect();
  const scale = Math.min(around.width / video.videoWidth, around.height / video.videoHeight);
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
  const left = around.left + (around.width - width) / 2 - over.left;
  const top = around.top + (around.height - height) / 2 - over.top;
  const context = canvas.getContext('2d');
  const drawn = (x, y) => context.getImageData(
    Math.round((left + x * width) * canvas.width / over.width),
    Math.round((top + y * height) * canvas.height / over.height), 1, 1).data[3] > 128;
  return [[0.25, 0.5], [0.75, 0.5], [0.5, 0.75], [0.6, 0.25]].every(([x, y]) => drawn(x, y))
    && !drawn(0.5, 0.5) && !drawn(0.1, 0.9);
}

/** In the page. */
function describeBoxes() {
  const canvas = document.querySelector('webrtc-stream').shadowRoot.querySelector('.boxes');
  return canvas && { width: canvas.width, height: canvas.height, style: canvas.style.cssText };
}
