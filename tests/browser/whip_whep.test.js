// SPDX-License-Identifier: LGPL-2.1-or-later
// Pages that know nothing of this server's own client watch by WHEP and publish by WHIP.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPage } from './support/browsers.js';
import { writeCodedFilm } from './support/coded_camera.js';
import { scratchFolder } from './support/environment.js';
import { installHttpClient } from './support/http_client.js';
import { Pipeline, sink, testPicture } from './support/pipeline.js';
import {
  Arrivals, assertFilm, kTakeAudio, kTakeVideo, launchChromiumWithCamera, launchFirefoxWithCamera,
  source, startInput,
} from './support/publishing.js';
import { until } from './support/until.js';
import { untilBars } from './support/watching.js';

/** @typedef {import('puppeteer-core').Page} Page */

const folder = scratchFolder(after);
const film = `${folder}/film.y4m`;
// libnice takes 50 seconds to believe that nobody is there any more.
const kSilence = 120000;

/** @type {Pipeline} */
let output;
/** @type {Pipeline} */
let input;

before(async () => {
  writeCodedFilm(film, { width: 640, height: 360 });
  output = await Pipeline.start(`${testPicture({ width: 320, height: 180 })} ! ${sink()} `
    + 'audiotestsrc is-live=true volume=0.5 ! output.');
  input = await startInput(`${source()} ${kTakeVideo} ${kTakeAudio}`);
});

after(async () => {
  for (const pipeline of [output, input]) assert.equal(await pipeline?.stop(), 0);
});

/** What the page knows of its session. @param {Page} page */
function lookAt(page) {
  return page.evaluate(() => http.look(0));
}

/** @param {import('puppeteer-core').Browser} browser @param {Pipeline} pipeline */
async function openHttpPage(browser, pipeline) {
  const page = await openPage(browser, pipeline.url('/healthz'));
  await page.evaluate(installHttpClient);
  return page;
}

/** @param {import('puppeteer-core').Browser} browser */
async function watch(browser) {
  const page = await openHttpPage(browser, output);
  await page.evaluate((url) => http.watch(url), output.url('/output/whep'));
  await untilMoreFrames(page);
  return page;
}

/** @param {import('puppeteer-core').Browser} browser */
async function publish(browser) {
  const page = await openHttpPage(browser, input);
  await page.evaluate((url) => http.publish(url), input.url('/input/whip'));
  return page;
}

/** Waits until both kinds go on coming. @param {Page} page */
async function untilMoreFrames(page, count = 30) {
  const come = async () => {
    const { inbound } = await lookAt(page);
    const of = (kind) => inbound.find((entry) => entry.kind === kind);
    return [of('video')?.frames ?? 0, of('audio')?.packets ?? 0];
  };
  const before = await come();
  await until(`${count} frames, and sound`, async () => (await come())
    .every((number, i) => number >= before[i] + count), { otherwise: () => lookAt(page) });
}

/** Nobody is there any more. @param {Pipeline} pipeline */
function alone(pipeline, deadline) {
  return until('the peer is gone', async () => (await pipeline.describe()).peer_count === 0,
    { deadline });
}

/** Ends the session by DELETE, and the page. @param {Page} page @param {Pipeline} pipeline */
async function leave(page, pipeline) {
  const { url } = await lookAt(page);
  assert.equal((await fetch(url)).status, 204);
  assert.equal(await page.evaluate(() => http.remove(0)), 200);
  assert.equal((await fetch(url)).status, 404, 'there is no session any more');
  await alone(pipeline);
  await page.close();
}

/** Restarts ICE, and waits until the browser has a path under the new names. @param {Page} page */
async function restart(page) {
  const earlier = await lookAt(page);
  const { candidates, renewed } = await page.evaluate(() => http.restart(0));
  assert.ok(candidates > 0, 'the server says again where it is');
  assert.ok(renewed, 'the ETag is another');
  // Firefox does not name the path, but tells when it has checked it.
  await until('another path is in use', async () => {
    const { ufrags, used, states } = await lookAt(page);
    return used === null ? states.includes('connected') || states.includes('completed')
      : used === ufrags[0];
  }, { otherwise: () => lookAt(page) });
  const later = await lookAt(page);
  assert.ok(later.ufrags.every((ufrag, i) => ufrag !== earlier.ufrags[i]), 'both have new names');
  assert.equal(later.url, earlier.url);
  assert.ok(later.patches.every((status) => status === 204), `${later.patches}`);
}

for (const [name, launch] of [
  ['Chromium', () => launchChromiumWithCamera({ film })], ['Firefox', launchFirefoxWithCamera]]) {
  describe(name, () => {
    /** @type {import('puppeteer-core').Browser} */
    let browser;
    before(async () => {
      browser = await launch();
    });
    after(() => browser?.close());

    test('plays by WHEP, and goes on after an ICE restart', async () => {
      const page = await watch(browser);
      await untilBars(page, 30);
      await until('candidates came by PATCH', async () => (await lookAt(page)).patches.length > 0);
      await restart(page);
      await untilMoreFrames(page);
      await untilBars(page, 30);
      assert.equal((await output.describe()).peer_count, 1);
      await leave(page, output);
    });

    test('publishes by WHIP, and goes on after an ICE restart', async () => {
      const video = await Arrivals.of(input);
      const audio = await Arrivals.of(input, 'audio.sink');
      const page = await publish(browser);
      const check = async () => {
        await Promise.all([video.clear(), audio.clear()]);
        if (name === 'Chromium') {
          await video.untilCodes(30);
          assertFilm(video.all.map(({ code }) => code).slice(
            video.all.findIndex(({ code }) => code >= 0)), 0.5);
        } else {
          await video.until('pictures', 30);
        }
        await audio.until('sound', 10, ({ peak }) => peak > 0.05);
      };
      await check();
      await until('candidates came by PATCH', async () => (await lookAt(page)).patches.length > 0);
      await restart(page);
      await check();
      video.assertTimeline();
      await leave(page, input);
    });

    test('is missed at once where it closes the connection or says farewell', async () => {
      const [viewer, publisher] = [await watch(browser), await publish(browser)];
      await viewer.evaluate(() => http.close(0));
      await alone(output);
      const video = await Arrivals.of(input);
      await video.until('pictures', 10);
      await publisher.evaluate(() => http.sayFarewell(0));
      await publisher.close();
      await alone(input);
      await viewer.close();
    });

    test('is missed after a while where its tabs go without a word', async () => {
      const [viewer, publisher] = [await watch(browser), await publish(browser)];
      const video = await Arrivals.of(input);
      await video.until('pictures', 10);
      browser.process().kill('SIGKILL');
      await Promise.all([alone(output, kSilence), alone(input, kSilence)]);
      assert.ok(viewer && publisher);
    });
  });
}
