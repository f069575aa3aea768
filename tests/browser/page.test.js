// SPDX-License-Identifier: LGPL-2.1-or-later
// The page as people find it: by keyboard, by address, on a phone, in the dark, inside another page.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { launchChromium, launchFirefox, openPage } from './support/browsers.js';
import { artefact, scratchFolder } from './support/environment.js';
import {
  controlsForPeople, focusedName, pressWithShift, tabTo, untilPlayers, watchConduct,
} from './support/page_driver.js';
import { Pipeline, freePort, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import { playerState, untilPlaying, untilState, watch } from './support/watching.js';

const kSmall = testPicture({ width: 320, height: 180, rate: 15 });
const kTone = 'audiotestsrc is-live=true volume=0.3';
const folder = scratchFolder(after);

/** @type {import('puppeteer-core').Browser} */
let browser;
/** Two streams, `front` with sound. @type {Pipeline} */
let pipeline;

before(async () => {
  browser = await launchChromium();
  const port = await freePort();
  pipeline = await Pipeline.start(
    `${kSmall} ! ${sink('meta="meta,title=(string)\\"Front camera\\""', { port, stream: 'front' })} `
    + `${kTone} ! front. `
    + `${testPicture({ width: 320, height: 180, rate: 15, pattern: 'ball' })} `
    + `! ${sink('', { port, stream: 'garden' })}`, { stream: 'front' });
});

after(async () => {
  await browser?.close();
  assert.equal(await pipeline?.stop(), 0);
});

function has(page, selector) {
  return page.evaluate((s) => document.querySelector(s) !== null, selector);
}

describe('by keyboard alone', () => {
  /** @type {import('puppeteer-core').Page} */
  let page;

  before(async () => {
    page = await openPage(browser, pipeline.url('/'));
    await until('two cards',
      () => page.evaluate(() => document.querySelectorAll('.card').length === 2));
  });

  after(() => page.close());

  test('1 plays the first stream, Shift+2 the second beside it', async () => {
    await page.keyboard.press('1');
    await untilPlayers(page, 1);
    await untilPlaying(page);
    assert.match(page.url(), /\/front$/);
    await pressWithShift(page, '2');
    await untilPlayers(page, 2);
    await untilPlaying(page, 1);
    assert.match(page.url(), /stream=front&stream=garden/);
    assert.deepEqual([(await playerState(page, 0)).muted, (await playerState(page, 1)).muted],
      [false, true], 'one of several has its sound');
  });

  test('] and [ step through the streams', async () => {
    await page.keyboard.press('1');
    await untilPlayers(page, 1);
    await page.keyboard.press(']');
    await until('the next one', () => /\/garden$/.test(page.url()));
    await page.keyboard.press('[');
    await until('the one before', () => /\/front$/.test(page.url()));
    await untilPlaying(page);
  });

  test('k stops and plays, m takes the sound and gives it back', async () => {
    await page.keyboard.press('k');
    await untilState(page, 'idle');
    await until('nobody watches', async () => (await pipeline.describe()).peer_count === 0);
    await page.keyboard.press('k');
    await untilPlaying(page);
    const muted = async () => (await playerState(page)).muted;
    assert.equal(await muted(), false);
    await page.keyboard.press('m');
    await until('it is muted', muted);
    await page.keyboard.press('m');
    await until('it is heard', async () => !await muted());
  });

  test('i shows statistics, in numbers and charts', async () => {
    await page.keyboard.press('i');
    const text = () => page.evaluate(() => document.querySelector('.statistics')?.innerText ?? '');
    await until('numbers of two seconds', async () => /320.?×.?180/.test(await text())
      && /Opus/i.test(await text()), { otherwise: text });
    const words = await text();
    for (const name of ['Bitrate', 'Frame rate', 'Packets lost', 'Frames decoded',
      'Frames dropped', 'Key frames', 'Jitter', 'Round trip', 'Codec', 'Resolution']) {
      assert.match(words, new RegExp(name, 'i'));
    }
    assert.match(words, /H\.264/);
    assert.match(words, /host/, 'the types of candidates');
    assert.ok(await page.evaluate(() => document.querySelectorAll('.statistics canvas').length >= 4));
    await page.keyboard.press('i');
    await until('they are gone',
      () => page.evaluate(() => document.querySelector('.statistics').hidden));
  });

  test('s saves a picture in the size of the video', async () => {
    const session = await browser.target().createCDPSession();
    await session.send('Browser.setDownloadBehavior',
      { behavior: 'allow', downloadPath: folder, eventsEnabled: false });
    await page.keyboard.press('s');
    const [name] = await until('a file', () => {
      const names = readdirSync(folder).filter((file) => /^front-.*\.png$/.test(file));
      return names.length > 0 && names;
    });
    const png = readFileSync(`${folder}/${name}`);
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [320, 180]);
  });

  test('f fills the screen and f leaves it', async () => {
    const full = () => page.evaluate(() => document.fullscreenElement?.localName ?? null);
    await page.keyboard.press('f');
    await until('the player fills the screen', async () => await full() === 'webrtc-stream');
    await page.keyboard.press('f');
    await until('it does not any more', async () => await full() === null);
  });

  test('t changes the theme, and it is kept', async () => {
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? 'auto');
    assert.equal(await theme(), 'auto');
    await page.keyboard.press('t');
    assert.equal(await theme(), 'light');
    await page.keyboard.press('t');
    assert.equal(await theme(), 'dark');
    await page.reload();
    assert.equal(await theme(), 'dark');
    await until('the player is back', () => has(page, 'webrtc-stream'));
    await page.keyboard.press('t');
    assert.equal(await theme(), 'auto');
  });

  test('? explains the keys, Escape closes that', async () => {
    const open = () => page.evaluate(() => document.querySelector('dialog').open);
    await page.keyboard.press('?');
    await until('the help', open);
    await page.keyboard.press('m');
    assert.equal((await playerState(page)).muted, false, 'keys mean nothing behind a dialog');
    await page.keyboard.press('Escape');
    await until('it is closed', async () => !await open());
  });

  test('Tab reaches every control, Enter and Space work them', async () => {
    await page.goto(pipeline.url('/'));
    await until('two cards',
      () => page.evaluate(() => document.querySelectorAll('.card').length === 2));
    await tabTo(page, /Front camera/);
    await page.keyboard.press('Enter');
    await untilPlaying(page);
    for (const name of [/Stop \(k\)/, /Mute \(m\)/, /Volume/, /snapshot/, /Full screen/,
      /Statistics/, /Close/]) {
      await tabTo(page, name);
    }
    assert.match(await focusedName(page), /Close/);
    await page.keyboard.press('Space');
    await untilPlayers(page, 0);
  });

  test('x closes', async () => {
    await page.keyboard.press('1');
    await untilPlayers(page, 1);
    await page.keyboard.press('x');
    await untilPlayers(page, 0);
    assert.equal(new URL(page.url()).pathname, '/');
  });
});

