// SPDX-License-Identifier: LGPL-2.1-or-later
// A browser's picture goes through the pipeline and comes back to it, on one port.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openPage } from './support/browsers.js';
import { kCodes, readCodes, writeCodedFilm } from './support/coded_camera.js';
import { artefact, scratchFolder } from './support/environment.js';
import { installJetsonClient } from './support/jetson_client.js';
import { freePort, sink } from './support/pipeline.js';
import {
  launchChromiumWithCamera, press, publisherState, source, startInput, untilPublisher,
} from './support/publishing.js';
import { until } from './support/until.js';
import { untilState } from './support/watching.js';

const folder = scratchFolder(after);

/** @type {import('puppeteer-core').Browser} */
let browser;
/** @type {import('./support/pipeline.js').Pipeline} */
let pipeline;

before(async () => {
  const film = `${folder}/film.y4m`;
  // Three codecs run at once here: the camera's, the pipeline's two, and the player's.
  writeCodedFilm(film, { width: 640, height: 360, rate: 15 });
  browser = await launchChromiumWithCamera({ film });
  const port = await freePort();
  pipeline = await startInput(
    `${source('', { port })} ! queue ! videoconvert ! ${sink('', { port })}`);
});

after(async () => {
  await browser?.close();
  assert.equal(await pipeline?.stop(), 0);
});

/**
 * Samples own and returned codes until the picture has come round often enough.
 *
 * @param {() => Promise<Array<number | null>>} look  own code, returned code
 */
async function assertRoundTrip(look) {
  const delays = [];
  const seen = new Set();
  await until('every second code has come back', async () => {
    const [own, returned] = await look();
    if (own === null || returned === null) return false;
    seen.add(returned);
    delays.push((own - returned + kCodes) % kCodes);
    return seen.size > kCodes / 2;
  }, { otherwise: () => ({ delays, seen: [...seen] }) });
  const late = delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)];
  // Half of the film is a second; what came back from the future would be far behind.
  assert.ok(late < kCodes / 2, `the returned picture is ${late} frames behind`);
}

test('/ shows the own and the returned picture side by side', async () => {
  const page = await openPage(browser, pipeline.url('/'));
  await untilPublisher(page, 'idle');
  await until('a player beside it', () => page.evaluate(() => probe.player() !== null));
  assert.equal(new URL(page.url()).pathname, '/');
  assert.equal((await page.evaluate(() => probe.state())).muted, true, 'no echo');
  await press(page);
  await untilPublisher(page, 'live');
  await untilState(page, 'live');
  const boxes = await page.evaluate(() => (
    ['webrtc-publisher', 'webrtc-stream'].map((name) => {
      const { x, y, width } = document.querySelector(name).getBoundingClientRect();
      return { x, y, width };
    })));
  assert.equal(boxes[0].y, boxes[1].y);
  assert.equal(boxes[0].width, boxes[1].width);
  assert.ok(boxes[0].x < boxes[1].x);
  const videos = await page.evaluateHandle(() => (
    ['webrtc-publisher', 'webrtc-stream'].map((name) => document.querySelector(name).videoElement)));
  await assertRoundTrip(() => page.evaluate(readCodes, videos));
  await page.screenshot({ path: artefact('page-duplex.png') });
  await page.close();
  await until('nobody sends', async () => (await pipeline.describe()).peer_count === 0);
});

test('a viewer is never asked for a camera', async () => {
  const page = await openPage(browser, null);
  await page.evaluateOnNewDocument(() => {
    globalThis.questions = [];
    for (const name of ['getUserMedia', 'getDisplayMedia']) {
      MediaDevices.prototype[name] = (...constraints) => {
        questions.push([name, ...constraints]);
        return Promise.reject(new DOMException('', 'NotAllowedError'));
      };
    }
  });
  for (const path of ['/output', '/', '/input', '/?stream=output&stream=input', '/input?embed']) {
    await page.goto(pipeline.url(path));
    await until('what was asked for is shown', () => page.evaluate(() => (
      document.querySelector('webrtc-stream, webrtc-publisher') !== null)));
    if (path !== '/output' && path !== '/') await untilPublisher(page, 'idle');
    assert.deepEqual(await page.evaluate(() => questions), [], path);
  }
  // The question is seen where there is one.
  await page.goto(pipeline.url('/input'));
  await untilPublisher(page, 'idle');
  await press(page);
  await untilPublisher(page, 'failed');
  assert.deepEqual((await page.evaluate(() => questions)).map(([name]) => name), ['getUserMedia']);
  assert.match((await publisherState(page)).message, /^This page may not use the camera/);
  await page.close();
});

test('a client written for the jetson-inference server sends and plays', async () => {
  const page = await openPage(browser, pipeline.url('/healthz'));
  await page.evaluate(installJetsonClient);
  const socket = (name) => pipeline.url(name).replace(/^http/, 'ws');
  await page.evaluate((url) => jetson.sendStream(url), socket('/input'));
  await until('it is sent', async () => (await pipeline.describe()).state === 'live',
    { otherwise: () => pipeline.describe() });
  await page.evaluate((url) => {
    const [own, returned] = [0, 1].map(() => {
      const video = document.createElement('video');
      Object.assign(video, { muted: true, autoplay: true });
      document.body.append(video);
      return video;
    });
    own.srcObject = new MediaStream(jetson.sender.getSenders().map(({ track }) => track)
      .filter((track) => track));
    jetson.playStream(url, returned);
  }, socket('/output'));
  const videos = await page.evaluateHandle(() => [...document.querySelectorAll('video')]);
  await assertRoundTrip(() => page.evaluate(readCodes, videos));
  await page.close();
});

test('one name in both directions is two streams, with an address each', async () => {
  const port = await freePort();
  const both = await startInput(`${source('', { port })} ! queue ! videoconvert `
    + `! webrtcsink uri=webrtc://127.0.0.1:${port}/input`);
  const page = await openPage(browser, both.url('/input?role=publish'));
  try {
    await untilPublisher(page, 'idle');
    await press(page);
    await untilPublisher(page, 'live');
    assert.equal(page.url(), both.url('/input?role=publish'));
    assert.deepEqual(
      await page.evaluate(() => [...document.querySelectorAll('.card-name')].map(
        ({ textContent }) => textContent)), ['/input', '/input?role=publish']);
    await page.goto(both.url('/input'));
    await until('the player alone', () => page.evaluate(() => probe.player() !== null
      && document.querySelector('webrtc-publisher') === null));
  } finally {
    await page.close();
    assert.equal(await both.stop(), 0);
  }
});
