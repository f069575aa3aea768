// SPDX-License-Identifier: LGPL-2.1-or-later
// Start and Stop: what the page says and does, and what becomes of the pipeline, whose buffers are
// counted. gst-launch-1.0 obeys the element's requests; pipeline_host.cpp takes no notice of them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { kLaunchers, launchChromium, openPage } from './support/browsers.js';
import { CountedLaunch, kCounter } from './support/counted_launch.js';
import { scratchFolder } from './support/environment.js';
import { Pipeline, freePort, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import { playerState, untilFrames, untilPlaying } from './support/watching.js';

const kSize = 'video/x-raw,format=I420,width=320,height=180,framerate=30/1';
const kLive = `videotestsrc is-live=true ! ${kSize} ! ${kCounter}`;
const kFile = `videotestsrc num-buffers=1000000 ! ${kSize} ! ${kCounter}`;
const folder = scratchFolder(after);

/** @type {Record<string, import('puppeteer-core').Browser>} */
const browsers = {};

before(async () => {
  for (const [name, launcher] of Object.entries(kLaunchers)) browsers[name] = await launcher();
});

after(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
});

/**
 * @param {string} source
 * @param {string} more  properties of webrtcsink
 * @param {(launch: CountedLaunch, base: string) => Promise<void>} task
 */
async function withLaunch(source, more, task) {
  const port = await freePort();
  const launch = new CountedLaunch(`${source} ! ${sink(more, { port })}`);
  const base = `http://127.0.0.1:${port}`;
  try {
    await until('the server answers', () => (
      fetch(`${base}/healthz`).then(({ ok }) => ok, () => false)));
    await task(launch, base);
  } finally {
    assert.equal(await launch.stop(), 0);
  }
}

/** The words of the button, or null where there is none. */
function button(page) {
  return page.evaluate(() => {
    const found = document.querySelector('.run-button');
    return found?.checkVisibility() ? found.innerText.trim() : null;
  });
}

/** @param {RegExp} words */
async function untilWords(page, words) {
  await until(`the player says ${words}`, async () => (
    words.test((await playerState(page))?.message ?? '')), { otherwise: () => playerState(page) });
}

/** The browser draws so many pictures of its page. */
function untilDrawn(page, count = 60) {
  return page.evaluate((pictures) => new Promise((resolve) => {
    let left = pictures;
    const next = () => {
      left -= 1;
      if (left > 0) requestAnimationFrame(next);
      else resolve(undefined);
    };
    requestAnimationFrame(next);
  }), count);
}

/**
 * Nothing passes, and the picture that was last stays.
 *
 * @param {CountedLaunch} [launch]
 */
async function assertStill(page, launch) {
  const passed = async () => [launch?.count, await page.evaluate(() => probe.framesDecoded())];
  await untilDrawn(page);  // What was under way arrives.
  const before = await passed();
  await untilDrawn(page);
  assert.deepEqual(await passed(), before);
  assert.ok((await playerState(page)).width > 2);
}

for (const name of Object.keys(kLaunchers)) {
  test(`${name}: a live source starts, stops and continues by the page’s button`, async () => {
    await withLaunch(kLive, 'run-policy=manual', async (launch, base) => {
      await launch.untilAsked('PAUSED');
      const page = await openPage(browsers[name], `${base}/output`);
      await untilWords(page, /^Stopped\. Press Start\.$/);
      assert.equal(await button(page), 'Start');
      await page.click('.run-button');
      await untilPlaying(page);
      assert.equal(await button(page), 'Stop');
      await launch.untilMore(10);

      await page.click('.run-button');
      await untilWords(page, /^Stopped\. Press Start\.$/);
      await launch.untilAsked('PAUSED', 'PLAYING', 'PAUSED');
      await assertStill(page, launch);

      await page.click('.run-button');
      await untilPlaying(page);
      await launch.untilMore(10);
      await page.close();
    });
  });
}

test('a file continues where it was, also for a second viewer', async () => {
  await withLaunch(kFile, 'run-policy=manual', async (launch, base) => {
    await launch.untilAsked('PAUSED');
    const page = await openPage(browsers.chromium, `${base}/output`);
    await untilWords(page, /^Stopped/);
    await page.click('.run-button');
    await untilPlaying(page);
    for (let round = 0; round < 2; round += 1) {
      await page.click('.run-button');
      await untilWords(page, /^Stopped/);
      await assertStill(page, launch);
      await page.click('.run-button');
      await untilPlaying(page);
    }
    const second = await openPage(browsers.firefox, `${base}/output`);
    await untilPlaying(second);
    assert.equal(await button(second), 'Stop');
    await second.click('.run-button');
    await untilWords(page, /^Stopped/);
    assert.equal(await button(page), 'Start');
    await second.close();
    await page.close();
    const { times } = launch;
    const gaps = times.slice(1).map((time, i) => Math.round((time - times[i]) * 30));
    assert.ok(times.length > 30);
    assert.ok(gaps.every((gap) => gap === 1), `gaps of ${gaps} frames`);
  });
});

