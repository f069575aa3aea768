// SPDX-License-Identifier: LGPL-2.1-or-later
// What people do on the picture reaches the pipeline: at the pixel that they point at, wherever CSS
// has put the picture, and released when they go.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launchChromium, openPage } from './support/browsers.js';
import { Pipeline, freePort, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import { untilPlaying } from './support/watching.js';

const kWidth = 320;
const kHeight = 180;

/** @type {Pipeline} */
let pipeline;
/** @type {import('puppeteer-core').Browser} */
let browser;
/** @type {import('puppeteer-core').Page} */
let page;
/** What has gone upstream, as JSON. @type {any[]} */
let seen = [];

before(async () => {
  const port = await freePort();
  const picture = testPicture({ width: kWidth, height: kHeight, rate: 15 });
  pipeline = await Pipeline.start(`${picture} ! identity name=before ! `
    + `${sink('enable-data-channel-navigation=true', { port })} `
    + `${picture} ! ${sink('', { port, stream: 'plain' })}`);
  browser = await launchChromium();
  await pump();
});

after(async () => {
  await browser?.close();
  assert.equal(await pipeline?.stop(), 0);
});

afterEach(async () => {
  if (page && !page.isClosed()) await page.close();
});

async function pump() {
  seen.push(...(await pipeline.command('navigated before.src')).value);
}

/** Forgets what has been seen. */
async function forget() {
  await pump();
  seen = [];
}

/**
 * Waits for an event with these members, and returns it.
 *
 * @param {string} event
 * @param {Record<string, unknown>} [members]
 */
async function untilEvent(event, members = {}) {
  const fits = (each) => each.event === event
    && Object.entries(members).every(([name, value]) => each[name] === value);
  await until(`${event} ${JSON.stringify(members)} upstream`, async () => {
    await pump();
    return seen.some(fits);
  }, { otherwise: () => seen });
  return seen.find(fits);
}

/** @param {string} path @param {import('puppeteer-core').Viewport} [viewport] */
async function open(path, viewport) {
  page = await openPage(browser, pipeline.url(path), viewport);
  await page.bringToFront();
  await untilPlaying(page);
}

/**
 * Where the picture is in the window.
 *
 * @param {'contain' | 'cover' | 'fill'} [fit]
 */
async function pictureBox(fit = 'contain') {
  const { left, top, width, height } = await page.evaluate(() => {
    const box = probe.video().getBoundingClientRect();
    return { left: box.left, top: box.top, width: box.width, height: box.height };
  });
  const scales = [width / kWidth, height / kHeight];
  const scale = fit === 'cover' ? Math.max(...scales) : Math.min(...scales);
  const across = fit === 'fill' ? scales[0] : scale;
  const down = fit === 'fill' ? scales[1] : scale;
  return {
    left: left + (width - kWidth * across) / 2,
    top: top + (height - kHeight * down) / 2,
    across,
    down,
    bars: { across: (width - kWidth * across) / 2, down: (height - kHeight * down) / 2 },
  };
}

/**
 * Clicks on points of the picture and compares what arrives, to the pixel of the screen and of the
 * picture.
 *
 * @param {string} words
 * @param {{ left: number, top: number, across: number, down: number }} box
 */
async function assertPoints(words, box, points = [[12, 10], [300, 20], [160, 90], [20, 120]]) {
  for (const [x, y] of points) {
    await forget();
    await page.mouse.click(box.left + x * box.across, box.top + y * box.down);
    const press = await untilEvent('mouse-button-press', { button: 1 });
    const release = await untilEvent('mouse-button-release', { button: 1 });
    for (const [found, expected, scale] of [
      [press.pointer_x, x, box.across], [press.pointer_y, y, box.down],
      [release.pointer_x, x, box.across], [release.pointer_y, y, box.down],
    ]) {
      assert.ok(Math.abs(found - expected) <= Math.max(1, 1 / scale),
        `${words}: ${JSON.stringify(press)} instead of ${x},${y} (${JSON.stringify(box)})`);
    }
  }
}

test('points are exact in windows of every size, also with more than one pixel a pixel', async () => {
  for (const viewport of [
    { width: 1280, height: 800 }, { width: 700, height: 900 },
    { width: 1000, height: 700, deviceScaleFactor: 2 },
    { width: 393, height: 700, deviceScaleFactor: 2.75 },
  ]) {
    await open('/output', viewport);
    await assertPoints(JSON.stringify(viewport), await pictureBox());
    await page.close();
  }
});

/** A page with one player that has this style. @param {string} style */
async function openStyled(style, viewport) {
  page = await openPage(browser, pipeline.url('/api/streams'), viewport);
  await page.bringToFront();
  await page.evaluate(async (text) => {
    await import('/webrtc-client.js');
    document.body.replaceChildren();
    document.body.style.margin = '0';
    const player = document.createElement('webrtc-stream');
    for (const name of ['autoplay', 'muted', 'navigation']) player.setAttribute(name, '');
    player.setAttribute('src', '/output');
    player.style.cssText = `display: block; ${text}`;
    document.body.append(player);
  }, style);
  await untilPlaying(page);
}

test('points are exact beside bars, cut off, stretched, framed and turned', async () => {
  await openStyled('width: 600px; height: 200px; max-height: none; aspect-ratio: auto');
  /** @param {string} style  of the video */
  const restyle = (style) => page.evaluate((text) => {
    const frame = probe.video().parentElement;
    frame.style.cssText = 'width: 100%; height: 100%; aspect-ratio: auto; max-height: none';
    probe.video().style.cssText = text;
  }, style);
  const resize = (size) => page.evaluate((text) => {
    probe.player().style.cssText = `display: block; max-height: none; ${text}`;
  }, size);
  await restyle('touch-action: none');
  const wide = await pictureBox();
  assert.ok(wide.bars.across > 100, JSON.stringify(wide));
  await assertPoints('bars at the sides', wide);
  await resize('width: 300px; height: 400px');
  const tall = await pictureBox();
  assert.ok(tall.bars.down > 100, JSON.stringify(tall));
  await assertPoints('bars above and below', tall);

  // On a bar there is no picture.
  await forget();
  await page.mouse.click(tall.left + 20, tall.top - 30);
  await page.mouse.click(tall.left + 20, tall.top + 30);
  await untilEvent('mouse-button-release');
  assert.equal(seen.filter(({ event }) => event === 'mouse-button-press').length, 1);

  await restyle('object-fit: fill');
  await assertPoints('stretched', await pictureBox('fill'));
  await restyle('object-fit: cover');
  await assertPoints('cut off', await pictureBox('cover'), [[150, 20], [170, 90]]);
  // Of the whole element is taken 20 pixels at the left, and 10 above.
  await resize('width: 320px; height: 180px');
  await restyle('object-fit: fill; box-sizing: border-box; border: solid red; padding: 6px 7px; '
    + 'border-width: 10px 0 0 20px');
  const { left, top } = await pictureBox('fill');
  await assertPoints('framed', {
    left: left + 27, top: top + 16, across: (320 - 34) / 320, down: (180 - 22) / 180,
  });
  await resize('width: 320px; height: 180px; transform-origin: 0 0; transform: scale(1.5, 2)');
  await restyle('object-fit: fill');
  await assertPoints('transformed', await pictureBox('fill'));
  await resize('width: 320px; height: 180px; zoom: 1.5');
  await assertPoints('zoomed', await pictureBox('fill'));
});

test('points are exact in full screen', async () => {
  await open('/output', { width: 900, height: 900 });
  await page.evaluate(() => probe.player().toggleFullscreen());
  await until('the player fills the screen', () => page.evaluate(
    () => document.fullscreenElement === probe.player()));
  await assertPoints('full screen', await pictureBox());
});

test('keys reach the pipeline by the names of X, and the page keeps none of them', async () => {
  await open('/output');
  const box = await pictureBox();
  await page.mouse.click(box.left + 100, box.top + 50);
  await forget();
  await page.keyboard.down('Shift');
  await page.keyboard.press('A');
  await page.keyboard.up('Shift');
  for (const key of ['x', 'Enter', 'ArrowLeft', 'F5', '?']) await page.keyboard.press(key);
  await untilEvent('key-release', { key: 'question' });
  const keys = seen.filter(({ key }) => key);
  assert.deepEqual(keys.map(({ event, key }) => `${event} ${key}`), [
    'key-press Shift_L', 'key-press A', 'key-release A', 'key-release Shift_L',
    ...['x', 'Return', 'Left', 'F5', 'question'].flatMap(
      (key) => [`key-press ${key}`, `key-release ${key}`]),
  ]);
  assert.equal(await page.evaluate(() => document.querySelector('dialog[open]')), null);
  assert.ok(await page.evaluate(() => getComputedStyle(probe.video()).outlineStyle === 'solid'));
  // Twice Escape is the way out, and the page has its keys again.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await untilEvent('key-release', { key: 'Escape' });
  await page.keyboard.press('?');
  await until('the help is open', () => page.evaluate(
    () => document.querySelector('dialog[open]') !== null));
});

test('what is held is released when the keyboard goes elsewhere, and when the page is closed',
  async () => {
    await open('/output');
    const box = await pictureBox();
    await page.mouse.move(box.left + 100, box.top + 50);
    await page.mouse.down();
    await page.keyboard.down('a');
    await untilEvent('key-press', { key: 'a' });
    await forget();
    await page.evaluate(() => probe.video().blur());
    await untilEvent('key-release', { key: 'a' });
    await page.keyboard.up('a');
    await page.evaluate(() => probe.video().focus());
    await page.keyboard.down('Control');
    await page.keyboard.down('b');
    await untilEvent('key-press', { key: 'b' });
    await page.close();
    await untilEvent('key-release', { key: 'b' });
    await untilEvent('key-release', { key: 'Control_L' });
    await untilEvent('mouse-button-release', { button: 1 });
  });

test('what is held is released when the browser is killed', async () => {
  const victim = await launchChromium();
  page = await openPage(victim, pipeline.url('/output'));
  await untilPlaying(page);
  const box = await pictureBox();
  await forget();
  await page.mouse.click(box.left + 100, box.top + 50);
  await page.keyboard.down('k');
  await untilEvent('key-press', { key: 'k' });
  victim.process().kill('SIGKILL');
  await untilEvent('key-release', { key: 'k' });
  page = null;
});

test('the wheel and other buttons are the pipeline’s', async () => {
  await open('/output');
  const box = await pictureBox();
  await page.mouse.move(box.left + 100 * box.across, box.top + 50 * box.down);
  await forget();
  await page.mouse.wheel({ deltaY: 120 });
  const scroll = await untilEvent('mouse-scroll');
  assert.equal(scroll.delta_pointer_y, -120);
  assert.equal(scroll.delta_pointer_x, 0);
  assert.ok(Math.abs(scroll.pointer_x - 100) <= 1, JSON.stringify(scroll));
  assert.equal(await page.evaluate(() => scrollY), 0);
  await page.mouse.down({ button: 'right' });
  await page.mouse.down({ button: 'left' });
  await page.mouse.up({ button: 'right' });
  await page.mouse.up({ button: 'left' });
  await untilEvent('mouse-button-release', { button: 1 });
  assert.deepEqual(seen.filter(({ button }) => button)
    .map(({ event, button }) => `${event} ${button}`), [
    'mouse-button-press 3', 'mouse-button-press 1', 'mouse-button-release 3',
    'mouse-button-release 1',
  ]);
});

test('moves are told once a picture, over a channel that may lose them', async () => {
  page = await openPage(browser, null);
  await page.evaluateOnNewDocument(() => {
    window.sent = [];
    const { send } = RTCDataChannel.prototype;
    RTCDataChannel.prototype.send = function record(text) {
      if (text.includes('MouseMove')) window.sent.push(this.label);
      send.call(this, text);
    };
  });
  await page.goto(pipeline.url('/output'));
  await page.bringToFront();
  await untilPlaying(page);
  const sent = () => page.evaluate(() => window.sent);
  const box = await pictureBox();
  await page.mouse.move(box.left + 40, box.top + 50);
  // Where the pointer rests is not lost.
  await until('the first place is told again', async () => (await sent()).at(-1) === 'control',
    { otherwise: sent });
  await forget();
  // All of them within one picture, as puppeteer's mouse is not fast enough for.
  await page.evaluate(({ left, top }) => {
    window.sent = [];
    for (let i = 0; i <= 50; ++i) {
      probe.video().dispatchEvent(new PointerEvent('pointermove', {
        pointerType: 'mouse', isPrimary: true, clientX: left + 50 + i, clientY: top + 50,
      }));
    }
  }, box);
  await until('the last place is told again', async () => (await sent()).at(-1) === 'control',
    { otherwise: sent });
  assert.deepEqual(await sent(), ['lossy', 'control']);
  await until('the last place', async () => {
    await pump();
    const last = seen.filter(({ event }) => event === 'mouse-move').at(-1);
    return last && Math.abs(last.pointer_x - 100 / box.across) <= 1;
  }, { otherwise: () => seen });
});

test('fingers are followed one by one', async () => {
  await open('/output', { width: 800, height: 700, hasTouch: true });
  const box = await pictureBox();
  const at = (x, y) => [box.left + x * box.across, box.top + y * box.down];
  await forget();
  const first = await page.touchscreen.touchStart(...at(50, 60));
  const second = await page.touchscreen.touchStart(...at(200, 90));
  await second.move(...at(220, 100));
  await first.end();
  await second.end();
  await until('both are lifted', async () => {
    await pump();
    return seen.filter(({ event }) => event === 'touch-up').length === 2;
  }, { otherwise: () => seen });
  const downs = seen.filter(({ event }) => event === 'touch-down');
  assert.deepEqual(downs.map(({ identifier }) => identifier), [0, 1]);
  assert.ok(Math.abs(downs[0].pointer_x - 50) <= 1 && Math.abs(downs[1].pointer_y - 90) <= 1,
    JSON.stringify(downs));
  assert.ok(seen.some(({ event, identifier }) => event === 'touch-motion' && identifier === 1));
  assert.ok(seen.some(({ event }) => event === 'touch-frame'));
  assert.equal(await page.evaluate(() => scrollY), 0);
});

test('a stream that takes none is a mere picture', async () => {
  await open('/plain');
  const box = await pictureBox();
  await page.mouse.click(box.left + 100, box.top + 50);
  assert.equal(await page.evaluate(() => probe.video().hasAttribute('tabindex')), false);
  assert.equal(await page.evaluate(() => probe.player().stream.navigation.available), false);
  const code = await page.evaluate(() => probe.player().stream.navigation
    .send({ event: 'KeyPress', key: 'a' }).catch((error) => error.code));
  assert.equal(code, 'off');
});