describe('the address says', () => {
  /** @param {string} path @param {(page: import('puppeteer-core').Page) => Promise<void>} check */
  async function at(path, check) {
    const page = await openPage(browser, pipeline.url(path));
    try {
      await check(page);
    } finally {
      await page.close();
    }
  }

  test('which stream: /<stream> and ?stream=', async () => {
    for (const path of ['/garden', '/?stream=garden']) {
      await at(path, async (page) => {
        await untilPlaying(page);
        assert.equal(await page.evaluate(() => probe.player().stream.name), 'garden');
      });
    }
  });

  test('which streams: ?stream= several times', () => at('/?stream=front&stream=garden',
    async (page) => {
      await untilPlayers(page, 2);
      for (const index of [0, 1]) await untilPlaying(page, index);
    }));

  test('?embed: the player alone, edge to edge', () => at('/front?embed', async (page) => {
    await untilPlaying(page);
    assert.equal(await has(page, 'header'), false);
    assert.equal(await has(page, '.card'), false);
    const { width, controls } = await page.evaluate(() => ({
      width: probe.player().getBoundingClientRect().width, controls: probe.player().controls,
    }));
    assert.deepEqual([width, controls], [1280, false]);
  }));

  test('?embed&controls, ?muted, ?autoplay=0', () => at('/front?embed&controls&muted&autoplay=0',
    async (page) => {
      await until('a player', () => has(page, 'webrtc-stream'));
      assert.equal(await page.evaluate(() => probe.player().controls), true);
      const { state, muted } = await playerState(page);
      assert.deepEqual([state, muted], ['idle', true]);
      await page.mouse.click(640, 360);
      await untilPlaying(page);
    }));

  test('what cannot be a stream, and the page says so', () => at('/?stream=a%2Fb%20c',
    async (page) => {
      await until('the words', () => page.evaluate(() => (
        /No stream can be called/.test(document.body.innerText))));
    }));

  test('and inside a frame of another page it plays too', async () => {
    const page = await openPage(browser, pipeline.url('/healthz'));
    await page.evaluate((src) => {
      const frame = document.createElement('iframe');
      frame.src = src;
      frame.allow = 'autoplay; fullscreen; picture-in-picture';
      document.body.append(frame);
    }, pipeline.url('/garden?embed').replace('127.0.0.1', 'localhost'));
    const frame = await page.waitForFrame((candidate) => candidate.url().includes('embed'));
    await until('it plays', () => frame.evaluate(async () => await probe.framesDecoded() > 10),
      { otherwise: () => frame.evaluate(() => probe.state()) });
    await page.close();
  });
});

