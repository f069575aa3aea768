// SPDX-License-Identifier: LGPL-2.1-or-later
// A page left open plays whenever there is something to play, and says why when there is not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kLaunchers, launchChromium, openPage } from './support/browsers.js';
import { Pipeline, freePort, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import { playerState, untilFrames, untilPlaying, untilState, watch } from './support/watching.js';

const kSmall = { width: 320, height: 180 };

/** @type {import('puppeteer-core').Browser} */
let chromium;

before(async () => {
  chromium = await launchChromium();
});

after(() => chromium.close());

/** @param {RegExp} pattern */
async function untilWords(page, pattern) {
  await until(`the player says ${pattern}`,
    async () => pattern.test(Object.values(await playerState(page) ?? {}).join(' ')),
    { otherwise: () => playerState(page) });
}

describe('when its pipeline starts anew, a page plays again in', () => {
  for (const [name, launch] of Object.entries(kLaunchers)) {
    test(name, async () => {
      const port = await freePort();
      const line = `${testPicture(kSmall)} ! ${sink('', { port })}`;
      let pipeline = await Pipeline.start(line);
      const browser = await launch();
      try {
        const page = await watch(browser, pipeline);
        const url = page.url();
        // Ended as by Ctrl-C, and by a crash.
        for (const end of ['stop', 'kill']) {
          await pipeline[end]();
          await until('the player noticed', async () => (await playerState(page)).state !== 'live');
          await untilWords(page, /not reachable/);
          pipeline = await Pipeline.start(line);
          await untilPlaying(page);
        }
        assert.equal(page.url(), url, 'it was not loaded again');
      } finally {
        await browser.close();
        await pipeline.stop();
      }
    });
  }
});

test('a stream that comes to its end says so, and plays again when it returns', async () => {
  const pipeline = await Pipeline.start(
    `videotestsrc name=source is-live=true num-buffers=90 ! ${sink()}`);
  try {
    const page = await watch(chromium, pipeline);
    await pipeline.event('eos');
    await untilState(page, 'ended');
    await untilWords(page, /ended/i);
    assert.deepEqual(await pipeline.describe(), undefined, 'the stream is gone from the list');
    await pipeline.command('state ready');
    await pipeline.set('source.num-buffers', -1);
    await pipeline.command('state playing');
    await untilPlaying(page);
    await page.close();
  } finally {
    await pipeline.stop();
  }
});

test('a pipeline that pauses says so, and goes on', async () => {
  const pipeline = await Pipeline.start(`${testPicture(kSmall)} ! ${sink()}`);
  try {
    const page = await watch(chromium, pipeline);
    await page.evaluate(() => probe.logStates());
    await pipeline.command('state paused');
    await untilState(page, 'paused');
    assert.equal((await pipeline.describe()).state, 'paused');
    await pipeline.command('state playing');
    await untilPlaying(page);
    const states = await page.evaluate(() => probe.states());
    assert.ok(states.every((state) => /^(live|paused):/.test(state)),
      `without connecting again: ${states.join('; ')}`);
    await page.close();
  } finally {
    await pipeline.stop();
  }
});

test('a stream that has nothing to show yet is waited for', async () => {
  const pipeline = await Pipeline.start(
    `${testPicture(kSmall)} ! valve name=valve drop=true drop-mode=drop-all ! ${sink()}`);
  try {
    const page = await openPage(chromium, pipeline.url());
    await untilState(page, 'waiting');
    await pipeline.set('valve.drop', 'false');
    await untilPlaying(page);
    await page.close();
  } finally {
    await pipeline.stop();
  }
});

test('a stream that does not exist yet is named and waited for', async () => {
  const port = await freePort();
  const first = await Pipeline.start(`${testPicture(kSmall)} ! ${sink('', { port, stream: 'one' })}`,
    { stream: 'one' });
  let second;
  try {
    const page = await openPage(chromium, first.url('/two'));
    await untilState(page, 'missing');
    await untilWords(page, /no such stream/i);
    await first.stop();
    second = await Pipeline.start(`${testPicture(kSmall)} ! ${sink('', { port, stream: 'two' })}`,
      { stream: 'two' });
    await untilPlaying(page);
    await page.close();
  } finally {
    await first.stop();
    await second?.stop();
  }
});

test('who waits for a place gets the next one', async () => {
  const pipeline = await Pipeline.start(`${testPicture(kSmall)} ! ${sink('max-viewers=1')}`);
  try {
    const first = await watch(chromium, pipeline);
    const second = await openPage(chromium, pipeline.url());
    await untilState(second, 'full');
    await first.close();
    await untilPlaying(second);
    await second.close();
  } finally {
    await pipeline.stop();
  }
});

test('a source that changes its codec is followed', async () => {
  // Two encoders behind a selector: other caps, another payload format.
  const pipeline = await Pipeline.start(`${testPicture({ ...kSmall, rate: 15 })} ! tee name=t `
    + 't. ! queue ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 '
    + '! video/x-h264,profile=constrained-baseline ! h264parse ! selector.sink_0 '
    + 't. ! queue ! vp8enc deadline=1 keyframe-max-dist=15 ! selector.sink_1 '
    + `input-selector name=selector sync-streams=false ! ${sink()}`);
  try {
    const page = await watch(chromium, pipeline);
    const codec = () => page.evaluate(async () => (await probe.inbound())?.codec);
    for (const [pad, mimeType] of [['sink_1', 'video/VP8'], ['sink_0', 'video/H264']]) {
      assert.notEqual(await codec(), mimeType);
      await pipeline.command(`select selector.${pad}`);
      await until(`${mimeType} plays`, async () => await codec() === mimeType,
        { otherwise: () => playerState(page) });
      await untilPlaying(page);
    }
    await untilFrames(page, 30);
    await page.close();
  } finally {
    await pipeline.stop();
  }
});
