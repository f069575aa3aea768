// SPDX-License-Identifier: LGPL-2.1-or-later
// A browser's camera and microphone arrive in the pipeline, as they were.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { writeCodedFilm } from './support/coded_camera.js';
import { scratchFolder } from './support/environment.js';
import { watchConduct } from './support/page_driver.js';
import {
  Arrivals, assertFilm, choose, kTakeAudio, kTakeVideo, launchChromiumWithCamera,
  launchFirefoxWithCamera, openPublisher, press, publish, publisherState, source, startInput,
  untilPublisher,
} from './support/publishing.js';
import { until } from './support/until.js';

const folder = scratchFolder(after);
const film = `${folder}/film.y4m`;

/** @type {import('puppeteer-core').Browser} */
let browser;
/** @type {import('./support/pipeline.js').Pipeline} */
let pipeline;

before(async () => {
  writeCodedFilm(film);
  browser = await launchChromiumWithCamera({ film });
  pipeline = await startInput(`${source()} ${kTakeVideo} ${kTakeAudio}`);
});

after(async () => {
  await browser?.close();
  assert.equal(await pipeline?.stop(), 0);
});

/** Nobody sends any more. */
function untilAlone() {
  return until('the publisher is gone', async () => (await pipeline.describe()).peer_count === 0);
}

test('the frames that arrive are the frames that were sent, at 720p30', async () => {
  const page = await openPublisher(browser, pipeline);
  const misdeeds = watchConduct(page, pipeline.base);
  const video = await Arrivals.of(pipeline);
  await press(page);
  await untilPublisher(page, 'live');
  await video.untilCodes(30);
  let rates = [];
  // A machine that is busy with other things for a while is given more windows.
  await until('25 frames/s over three seconds', async () => {
    await video.read();
    const [first] = video.all;
    const last = video.all.at(-1);
    const seconds = (last.time - first.time) / 1000;
    if (seconds < 3) return false;
    const codes = video.all.map(({ code }) => code);
    const rate = codes.length / seconds;
    rates = [...rates, rate];
    if (rate >= 25) assertFilm(codes);
    else await video.clear();
    return rate >= 25;
  }, { otherwise: () => rates });
  video.assertTimeline();
  assert.deepEqual([video.all.at(-1).width, video.all.at(-1).height], [1280, 720]);
  assert.deepEqual(misdeeds, []);
  await page.close();
  await untilAlone();
});

test('the sound that arrives beeps as the microphone does', async () => {
  const audio = await Arrivals.of(pipeline, 'audio.sink');
  const page = await publish(browser, pipeline);
  await audio.until('loud sound', 5, ({ peak }) => peak > 0.1);
  await audio.until('silence between the beeps', 5, ({ peak }) => peak < 0.01);
  audio.assertTimeline();
  await page.evaluate(() => {
    document.querySelector('webrtc-publisher').muted = true;
  });
  await audio.clear();
  await until('two seconds of silence', async () => {
    await audio.read();
    const loud = audio.all.findLastIndex(({ peak }) => peak > 0.01);
    const { time: since = 0 } = audio.all[loud + 1] ?? {};
    return (audio.all.at(-1)?.time ?? 0) - since > 2000;
  });
  await page.close();
  await untilAlone();
});

test('Firefox sends both as well', async () => {
  const firefox = await launchFirefoxWithCamera();
  try {
    const video = await Arrivals.of(pipeline);
    const audio = await Arrivals.of(pipeline, 'audio.sink');
    await video.clear();
    const page = await publish(firefox, pipeline);
    await video.until('30 frames', 30);
    await audio.until('the tone of the microphone', 20, ({ peak }) => peak > 0.05);
    // The page looks once a second; what came after its last look is in the next one.
    await until('the page says so', () => page.evaluate(() => {
      const { video, audio } = document.querySelector('webrtc-publisher').statistics ?? {};
      return Boolean(video && audio);
    }));
  } finally {
    await firefox.close();
  }
  await untilAlone();
});