test('an application that goes on shows nothing meanwhile, and no encoder works', async () => {
  const pipeline = await Pipeline.start(`${testPicture({ width: 320, height: 180 })} `
    + `! ${sink('run-policy=manual')}`);
  try {
    const page = await openPage(browsers.chromium, pipeline.url());
    await untilWords(page, /^Stopped\. Press Start\.$/);
    assert.deepEqual(await pipeline.encoders(), []);
    await page.click('webrtc-stream >>> .run');  // over the picture
    await untilPlaying(page);
    assert.equal(await page.$eval('webrtc-stream >>> .run', (run) => run.checkVisibility()), false);
    assert.equal((await pipeline.encoders()).length, 1);
    await page.click('.run-button');
    await untilWords(page, /^Stopped/);
    await until('the encoder stops', async () => (await pipeline.encoders()).length === 0);
    await assertStill(page);
    assert.equal((await pipeline.describe()).pipeline, 'stopped');
    await page.click('.run-button');
    await untilPlaying(page);
    await page.close();
  } finally {
    assert.equal(await pipeline.stop(), 0);
  }
});

test('on demand: the first viewer starts it, and one who is killed does not keep it', async () => {
  await withLaunch(kLive, 'run-policy=on-demand idle-timeout=500', async (launch, base) => {
    await launch.untilAsked('PAUSED');
    const doomed = await launchChromium();
    const page = await openPage(doomed, `${base}/output`);
    await untilPlaying(page);
    assert.equal(await button(page), null);
    doomed.process()?.kill('SIGKILL');
    await launch.untilAsked('PAUSED', 'PLAYING', 'PAUSED');
    const second = await openPage(browsers.chromium, `${base}/output`);
    await untilPlaying(second);
    await second.close();
    await launch.untilAsked('PAUSED', 'PLAYING', 'PAUSED', 'PLAYING', 'PAUSED');
  });
});

test('who may only view sees that it is stopped, and has no button', async () => {
  const tokens = join(folder, 'tokens.json');
  const entry = (token, allow) => ({
    sha256: createHash('sha256').update(token).digest('hex'), streams: ['output'], allow,
  });
  const entries = [entry('guest', ['view']), entry('chief', ['view', 'control'])];
  writeFileSync(tokens, JSON.stringify(entries), { mode: 0o600 });
  const pipeline = await Pipeline.start(`${testPicture({ width: 320, height: 180 })} `
    + `! ${sink(`run-policy=manual auth-tokens=${tokens}`)}`);
  try {
    const guest = await openPage(browsers.chromium, pipeline.url('/output?token=guest'));
    await untilWords(guest, /^Stopped$/);
    assert.equal(await button(guest), null);
    const answer = await guest.evaluate(() => probe.player().stream.pipeline.start()
      .catch(({ code }) => code));
    assert.equal(answer, 'forbidden');
    const chief = await watchStopped(pipeline);
    await chief.click('.run-button');
    for (const page of [chief, guest]) await untilPlaying(page);
    await untilFrames(guest);
    await chief.close();
    await guest.close();
  } finally {
    assert.equal(await pipeline.stop(), 0);
  }
});

async function watchStopped(pipeline) {
  const context = await browsers.chromium.createBrowserContext();
  const page = await openPage(context, pipeline.url('/output?token=chief'));
  await untilWords(page, /^Stopped\. Press Start\.$/);
  return page;
}

test('a page of one’s own starts and stops, and is told how it went', async () => {
  const pipeline = await Pipeline.start(`${testPicture({ width: 320, height: 180 })} `
    + `! ${sink('run-policy=manual')}`);
  try {
    const page = await openPage(browsers.chromium, pipeline.url('/api/streams'));
    const found = await page.evaluate(async () => {
      const { WebRTCStream } = await import('/webrtc-client.js');
      const stream = new WebRTCStream('/output');
      const { pipeline: remote } = stream;
      const changes = [];
      const known = new Promise((resolve) => {
        remote.addEventListener('change', ({ detail }) => {
          changes.push(`${detail.policy} ${detail.state}`);
          resolve();
        });
      });
      stream.start();
      await known;
      await Promise.all([remote.start(), remote.start()]);
      const started = remote.state;
      await remote.stop();
      return { changes, started, stopped: remote.state };
    });
    assert.deepEqual(found, {
      changes: ['manual stopped', 'manual playing', 'manual stopped'],
      started: 'playing', stopped: 'stopped',
    });
    await page.close();
  } finally {
    assert.equal(await pipeline.stop(), 0);
  }
});
