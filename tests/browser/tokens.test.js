// SPDX-License-Identifier: LGPL-2.1-or-later
// What people see of tokens: where one is asked for, what is said of one that is no good, and that
// none stays where others may read it. And what pages of other origins may.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { kLaunchers, launchChromium, openPage } from './support/browsers.js';
import { scratchFolder } from './support/environment.js';
import { Pipeline, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import { untilPlaying, untilState } from './support/watching.js';

const kSource = testPicture({ width: 320, height: 180, rate: 15 });
const folder = scratchFolder(after);

function entry(token, more = {}) {
  const sha256 = createHash('sha256').update(token).digest('hex');
  return { sha256, streams: ['output'], allow: ['view'], ...more };
}

/** Puts the file in place in one step. @returns its path */
function writeTokens(name, ...entries) {
  const path = join(folder, name);
  writeFileSync(`${path}.new`, JSON.stringify(entries), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}

/** The text of the dialog that is open, or null. */
function dialogWords(page) {
  return page.evaluate(() => document.querySelector('dialog[open]')?.innerText ?? null);
}

function untilDialog(page, words) {
  return until(`the dialog says ${words}`, async () => words.test(await dialogWords(page) ?? ''),
    { otherwise: () => dialogWords(page) });
}

async function enter(page, token) {
  await page.locator('dialog[open] input').fill(token);
  await page.keyboard.press('Enter');
}

function untilWords(page, words) {
  const said = () => page.evaluate(() => probe.state()?.message);
  return until(`the player says ${words}`, async () => words.test(await said() ?? ''),
    { otherwise: said });
}

for (const [name, launch] of Object.entries(kLaunchers)) {
  describe(`a server that asks for tokens, in ${name}`, () => {
    let browser;
    let pipeline;

    before(async () => {
      const file = writeTokens(`${name}.json`, entry('right-one'),
        entry('elsewhere', { streams: ['cam-*'] }), entry('old', { expires: 1000 }));
      [browser, pipeline] = await Promise.all([
        launch(), Pipeline.start(`${kSource} ! ${sink(`auth-tokens=${file}`)}`),
      ]);
    });

    after(async () => {
      await browser.close();
      await pipeline.stop();
    });

    test('asks, says what is wrong with a token, and plays with the right one', async () => {
      const page = await openPage(browser, pipeline.url());
      await untilDialog(page, /asks for a token/);
      await enter(page, 'wrong-one');
      await untilDialog(page, /not known/);
      await enter(page, 'old');
      await untilDialog(page, /has expired/);
      await enter(page, 'right-one');
      await untilPlaying(page);
      assert.equal(await dialogWords(page), null);
      assert.equal(page.url(), pipeline.url());
      assert.doesNotMatch(await page.evaluate(() => document.documentElement.outerHTML),
        /right-one/);
      // It is kept for as long as the tab.
      await page.reload();
      await untilPlaying(page);
      assert.equal(await dialogWords(page), null);
      await page.close();
    });

    test('says so when the token does not allow this', async () => {
      const page = await openPage(browser, pipeline.url());
      await untilDialog(page, /asks for a token/);
      await enter(page, 'elsewhere');
      await untilWords(page, /does not let you view this stream/);
      assert.equal((await page.evaluate(() => probe.state())).state, 'denied');
      // Another token is a click away.
      await page.locator('header button[title="Token"]').click();
      await untilDialog(page, /Another token/);
      await enter(page, 'right-one');
      await untilPlaying(page);
      await page.close();
    });

    test('takes the token out of the address at once', async () => {
      const page = await openPage(browser, pipeline.url('/output?muted&token=right-one'));
      assert.equal(page.url(), pipeline.url('/output?muted'));
      await untilPlaying(page);
      assert.equal(page.url(), pipeline.url('/output?muted'));
      await page.goto(pipeline.url('/output?token=wrong-one'), { waitUntil: 'load' });
      assert.equal(page.url(), pipeline.url('/output'));
      await untilDialog(page, /not known/);
      await page.close();
    });
  });
}

describe('a token that ends', () => {
  let browser;

  before(async () => {
    browser = await launchChromium();
  });

  after(() => browser.close());

  test('by its time ends the session, in words, and a new one goes on', async () => {
    const file = writeTokens('ending.json', entry('short'));
    const pipeline = await Pipeline.start(`${kSource} ! ${sink(`auth-tokens=${file}`)}`);
    try {
      const page = await openPage(browser, pipeline.url('/output?token=short'));
      await untilPlaying(page);
      // The page may take its time to play; the token's begins to run when it does.
      writeTokens('ending.json', entry('short', { expires: Math.floor(Date.now() / 1000) + 6 }),
        entry('long'));
      await untilDialog(page, /has expired/);
      await untilState(page, 'denied');
      await untilWords(page, /has expired/);
      await enter(page, 'long');
      await untilPlaying(page);
    } finally {
      await pipeline.stop();
    }
  });

  test('because the file has it no more ends its sessions, and no others', async () => {
    const file = writeTokens('revoked.json', entry('one'), entry('two'));
    const pipeline = await Pipeline.start(`${kSource} ! ${sink(`auth-tokens=${file}`)}`);
    try {
      const leaver = await openPage(browser, pipeline.url('/output?token=one'));
      await untilPlaying(leaver);
      const stayer = await openPage(browser, pipeline.url('/output?token=two'));
      await untilPlaying(stayer);
      await stayer.evaluate(() => probe.logStates());
      writeTokens('revoked.json', entry('two'));
      await untilDialog(leaver, /not known/);
      await untilState(leaver, 'denied');
      await untilPlaying(stayer);
      assert.deepEqual(await stayer.evaluate(() => probe.states()), []);
    } finally {
      await pipeline.stop();
    }
  });
});

describe('a page of another origin', () => {
  let browser;
  let pages;
  let origin;

  before(async () => {
    browser = await launchChromium();
    pages = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Mine</title>');
    }).listen(0, '127.0.0.1');
    await once(pages, 'listening');
    origin = `http://127.0.0.1:${pages.address().port}`;
  });

  after(async () => {
    await browser.close();
    pages.close();
  });

  const read = (page, url, token) => page.evaluate(async (address, bearer) => {
    try {
      const response = await fetch(address, { headers: { authorization: `Bearer ${bearer}` } });
      return response.status;
    } catch (error) {
      return error.name;
    }
  }, url, token);

  test('that is listed reads and plays, with a token', async () => {
    const file = writeTokens('listed.json', entry('right-one'));
    const pipeline = await Pipeline.start(
      `${kSource} ! ${sink(`auth-tokens=${file} allowed-origins=<${origin}>`)}`);
    try {
      const page = await openPage(browser, origin);
      assert.equal(await read(page, pipeline.url('/api/streams'), 'right-one'), 200);
      assert.equal(await read(page, pipeline.url('/api/streams'), 'wrong-one'), 401);
      await page.evaluate(async (base) => {
        await import(`${base}webrtc-client.js`);
        document.body.innerHTML = `<webrtc-stream autoplay muted src="${base}output"
          token="right-one"></webrtc-stream>`;
      }, pipeline.base);
      await untilPlaying(page);
      await page.evaluate(() => {
        document.querySelector('webrtc-stream').token = 'wrong-one';
      });
      await untilState(page, 'denied');
    } finally {
      await pipeline.stop();
    }
  });

  test('that is not listed reads nothing, token or not', async () => {
    const file = writeTokens('unlisted.json', entry('right-one'));
    const pipeline = await Pipeline.start(`${kSource} ! ${sink(
      `auth-tokens=${file} allowed-origins=<https://pages.example>`)}`);
    try {
      const page = await openPage(browser, origin);
      assert.equal(await read(page, pipeline.url('/api/streams'), 'right-one'), 'TypeError');
    } finally {
      await pipeline.stop();
    }
  });
});
