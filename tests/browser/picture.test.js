// SPDX-License-Identifier: LGPL-2.1-or-later
// What a browser shows is what the pipeline sent: the same colours, at the same rate.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kLaunchers } from './support/browsers.js';
import { Pipeline, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import { kBars, barColours, difference, untilBars, untilPlaying, watch } from './support/watching.js';

// Bars decoded with the wrong matrix are 20 to 40 off. libyuv, with which Chromium decodes BT.709
// without a GPU, multiplies blue by 2.0 instead of 2.112 and takes up to 16; rounding takes 2.
const kTolerance = 17;
const kCodecs = { chromium: 'video/H264', firefox: 'video/VP8' };

/** A low rate, so that two encoders at 720p fit a small machine. */
function bars(format, width, height) {
  return `videotestsrc is-live=true pattern=smpte ! video/x-raw,${format},`
    + `width=${width},height=${height},framerate=10/1`;
}

describe('the picture', () => {
  /** @type {Record<string, import('puppeteer-core').Browser>} */
  const browsers = {};

  before(async () => {
    for (const [name, launch] of Object.entries(kLaunchers)) browsers[name] = await launch();
  });

  after(() => Promise.all(Object.values(browsers).map((browser) => browser.close())));

  const kSources = [
    ['I420 BT.601 at 640×480', bars('format=I420,colorimetry=bt601', 640, 480)],
    ['I420 BT.709 at 640×480', bars('format=I420,colorimetry=bt709', 640, 480)],
    ['I420 BT.601 at 1280×720', bars('format=I420,colorimetry=bt601', 1280, 720)],
    ['I420 BT.709 at 1280×720', bars('format=I420,colorimetry=bt709', 1280, 720)],
    ['I420 without colorimetry at 640×480', bars('format=I420', 640, 480)],
    ['I420 without colorimetry at 1280×720', bars('format=I420', 1280, 720)],
    ['full-range I420, as from MJPEG cameras', `${bars('format=RGB', 640, 480)} ! videoconvert `
      + '! video/x-raw,format=I420,colorimetry=1:4:7:1'],
    ['RGB at 640×480', bars('format=RGB', 640, 480)],
    ['BGRx at 1280×720', bars('format=BGRx', 1280, 720)],
    ['an odd size', bars('format=I420,colorimetry=bt709', 638, 358)],
  ];
  for (const [name, source] of kSources) {
    test(`has the colours of ${name}`, async () => {
      const pipeline = await Pipeline.start(`${source} ! ${sink()}`);
      try {
        for (const [browser, codec] of Object.entries(kCodecs)) {
          const page = await watch(browsers[browser], pipeline, '/output?embed');
          await untilBars(page, kTolerance).catch((error) => {
            throw new Error(`${browser}, ${codec}: ${error.message}`);
          });
          const { codec: used } = await page.evaluate(() => probe.inbound());
          assert.equal(used, codec, browser);
          await page.close();
        }
      } finally {
        await pipeline.stop();
      }
    });
  }

  test('would not pass with the wrong matrix', async () => {
    const pipeline = await Pipeline.start(`${bars('format=I420,colorimetry=bt709', 640, 480)} `
      // Says BT.601 of what is BT.709.
      + `! capssetter caps=video/x-raw,colorimetry=bt601 ! ${sink()}`);
    try {
      const page = await watch(browsers.chromium, pipeline, '/output?embed');
      await untilPlaying(page);
      assert.ok(difference(await barColours(page), kBars) > kTolerance);
      await page.close();
    } finally {
      await pipeline.stop();
    }
  });

  for (const [browser, codec] of Object.entries(kCodecs)) {
    test(`moves at 25 frames/s or more at 720p30 in ${browser}`, async () => {
      const pipeline = await Pipeline.start(`${
        testPicture({ width: 1280, height: 720, pattern: 'ball' })} ! ${sink()}`);
      try {
        const page = await watch(browsers[browser], pipeline, '/output?embed');
        const decoded = () => page.evaluate(async () => (
          { frames: await probe.framesDecoded(), time: performance.now() / 1000 }));
        let rates = [];
        // A machine that is busy with other things for a while is given more windows.
        let start = await decoded();
        await until('25 frames/s over three seconds', async () => {
          const now = await decoded();
          if (now.time - start.time < 3) return false;
          const rate = (now.frames - start.frames) / (now.time - start.time);
          rates = [...rates, rate];
          start = now;
          return rate >= 25;
        }, { otherwise: () => rates });
        const { codec: used, frameWidth, frameHeight } = await page.evaluate(() => (
          probe.inbound()));
        assert.deepEqual([used, frameWidth, frameHeight], [codec, 1280, 720]);
        await page.close();
      } finally {
        await pipeline.stop();
      }
    });
  }
});

test('is there from a server on every address too', async () => {
  const pipeline = await Pipeline.start(`${testPicture()} ! ${sink('', { host: '@' })}`);
  try {
    for (const launch of Object.values(kLaunchers)) {
      const browser = await launch();
      try {
        const page = await watch(browser, pipeline);
        await untilBars(page, kTolerance);
      } finally {
        await browser.close();
      }
    }
  } finally {
    await pipeline.stop();
  }
});
