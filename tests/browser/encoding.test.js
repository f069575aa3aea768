// SPDX-License-Identifier: LGPL-2.1-or-later
// One encoder per codec, whatever the number of viewers; none for what is encoded already.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { kLaunchers, openPage } from './support/browsers.js';
import { scratchFolder } from './support/environment.js';
import { Pipeline, launch, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import {
  playerState, untilBars, untilFrames, untilPlaying, untilState, watch,
} from './support/watching.js';

const kSmall = { width: 320, height: 180 };

/** @type {Record<string, import('puppeteer-core').Browser>} */
const browsers = {};

before(async () => {
  for (const [name, launchBrowser] of Object.entries(kLaunchers)) {
    browsers[name] = await launchBrowser();
  }
});

after(() => Promise.all(Object.values(browsers).map((browser) => browser.close())));

/** @param {string[]} expected */
async function untilEncoders(pipeline, expected) {
  await until(`the encoders at work are ${expected.join(', ') || 'none'}`,
    async () => (await pipeline.encoders()).join() === expected.join(),
    { otherwise: () => pipeline.statistics() });
}

test('Chromium and Firefox at once take two encoders, and none after they left', async () => {
  const pipeline = await Pipeline.start(`${testPicture(kSmall)} ! ${sink()}`);
  try {
    assert.deepEqual(await pipeline.encoders(), [], 'nobody watches yet');
    const pages = [];
    for (const browser of ['chromium', 'firefox', 'chromium', 'firefox', 'chromium']) {
      pages.push(await watch(browsers[browser], pipeline, '/output?embed'));
    }
    assert.deepEqual(await pipeline.encoders(), ['vp8enc', 'x264enc']);
    assert.equal((await pipeline.describe()).peer_count, 5);
    assert.equal(await pipeline.get('output.viewers'), 5);
    for (const page of pages) await untilFrames(page);

    await pages.pop().close();
    await until('four viewers', async () => (await pipeline.describe()).peer_count === 4);
    assert.deepEqual(await pipeline.encoders(), ['vp8enc', 'x264enc']);
    for (const page of [pages[1], pages[3]]) await page.close();
    await untilEncoders(pipeline, ['x264enc']);
    for (const page of [pages[0], pages[2]]) await untilFrames(page);
    for (const page of [pages[0], pages[2]]) await page.close();
    await untilEncoders(pipeline, []);
    assert.equal((await pipeline.describe()).peer_count, 0);
  } finally {
    await pipeline.stop();
  }
});

test('an encoder that stopped starts again for the next viewer', async () => {
  const pipeline = await Pipeline.start(`${testPicture(kSmall)} ! ${sink()}`);
  try {
    for (let round = 0; round < 3; ++round) {
      const page = await watch(browsers.chromium, pipeline, '/output?embed');
      await page.close();
      await untilEncoders(pipeline, []);
    }
  } finally {
    await pipeline.stop();
  }
});

describe('encoded input passes:', () => {
  const kEncoded = [
    ['H.264', 'x264enc tune=zerolatency key-int-max=300 speed-preset=ultrafast '
      + '! video/x-h264,profile=constrained-baseline ! h264parse', 'video/H264', ['chromium']],
    ['VP8', 'vp8enc deadline=1 keyframe-max-dist=300', 'video/VP8', ['chromium', 'firefox']],
    ['VP9', 'vp9enc deadline=1 cpu-used=8 keyframe-max-dist=300', 'video/VP9',
      ['chromium', 'firefox']],
  ];
  for (const [name, encoder, mimeType, players] of kEncoded) {
    test(name, async () => {
      const source = testPicture({ ...kSmall, rate: 15 });
      const pipeline = await Pipeline.start(
        `${source},colorimetry=bt601 ! ${encoder} ! ${sink()}`);
      try {
        for (const player of players) {
          const page = await watch(browsers[player], pipeline, '/output?embed');
          await untilBars(page, 30);
          assert.equal((await page.evaluate(() => probe.inbound())).codec, mimeType);
          await page.close();
        }
        assert.deepEqual(await pipeline.encoders(), [], 'nothing is encoded a second time');
      } finally {
        await pipeline.stop();
      }
    });
  }

  test('Opus', async () => {
    const pipeline = await Pipeline.start(
      `audiotestsrc is-live=true volume=0.5 ! audioconvert ! opusenc ! ${sink()}`);
    try {
      const page = await openPage(browsers.chromium, pipeline.url('/output?embed'));
      await untilState(page, 'live');
      await until('a level', () => page.evaluate(async () => await probe.level() > 0.3));
      assert.deepEqual(await pipeline.encoders(), []);
      await page.close();
    } finally {
      await pipeline.stop();
    }
  });

  test('and a browser that has not the codec is told what there is', async () => {
    const pipeline = await Pipeline.start(`${testPicture({ ...kSmall, rate: 15 })} `
      + `! x264enc tune=zerolatency speed-preset=ultrafast ! h264parse ! ${sink()}`);
    try {
      const page = await openPage(browsers.firefox, pipeline.url());
      await untilState(page, 'failed');
      const { message, hint } = await playerState(page);
      assert.match(`${message} ${hint}`, /H\.?264/);
      await page.close();
    } finally {
      await pipeline.stop();
    }
  });
});

test('who joins in the middle of a group of pictures starts at its key frame', async (t) => {
  // A camera that makes no key frame on request: a recording with a single one, at its beginning.
  const file = join(scratchFolder((cleanUp) => t.after(cleanUp)), 'camera.mkv');
  const { status, output } = await launch(['videotestsrc', 'num-buffers=540', '!',
    'video/x-raw,format=I420,width=320,height=180,framerate=30/1,colorimetry=bt601', '!', 'x264enc',
    'tune=zerolatency', 'speed-preset=ultrafast', 'key-int-max=2000', 'option-string=scenecut=0',
    '!', 'video/x-h264,profile=constrained-baseline', '!', 'h264parse', '!', 'matroskamux', '!',
    'filesink', `location=${file}`]);
  assert.equal(status, 0, output);
  const pipeline = await Pipeline.start(
    `filesrc location=${file} ! matroskademux ! h264parse ! identity sync=true ! ${sink()}`);
  try {
    await until('the key frame is three seconds old',
      async () => (await pipeline.command('position')).value >= 3000);
    const page = await openPage(browsers.chromium, pipeline.url('/output?embed'));
    await untilPlaying(page);
    await untilBars(page, 30);
    await until('as many frames were decoded as the camera made since its key frame', async () => {
      const { value: position } = await pipeline.command('position');
      return await page.evaluate(() => probe.framesDecoded()) >= position * 0.03 - 20;
    }, { otherwise: () => page.evaluate(() => probe.inbound()), deadline: 10000 });
    assert.equal((await page.evaluate(() => probe.inbound())).keyFramesDecoded, 1);
    await page.close();
  } finally {
    await pipeline.stop();
  }
});
