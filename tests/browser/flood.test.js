// SPDX-License-Identifier: LGPL-2.1-or-later
// One session says more than anybody can hear: it is told so, and no other notices.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchChromium, openPage } from './support/browsers.js';
import { Pipeline, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import { SteadyViewer } from './support/watching.js';

const kMessages = 30_000;
const kBatch = 100;  // every 10 ms, or more where the browser is busy
const kWishes = 3;  // of the other session, to be granted meanwhile

/** @type {Pipeline} */
let pipeline;
/** @type {import('puppeteer-core').Browser} */
let browser;
/** @type {SteadyViewer} */
let steady;

before(async () => {
  pipeline = await Pipeline.start(`${testPicture()} ! textoverlay name=overlay `
    + `! ${sink('controls="text=overlay.text;x=overlay.deltax,min=0,max=100"')}`);
  browser = await launchChromium();
  steady = await SteadyViewer.open(browser, pipeline, { path: '/output?embed' });
});

after(async () => {
  await browser?.close();
  assert.equal(await pipeline?.stop(), 0);
});

/** A session of which the page knows the data channel. */
async function openFlooder() {
  const page = await openPage(browser, pipeline.url('/api/streams'));
  await page.evaluate(async () => {
    const { WebRTCStream } = await import('/webrtc-client.js');
    const Real = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Real {
      constructor(...parameters) {
        super(...parameters);
        this.addEventListener('datachannel', ({ channel }) => {
          if (channel.label === 'control') window.channel = channel;
        });
      }
    };
    window.stream = new WebRTCStream('/output');
    window.stream.start();
  });
  await until('the data channel is open',
    () => page.evaluate(() => window.channel?.readyState === 'open'));
  return page;
}

/** Sends them all. The codes of the replies, and how often each came; the time it took, in ms. */
function flood(page, request) {
  return page.evaluate(async ({ text, count, batch }) => {
    const codes = {};
    window.channel.addEventListener('message', ({ data }) => {
      const { type, error } = JSON.parse(data);
      if (type !== 'ControlResponseMessage') return;
      const code = error?.code ?? 'done';
      codes[code] = (codes[code] ?? 0) + 1;
    });
    const start = performance.now();
    for (let sent = 0; sent < count;) {
      // What the network does not take waits in the browser.
      if (window.channel.bufferedAmount < 4 * 1024 * 1024) {
        for (let i = 0; i < batch; ++i, ++sent) {
          window.channel.send(`{"id":${sent + 1},"request":${text.replace('%', sent % 100)}}`);
        }
      }
      await new Promise((resolve) => { setTimeout(resolve, 10); });
    }
    return { codes, time: performance.now() - start };
  }, { text: request, count: kMessages, batch: kBatch });
}

/** Wishes of the steady viewer’s, one after another; how many were granted before `ended`. */
async function wish(ended) {
  for (let granted = 0; ;) {
    const code = await steady.page.evaluate((text) => document.querySelector('webrtc-stream')
      .stream.controls.set({ text }).then(() => 'done', (error) => error.code), `wish ${granted}`);
    if (ended()) return granted;
    // A pipeline that is busy may say so; to be refused each time is to be starved.
    if (code === 'done') granted += 1;
    else assert.equal(code, 'busy');
  }
}

describe('thousands of messages a second from one session do not disturb another', () => {
  for (const [what, request] of [
    ['values', '{"type":"set","values":{"x":%}}'],
    ['messages', '{"type":"message","data":%}'],
  ]) {
    test(what, async (t) => {
      const flooder = await openFlooder();
      const [{ codes, time }, granted] = await steady.during(async () => {
        let over = false;
        const wishes = wish(() => over);
        const found = await flood(flooder, request).finally(() => { over = true; });
        return [found, await wishes];
      });
      t.diagnostic(`${Math.round(kMessages / time * 1000)} messages a second, ${granted} wishes `
        + 'of the other session granted meanwhile');
      assert.ok(granted >= kWishes, `the other session had ${granted} wishes granted meanwhile`);
      assert.ok(codes.rate > 0, `it was told: ${JSON.stringify(codes)}`);
      assert.ok(codes.done > 0, `what it may say was heard: ${JSON.stringify(codes)}`);
      // Whoever floods is still there, and heard when it is quiet again.
      await until('it is heard again', () => flooder.evaluate(
        () => window.stream.controls.set({ x: 7 }).then(() => true, () => false)));
      await flooder.close();
    });
  }
});
