// SPDX-License-Identifier: LGPL-2.1-or-later
// What the pipeline plays is heard, and its silence is silent.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchChromium, launchFirefox, openPage } from './support/browsers.js';
import { Pipeline, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import { untilState, watch } from './support/watching.js';

const kTone = 'audiotestsrc is-live=true wave=sine volume=0.5';
const kSilence = 'audiotestsrc is-live=true wave=silence';
const kStill = testPicture({ width: 320, height: 180, rate: 10 });

/** Waits until so many packets of sound came. */
async function untilSound(page, packets = 100) {
  await until(`${packets} packets of sound`, () => page.evaluate(async (count) => (
    ((await probe.inbound('audio'))?.packetsReceived ?? 0) >= count), packets));
}

describe('the sound', () => {
  let browser;

  before(async () => {
    browser = await launchChromium();
  });

  after(() => browser.close());

  test('of a tone has its level', async () => {
    const pipeline = await Pipeline.start(`${kStill} ! ${sink()} ${kTone} ! output.`);
    try {
      const page = await watch(browser, pipeline);
      const levels = [];
      await until('a level of about 0.5', async () => {
        levels.push(await page.evaluate(() => probe.level()));
        return Math.abs(levels.at(-1) - 0.5) < 0.1;
      }, { otherwise: () => levels.slice(-5) });
      assert.equal((await page.evaluate(() => probe.inbound('audio'))).codec.toLowerCase(),
        'audio/opus');
      await page.close();
    } finally {
      await pipeline.stop();
    }
  });

  test('of silence is none', async () => {
    const pipeline = await Pipeline.start(`${kStill} ! ${sink()} ${kSilence} ! output.`);
    try {
      const page = await watch(browser, pipeline);
      await page.evaluate(() => probe.level());
      await untilSound(page);
      assert.ok(await page.evaluate(() => probe.level()) < 0.001);
      await page.close();
    } finally {
      await pipeline.stop();
    }
  });

  test('plays without a picture', async () => {
    const pipeline = await Pipeline.start(`${kTone} ! ${sink()}`);
    try {
      const page = await openPage(browser, pipeline.url());
      await untilState(page, 'live');
      await until('a level', () => page.evaluate(async () => await probe.level() > 0.3));
      assert.deepEqual((await pipeline.describe()).flags, ['audio', 'send', 'multi_client']);
      await page.close();
    } finally {
      await pipeline.stop();
    }
  });

  test('of six channels comes as stereo', async () => {
    const pipeline = await Pipeline.start(
      `${kTone} ! audio/x-raw,channels=6,channel-mask=(bitmask)0x3f ! ${sink()}`);
    try {
      const page = await openPage(browser, pipeline.url());
      await untilState(page, 'live');
      await until('a level', () => page.evaluate(async () => await probe.level() > 0.1));
      await page.close();
    } finally {
      await pipeline.stop();
    }
  });
});

// Firefox decodes sound only where there is a device to play it, so its level cannot be asked here.
test('of a tone reaches Firefox', async () => {
  const pipeline = await Pipeline.start(`${kStill} ! ${sink()} ${kTone} ! output.`);
  const browser = await launchFirefox();
  try {
    const page = await watch(browser, pipeline);
    await untilSound(page);
    assert.equal((await page.evaluate(() => probe.inbound('audio'))).codec.toLowerCase(),
      'audio/opus');
  } finally {
    await browser.close();
    await pipeline.stop();
  }
});
