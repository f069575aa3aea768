// SPDX-License-Identifier: LGPL-2.1-or-later
// Nothing that one viewer does, or fails to do, changes what another one sees.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { lookAt, openBarePage, openViewer, untilViewer } from './support/bare_page.js';
import { launchChromium } from './support/browsers.js';
import { Pipeline, sink } from './support/pipeline.js';
import { until } from './support/until.js';
import {
  SteadyViewer, playerState, untilFrames, untilPlaying, untilState, watch,
} from './support/watching.js';

const kSource = 'videotestsrc is-live=true pattern=ball ! capsfilter name=format '
  + 'caps="video/x-raw,format=I420,width=640,height=360,framerate=30/1"';
const kFrozen = 6000;  // ms that a viewer stands still
const kJoins = 100;

describe('a steady viewer goes on while', () => {
  /** @type {import('puppeteer-core').Browser} */
  let browser;
  /** @type {Pipeline} */
  let pipeline;
  /** @type {SteadyViewer} */
  let steady;
  /** A page whose viewers misbehave. */
  let bare;

  before(async () => {
    pipeline = await Pipeline.start(`${kSource} ! ${sink()}`);
    browser = await launchChromium();
    steady = await SteadyViewer.open(browser, pipeline, { path: '/output?embed' });
    bare = await openBarePage(browser, pipeline);
  });

  after(async () => {
    await browser?.close();
    assert.equal(await pipeline.stop(), 0);
    assert.deepEqual(pipeline.events.filter(({ event }) => event === 'error'), []);
  });

  async function untilAlone() {
    await until('the steady viewer is alone', async () => (await pipeline.describe()).peer_count === 1,
      { otherwise: () => pipeline.describe() });
  }

  test('another one never answers', async () => {
    const silent = await steady.during(async () => {
      const viewer = await openViewer(bare, pipeline.socketUrl, { answer: 'none' });
      return (await untilViewer(bare, viewer, 'is sent away', ({ bye }) => bye));
    });
    assert.equal(silent.error.code, 'negotiation-timeout');
    assert.match(silent.error.message, /15 seconds/);
    await untilAlone();
  });

  test('another one answers with the fingerprint of a certificate that it has not', async () => {
    const false_ = await steady.during(async () => {
      const viewer = await openViewer(bare, pipeline.socketUrl, { answer: 'false fingerprint' });
      return (await untilViewer(bare, viewer, 'is sent away', ({ closed }) => closed));
    });
    assert.equal(false_.error.code, 'fingerprint');
    assert.equal(false_.bye.reason, 'error');
    assert.equal(false_.inbound.reduce((sum, { packets }) => sum + (packets ?? 0), 0), 0,
      'no packet of media');
    await untilAlone();
  });

  test('another browser is killed', async () => {
    const other = await launchChromium();
    const process_ = other.process();
    try {
      await watch(other, pipeline, '/output?embed');
      await steady.during(async () => {
        process.kill(-process_.pid, 'SIGKILL');
        await untilAlone();
      });
    } finally {
      await other.close().catch(() => {});
    }
  });

  test('another browser stands still, and that one returns', async () => {
    const other = await launchChromium();
    const { pid } = other.process();
    try {
      const page = await watch(other, pipeline, '/output?embed');
      await steady.during(async () => {
        process.kill(-pid, 'SIGSTOP');
        const start = performance.now();
        try {
          await until('it stood still for a while', () => performance.now() - start > kFrozen);
        } finally {
          process.kill(-pid, 'SIGCONT');
        }
      });
      await untilPlaying(page);
    } finally {
      process.kill(-pid, 'SIGCONT');
      await other.close();
    }
    await untilAlone();
  });

  test(`${kJoins} others join and leave`, { timeout: 120000 }, async () => {
    await steady.during(() => bare.evaluate(async (url, joins) => {
      for (let i = 0; i < joins; ++i) await bare.joinAndLeave(url, 20000);
    }, pipeline.socketUrl, kJoins));
    await untilAlone();
  });

  test('twenty others join at once', async () => {
    await steady.during(() => bare.evaluate((url) => (
      Promise.all(Array.from({ length: 20 }, () => bare.joinAndLeave(url, 30000)))),
    pipeline.socketUrl));
    await untilAlone();
  });

  test('the source changes its size and its rate', async () => {
    for (const [width, height] of [[320, 180], [854, 480], [640, 360]]) {
      await steady.during(async () => {
        await pipeline.set('format.caps',
          `video/x-raw,format=I420,width=${width},height=${height},framerate=30/1`);
        await until(`the picture is ${width}×${height}`,
          async () => (await playerState(steady.page)).width === width,
          { otherwise: () => playerState(steady.page) });
      });
      assert.equal((await playerState(steady.page)).height, height);
    }
  });

  test('the source changes its format', async () => {
    for (const format of ['BGRx', 'NV12', 'I420']) {
      await steady.during(() => pipeline.set('format.caps',
        `video/x-raw,format=${format},width=640,height=360,framerate=30/1`));
    }
  });

  test('the encoder of others fails for good', async () => {
    const viewer = await openViewer(bare, pipeline.socketUrl, { codec: 'video/VP8' });
    await untilViewer(bare, viewer, 'plays VP8',
      ({ inbound: [video] }) => video?.codec === 'video/VP8' && video.frames > 5);
    const failed = await steady.during(async () => {
      await pipeline.command('break vp8enc');
      return await untilViewer(bare, viewer, 'is told', ({ closed }) => closed);
    });
    assert.equal(failed.error.code, 'encoder');
    assert.match(failed.error.message, /VP8|vp8enc/);
    await pipeline.event('warning');
    assert.match(pipeline.events.find(({ event }) => event === 'warning').message, /vp8enc/);
    await untilAlone();
  });
});

test('an encoder that fails is replaced where there is another one', async () => {
  const pipeline = await Pipeline.start(`${kSource} ! ${sink()}`);
  const browser = await launchChromium();
  try {
    const page = await watch(browser, pipeline);
    const [before_] = await pipeline.encoders();
    await pipeline.command(`break ${before_}`);
    await pipeline.event('warning');
    await untilFrames(page, 60);
    await untilState(page, 'live');
    const [now] = await pipeline.encoders();
    assert.ok(now && now !== before_, `${before_} was replaced by ${now}`);
  } finally {
    await browser.close();
    await pipeline.stop();
  }
});

test('a new viewer comes while all others stand still', async () => {
  const pipeline = await Pipeline.start(`${kSource} ! ${sink()}`);
  const browser = await launchChromium();
  try {
    const bare = await openBarePage(browser, pipeline);
    const silent = [];
    for (let i = 0; i < 10; ++i) {
      silent.push(await openViewer(bare, pipeline.socketUrl, { answer: 'none' }));
    }
    await untilViewer(bare, silent.at(-1), 'has the offer',
      ({ messages }) => messages.some(({ type }) => type === 'sdp'));
    await watch(browser, pipeline, '/output?embed');
    assert.equal((await lookAt(bare, silent[0])).closed, false, 'they still stand there');
  } finally {
    await browser.close();
    await pipeline.stop();
  }
});
