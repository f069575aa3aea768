// SPDX-License-Identifier: LGPL-2.1-or-later
// What can be wrong with a camera, in the page's words; and the page that sends, for everybody.
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { openPage } from './support/browsers.js';
import { artefact } from './support/environment.js';
import { controlsForPeople, tabTo, watchConduct } from './support/page_driver.js';
import {
  Arrivals, choose, kTakeAudio, kTakeVideo, launchChromiumWithCamera, launchFirefoxWithCamera,
  openPublisher, press, publish, publisherState, source, startInput, untilPublisher,
} from './support/publishing.js';
import { until } from './support/until.js';

/** @type {import('./support/pipeline.js').Pipeline} */
let pipeline;

before(async () => {
  pipeline = await startInput(`${source('', { host: '@' })} ${kTakeVideo} ${kTakeAudio}`);
});

after(async () => {
  assert.equal(await pipeline?.stop(), 0);
});

/**
 * @param {Promise<import('puppeteer-core').Browser>} launched
 * @param {(browser: import('puppeteer-core').Browser) => Promise<void>} action
 */
async function withBrowser(launched, action) {
  const browser = await launched;
  try {
    await action(browser);
  } finally {
    await browser.close();
  }
  await until('nobody sends', async () => (await pipeline.describe()).peer_count === 0);
}

describe('the page says', () => {
  for (const [name, launch] of Object.entries({
    chromium: launchChromiumWithCamera, firefox: launchFirefoxWithCamera,
  })) {
    test(`that the permission was denied, in ${name}`, () => withBrowser(
      launch({ permission: 'denied' }), async (browser) => {
        const page = await openPublisher(browser, pipeline);
        await press(page);
        await untilPublisher(page, 'failed');
        const { message, hint, started } = await publisherState(page);
        assert.equal(message, 'This page may not use the camera and the microphone');
        assert.match(hint, /settings of this site/);
        assert.equal(started, false);
        assert.equal((await pipeline.describe()).peer_count, 0, 'and the server hears nothing');
      }));
  }

  test('that there is no camera', () => withBrowser(
    launchChromiumWithCamera({ args: ['--use-fake-device-for-media-stream=device-count=0'] }),
    async (browser) => {
      const page = await openPublisher(browser, pipeline);
      await press(page);
      await untilPublisher(page, 'failed');
      const { message, hint } = await publisherState(page);
      assert.match(message, /^No camera .*found$/);
      assert.match(hint, /Connect one/);
      // The microphone alone is something to send.
      await choose(page, 'picture', 'none');
      await press(page);
      await untilPublisher(page, 'live');
      const audio = await Arrivals.of(pipeline, 'audio.sink');
      await audio.until('its beep', 3, ({ peak }) => peak > 0.1);
    }));

  test('that a camera was taken away, and goes on with it in the same session', () => withBrowser(
    launchChromiumWithCamera(), async (browser) => {
      const page = await publish(browser, pipeline);
      const { sessions } = await pipeline.get('input.stats');
      const session = await browser.target().createCDPSession();
      const { origin } = new URL(pipeline.base);
      const permit = async (setting) => {
        for (const name of ['camera', 'microphone']) {
          await session.send('Browser.setPermission', { permission: { name }, setting, origin });
        }
      };
      await permit('denied');
      await untilPublisher(page, 'lost');
      assert.match((await publisherState(page)).message, /taken away/);
      assert.equal((await pipeline.describe()).peer_count, 1, 'the session stays');
      await permit('granted');
      await press(page);
      await untilPublisher(page, 'live');
      const video = await Arrivals.of(pipeline);
      await video.until('frames again', 20);
      assert.deepEqual(Object.keys((await pipeline.get('input.stats')).sessions),
        Object.keys(sessions));
    }));

  test('that the pipeline behind it has failed, and goes on when there is another', async () => {
    const recording = (port, file) => startInput(`${source('', { port })} input. ! video/x-vp8 `
      + `! matroskamux streamable=true ! filesink buffer-mode=unbuffered location=${file}`);
    const full = await recording(0, '/dev/full');
    await withBrowser(launchChromiumWithCamera(), async (browser) => {
      const page = await openPublisher(browser, full);
      await press(page);
      await untilPublisher(page, 'failed');
      assert.match((await publisherState(page)).message, /pipeline .* has failed/);
      assert.deepEqual(full.events.filter(({ event }) => event === 'error')
        .map(({ source: element }) => element), ['filesink0'], 'it is the sink’s own error');
      assert.equal(await full.stop(), 0);
      const roomy = await recording(full.port, '/dev/null');
      try {
        await untilPublisher(page, 'live');
      } finally {
        assert.equal(await roomy.stop(), 0);
      }
    });
  });

  test('why a page that is not secure has no camera, and what helps', async (t) => {
    const address = Object.values(networkInterfaces()).flat()
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
    if (!address) {
      t.skip('this machine has no address but its own');
      return;
    }
    await withBrowser(launchChromiumWithCamera(), async (browser) => {
      const page = await openPage(browser,
        pipeline.url('/input').replace('127.0.0.1', address));
      await untilPublisher(page, 'idle');
      const { words, button } = await page.evaluate(() => {
        const { shadowRoot } = document.querySelector('webrtc-publisher');
        return {
          words: shadowRoot.querySelector('.status').innerText,
          button: !shadowRoot.querySelector('.send').hidden,
        };
      });
      assert.match(words, /not secure/);
      assert.match(words, new RegExp(`http://localhost:${pipeline.port}/input`));
      assert.match(words, /tls=self-signed/);
      assert.equal(button, false, 'there is nothing that it could do');
      // Who programs it hears the same.
      assert.equal(await page.evaluate(() => document.querySelector('webrtc-publisher').start()),
        false);
      assert.match((await publisherState(page)).message, /not secure/);
      await page.screenshot({ path: artefact('camera-insecure.png') });
    });
  });
});