test('another size comes in-band, another camera without a negotiation', async () => {
  const page = await publish(browser, pipeline);
  const video = await Arrivals.of(pipeline);
  await video.clear();
  await video.untilCodes(10);
  const { sessions } = await pipeline.get('input.stats');
  await choose(page, 'size', '640x360');
  await video.until('frames of 640×360', 20, ({ width, height, code }) => (
    width === 640 && height === 360 && code >= 0));
  await choose(page, 'size', '1280x720');
  const small = video.all.length;
  await until('frames of 1280×720', async () => {
    await video.read();
    return video.all.slice(small).filter(({ width }) => width === 1280).length > 20;
  }, { otherwise: () => video.all.at(-1) });
  video.assertTimeline();
  assert.deepEqual(Object.keys((await pipeline.get('input.stats')).sessions),
    Object.keys(sessions), 'the session is the same');
  assert.equal((await publisherState(page)).state, 'live');
  assert.deepEqual(pipeline.events.filter(({ event }) => event === 'error'), []);
  await page.close();
  await untilAlone();
});

test('a picture that is paused is black, and comes back', async () => {
  const page = await publish(browser, pipeline);
  const video = await Arrivals.of(pipeline);
  await video.clear();
  await video.untilCodes(10);
  await page.keyboard.press('c');
  await until('the preview says so', () => page.evaluate(() => (
    document.querySelector('webrtc-publisher').paused)));
  await video.clear();
  await video.until('frames without a code', 3, ({ code }) => code === -1);
  await page.keyboard.press('c');
  await video.clear();
  await video.untilCodes(20);
  await page.close();
  await untilAlone();
});

test('reloading ten times does not disturb the pipeline', async () => {
  const video = await Arrivals.of(pipeline);
  const page = await openPublisher(browser, pipeline);
  await video.clear();
  for (let count = 0; count < 10; count += 1) {
    await press(page);
    await untilPublisher(page, 'live');
    const before = video.all.length;
    await until('frames of this page', async () => {
      await video.read();
      return video.all.slice(before).filter(({ code }) => code >= 0).length > 5;
    });
    await page.reload();
    await untilPublisher(page, 'idle');
  }
  video.assertTimeline();
  assert.deepEqual(pipeline.events.filter(({ event }) => event === 'error' || event === 'eos'), []);
  await page.close();
  await untilAlone();
});

describe('of two publishers', () => {
  test('the second is told, waits, and its going changes nothing', async () => {
    const first = await publish(browser, pipeline);
    const video = await Arrivals.of(pipeline);
    await video.clear();
    await video.untilCodes(10);
    const context = await browser.createBrowserContext();
    const second = await openPublisher(context, pipeline);
    await press(second);
    await untilPublisher(second, 'full');
    const { message, hint } = await publisherState(second);
    assert.match(message, /Somebody else is sending/);
    assert.notEqual(hint, '', 'the server’s reason is shown');
    await context.close();
    const before = video.all.length;
    await until('a second’s frames after it went', async () => {
      await video.read();
      return video.all.length > before + 30;
    });
    assert.equal((await publisherState(first)).state, 'live');
    assert.ok(video.longestGap < 1000, `no interruption: ${video.longestGap} ms`);
    await first.close();
    await untilAlone();
  });

  test('who waits goes on when the other leaves', async () => {
    const first = await publish(browser, pipeline);
    const context = await browser.createBrowserContext();
    const second = await openPublisher(context, pipeline);
    await press(second);
    await untilPublisher(second, 'full');
    await first.close();
    await untilPublisher(second, 'live');
    await context.close();
    await untilAlone();
  });

  test('the newer one replaces the older where the pipeline says so', async () => {
    const replacing = await startInput(`${source('on-second-publisher=replace')} ${kTakeVideo}`);
    try {
      const first = await publish(browser, replacing);
      const video = await Arrivals.of(replacing);
      const context = await browser.createBrowserContext();
      const second = await publish(context, replacing);
      await untilPublisher(first, 'replaced');
      const { started, tracks } = await publisherState(first);
      assert.deepEqual([started, tracks], [false, []], 'its camera is off');
      await video.clear();
      await video.untilCodes(20);
      assert.equal((await publisherState(second)).state, 'live');
      await context.close();
      await first.close();
    } finally {
      assert.equal(await replacing.stop(), 0);
    }
  });
});

test('a page that comes back sends to a pipeline that comes back', async () => {
  const { port } = pipeline;
  const page = await publish(browser, pipeline);
  assert.equal(await pipeline.stop(), 0);
  await until('the page knows', async () => ['unreachable', 'ended', 'missing', 'connecting']
    .includes((await publisherState(page)).state));
  assert.equal((await publisherState(page)).tracks.length, 2, 'the devices stay open');
  pipeline = await startInput(`${source('', { port })} ${kTakeVideo} ${kTakeAudio}`);
  await untilPublisher(page, 'live');
  const video = await Arrivals.of(pipeline);
  await video.untilCodes(20);
  await page.close();
  await untilAlone();
});