test('the only stream of a server plays at /', async () => {
  const only = await Pipeline.start(`${kSmall} ! ${sink()}`);
  try {
    const page = await watch(browser, only, '/');
    assert.equal(new URL(page.url()).pathname, '/');
    await page.close();
  } finally {
    await only.stop();
  }
});

test('a server without a stream says how to make one', async () => {
  const empty = await Pipeline.start(
    `videotestsrc is-live=true num-buffers=2 ! ${sink()}`);
  try {
    await empty.event('eos');
    const page = await openPage(browser, empty.url('/'));
    await until('the words', () => page.evaluate((port) => (
      new RegExp(`webrtcsink uri=webrtc://@:${port}/output`).test(document.body.innerText)),
    empty.port), { otherwise: () => page.evaluate(() => document.body.innerText) });
    await page.close();
  } finally {
    await empty.stop();
  }
});

describe('where the browser blocks autoplay', () => {
  test('only of sound, the picture plays and the sound is a click away', async () => {
    const strict = await launchChromium({
      autoplay: false, args: ['--autoplay-policy=document-user-activation-required'],
    });
    try {
      const page = await openPage(strict, pipeline.url('/front'));
      // Puppeteer's questions count as gestures, so only the server can be asked before.
      await until('frames are sent', async () => Object.values((await pipeline.statistics()).sessions)
        .some(({ tracks }) => tracks.video_0?.frames > 20));
      assert.equal((await playerState(page)).muted, true);
      await untilPlaying(page);
      const notice = await page.evaluateHandle(() => (
        probe.player().shadowRoot.querySelector('.notice')));
      await until('the notice', () => notice.evaluate((node) => !node.hidden));
      await notice.click();
      await until('it is heard', async () => !(await playerState(page)).muted);
      await until('the notice is gone', () => notice.evaluate((node) => node.hidden));
      assert.equal((await playerState(page)).paused, false);
    } finally {
      await strict.close();
    }
  });

  test('of everything, a click plays', async () => {
    const strict = await launchFirefox({
      autoplay: false,
      preferences: { 'media.autoplay.default': 5, 'media.autoplay.blocking_policy': 2 },
    });
    try {
      const page = await openPage(strict, pipeline.url('/front'));
      const start = await page.evaluateHandle(() => (
        probe.player().shadowRoot.querySelector('.start')));
      await until('the button', () => start.evaluate((node) => !node.hidden),
        { otherwise: () => playerState(page) });
      assert.equal((await playerState(page)).paused, true);
      assert.match(await start.evaluate((node) => node.getAttribute('aria-label')), /^Play /);
      await start.click();
      await until('it plays', async () => (await playerState(page)).paused === false);
      await until('the button is gone', () => start.evaluate((node) => node.hidden));
    } finally {
      await strict.close();
    }
  });
});