describe('the page that sends', () => {
  /** @type {import('puppeteer-core').Browser} */
  let browser;

  before(async () => {
    browser = await launchChromiumWithCamera();
  });

  after(() => browser.close());

  test('is worked by keyboard alone', async () => {
    const page = await openPublisher(browser, pipeline);
    const misdeeds = watchConduct(page, pipeline.base);
    await tabTo(page, /Send camera and microphone/);
    await page.keyboard.press('Enter');
    await untilPublisher(page, 'live');
    const element = (property) => page.evaluate((name) => (
      document.querySelector('webrtc-publisher')[name]), property);
    await page.keyboard.press('m');
    await until('it is muted', () => element('muted'));
    await page.keyboard.press('c');
    await until('it is paused', () => element('paused'));
    await page.keyboard.press('c');
    for (const name of [/Stop sending/, /Turn the microphone on/, /Pause the picture/,
      /Statistics/, /Close/]) await tabTo(page, name);
    await page.keyboard.press('i');
    const text = () => page.evaluate(() => document.querySelector('.statistics')?.innerText ?? '');
    await until('numbers', async () => /1280.?×.?720/.test(await text())
      && /Opus/i.test(await text()), { otherwise: text });
    for (const name of ['Bitrate', 'Frame rate', 'Limited by', 'Packets resent', 'Packets lost',
      'Round trip', 'Codec', 'Resolution', 'Key frames', 'Encoder']) {
      assert.match(await text(), new RegExp(name, 'i'));
    }
    assert.ok(await page.evaluate(() => (
      document.querySelectorAll('.statistics canvas').length >= 4)));
    await page.keyboard.press('k');
    await untilPublisher(page, 'idle');
    assert.deepEqual((await publisherState(page)).tracks, [], 'the devices are closed');
    assert.deepEqual(misdeeds, []);
    await page.close();
  });

  test('has a name for everything that can be worked', async () => {
    const page = await publish(browser, pipeline);
    const controls = await controlsForPeople(page);
    assert.deepEqual(controls.filter(({ name }) => name === ''), []);
    for (const name of ['Picture', 'Sound', 'Size', 'Frame rate']) {
      assert.ok(controls.some((control) => control.role === 'combobox' && control.name === name),
        `${name}: ${JSON.stringify(controls)}`);
    }
    await page.close();
  });

  test('remembers what was chosen', async () => {
    const context = await browser.createBrowserContext();
    const page = await openPublisher(context, pipeline);
    await choose(page, 'size', '640x360');
    await choose(page, 'sound', 'none');
    await page.reload();
    await untilPublisher(page, 'idle');
    await press(page);
    await untilPublisher(page, 'live');
    const { tracks } = await publisherState(page);
    assert.deepEqual(tracks.map(({ kind }) => kind), ['video']);
    const video = await Arrivals.of(pipeline);
    await video.until('frames of 640×360', 5, ({ width }) => width === 640);
    await context.close();
  });

  for (const scheme of ['light', 'dark']) {
    test(`fits phones, and is ${scheme} for those who like it so`, async () => {
      const page = await openPage(browser, null,
        { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.goto(pipeline.url('/input'));
      await untilPublisher(page, 'idle');
      await press(page);
      await untilPublisher(page, 'live');
      const { scroll, width } = await page.evaluate(() => (
        { scroll: document.documentElement.scrollWidth, width: innerWidth }));
      assert.ok(scroll <= width, `no sideways scrolling: ${scroll}`);
      await page.screenshot({ path: artefact(`camera-phone-${scheme}.png`) });
      await page.close();
      await until('nobody sends', async () => (await pipeline.describe()).peer_count === 0);
    });
  }
});
