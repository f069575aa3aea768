// SPDX-License-Identifier: LGPL-2.1-or-later
// What a page and a pipeline's application say to each other.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kLaunchers, openPage } from './support/browsers.js';
import { freePort, sink } from './support/pipeline.js';
import {
  launchChromiumWithCamera, launchFirefoxWithCamera, source, startInput,
} from './support/publishing.js';
import { until } from './support/until.js';

/** @type {import('./support/pipeline.js').Pipeline} */
let pipeline;

before(async () => {
  const port = await freePort();
  pipeline = await startInput(
    `${source('', { port })} ! queue ! videoconvert ! fakesink sync=false async=false `
    + `videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=15/1 ! ${
      sink('', { port })}`);
  for (const element of ['input', 'output']) await pipeline.command(`heard ${element}`);
});

after(async () => {
  assert.equal(await pipeline?.stop(), 0);
});

/** Makes a connection in the page and remembers what it hears and whether it has the channel. */
async function connect(page, kind, name) {
  await page.evaluate(async (role, path) => {
    const { WebRTCPublisher, WebRTCStream } = await import('/webrtc-client.js');
    window.heard = [];
    window.channels = [];
    const Real = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Real {
      constructor(...parameters) {
        super(...parameters);
        this.addEventListener('datachannel', ({ channel }) => window.channels.push(channel));
      }
    };
    window.connection = role === 'view' ? new WebRTCStream(path) : new WebRTCPublisher(path);
    window.connection.addEventListener('message', ({ detail }) => window.heard.push(detail.data));
    window.connection.start(role === 'view' ? undefined : { video: {}, audio: null });
  }, kind, name);
  await until('the data channel is open', () => page.evaluate(
    () => window.channels.some(({ label, readyState }) => label === 'control' && readyState === 'open')));
}

/** Both ways. */
async function assertConversation(page, element) {
  const data = { text: 'ä\u0000"', list: [1, null, true] };
  await page.evaluate((sent) => window.connection.send(sent), data);
  let heard = [];
  await until('the application has heard it', async () => {
    heard = [...heard, ...(await pipeline.command(`heard ${element}`)).value];
    return heard.length > 0;
  });
  assert.deepEqual(heard, [data]);
  await pipeline.command(`say ${element} ${JSON.stringify({ back: data })}`);
  await until('the page has heard it', () => page.evaluate(() => window.heard.length > 0));
  assert.deepEqual(await page.evaluate(() => window.heard), [{ back: data }]);
  const code = await page.evaluate(() => (
    window.connection.send('x'.repeat(17_000)).catch((error) => error.code)));
  assert.equal(code, 'too-large');
  await page.evaluate(() => window.connection.send('still there'));
}

const kCameras = { chromium: launchChromiumWithCamera, firefox: launchFirefoxWithCamera };

for (const [name, launch] of Object.entries(kLaunchers)) {
  describe(name, () => {
    test('a viewer and the application talk', async () => {
      const browser = await launch();
      try {
        const page = await openPage(browser, pipeline.url('/api/streams'));
        await connect(page, 'view', '/output');
        await assertConversation(page, 'output');
        assert.equal(await page.evaluate(async () => {
          window.connection.stop();
          return window.connection.send(1).catch((error) => error.code);
        }), 'unconnected');
      } finally {
        await browser.close();
        await pipeline.command('heard output');
      }
    });

    test('a publisher and the application talk', async () => {
      const browser = await kCameras[name]();
      try {
        const page = await openPage(browser, pipeline.url('/api/streams'));
        await connect(page, 'publish', '/input');
        await assertConversation(page, 'input');
      } finally {
        await browser.close();
        await pipeline.command('heard input');
      }
    });
  });
}