describe('the page looks after', () => {
  const kPhone = { width: 390, height: 844, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

  for (const scheme of ['light', 'dark']) {
    test(`those who like it ${scheme}`, async () => {
      const page = await openPage(browser, null);
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.goto(pipeline.url('/?stream=front&stream=garden'));
      for (const index of [0, 1]) await untilPlaying(page, index);
      const [background, text] = await page.evaluate(() => {
        const { color } = getComputedStyle(document.body);
        const { backgroundColor } = getComputedStyle(document.documentElement);
        return [backgroundColor, color].map((value) => (
          value.match(/[\d.]+/g).slice(0, 3).reduce((sum, channel) => sum + Number(channel), 0) / 3));
      });
      assert.ok(scheme === 'dark' ? background < 64 && text > 160 : background > 190 && text < 96,
        `background ${background}, text ${text}`);
      await page.screenshot({ path: artefact(`page-${scheme}.png`) });
      await page.close();
    });
  }

  test('phones', async () => {
    const page = await openPage(browser, pipeline.url('/?stream=front&stream=garden&statistics'),
      kPhone);
    await untilPlaying(page);
    const { scroll, width, players } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      width: innerWidth,
      players: [...document.querySelectorAll('webrtc-stream')].map((player) => (
        player.getBoundingClientRect())).map(({ x, width: w }) => ({ x, w })),
    }));
    assert.equal(width, kPhone.width, 'the page has the width of the phone');
    assert.ok(scroll <= width, `no sideways scrolling: ${scroll}`);
    for (const { x, w } of players) assert.ok(x >= 0 && w > width * 0.85, `player ${w} of ${width}`);
    const small = await page.evaluate(() => [...document.querySelectorAll('button')]
      .filter((button) => button.checkVisibility())
      .map((button) => ({ name: button.title, box: button.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24).map(({ name }) => name));
    assert.deepEqual(small, [], 'buttons large enough for a finger (WCAG 2.5.8)');
    await page.screenshot({ path: artefact('page-phone.png') });
    await page.close();
  });

  test('those who cannot see it', async () => {
    const page = await openPage(browser, pipeline.url('/?stream=front&stream=garden&statistics'));
    await untilPlaying(page);
    await until('statistics', () => has(page, '.statistics dl'));
    const controls = await controlsForPeople(page);
    assert.ok(controls.filter(({ role }) => role === 'button').length > 10);
    assert.deepEqual(controls.filter(({ name }) => name.trim() === ''), [], 'everything has a name');
    const { language, title, headings, status } = await page.evaluate(() => ({
      language: document.documentElement.lang,
      title: document.title,
      headings: document.querySelectorAll('h1').length,
      status: [...document.querySelectorAll('webrtc-stream')].every((player) => (
        player.shadowRoot.querySelector('[role=status]'))),
    }));
    assert.equal(language, 'en');
    assert.match(title, /Front camera, garden/);
    assert.equal(headings, 1);
    assert.ok(status, 'changes of state are announced');
    await page.close();
  });

  test('those who look at its source: no error, no other host, no inline script', async () => {
    const page = await openPage(browser, null);
    const misdeeds = watchConduct(page, pipeline.base);
    const response = await page.goto(pipeline.url('/front?statistics'));
    assert.match(response.headers()['content-security-policy'], /default-src 'none'/);
    await untilPlaying(page);
    await until('a chart', () => has(page, '.statistics canvas'));
    assert.deepEqual(misdeeds, []);
    await page.close();
  });
});

test('cards tell who watches, as it changes', async () => {
  const page = await openPage(browser, pipeline.url('/'));
  const texts = () => page.evaluate(() => [...document.querySelectorAll('.card')].map((card) => (
    card.innerText.replaceAll('\n', ' '))));
  await until('the cards', async () => (await texts()).some((text) => /Front camera.*Live.*0 viewers/
    .test(text) && /320×180 15 fps H\.264/.test(text) && /Opus/.test(text)), { otherwise: texts });
  const viewer = await watch(browser, pipeline, '/front?embed');
  await page.bringToFront();  // A hidden page does not keep its cards up to date.
  await until('one viewer', async () => (await texts()).some((text) => /Front.*1 viewer/.test(text)),
    { otherwise: texts });
  await viewer.close();
  await until('none', async () => (await texts()).some((text) => /Front.*0 viewers/.test(text)),
    { otherwise: texts });
  await page.close();
});
