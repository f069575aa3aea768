// SPDX-License-Identifier: LGPL-2.1-or-later
// The examples of pages of one's own: a file on a server of its own, and Flask's.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium, openPage } from './support/browsers.js';
import { Pipeline, sink } from './support/pipeline.js';
import { Program } from './support/program.js';
import { until } from './support/until.js';
import { untilPlaying } from './support/watching.js';

const kExamples = fileURLToPath(new URL('../../examples/web', import.meta.url));
const kPython = '/usr/bin/python3';
const kFlask = spawnSync(kPython, ['-c', 'import flask']).status === 0;

/** @type {import('puppeteer-core').Browser} */
let browser;

before(async () => {
  browser = await launchChromium();
});

after(() => browser?.close());

/** Moves a slider, or writes into a field, as its events tell the page. */
function change(page, name, value) {
  return page.evaluate((field, wanted) => {
    const input = document.querySelector(`input[name=${field}]`);
    input.value = wanted;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, name, value);
}

test('a page in one file shows a stream of another origin and turns its knobs', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  const pipeline = await Pipeline.start(
    'videotestsrc name=src is-live=true pattern=circular '
    + '! video/x-raw,width=320,height=240,framerate=15/1 ! textoverlay name=overlay text=hello ! '
    + sink(`allowed-origins="<\\"${origin}\\">" controls="speed=src.horizontal-speed,min=-20,max=20,`
      + 'label=Speed;text=overlay.text,max-length=10,label=Text"'));
  try {
    const text = readFileSync(`${kExamples}/plain/index.html`, 'utf8');
    assert.equal(text.split('http://localhost:8554').length, 3, 'the address is in two places');
    const mine = text.replaceAll('http://localhost:8554', new URL(pipeline.base).origin);
    server.on('request', (_, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(mine);
    });
    const page = await openPage(browser, `${origin}/`);
    await untilPlaying(page);
    await until('the sliders are there', () => page.evaluate(() => (
      document.querySelector('input[name=text]')?.value === 'hello'
        && document.querySelector('input[name=speed][type=range]')?.max === '20')));
    await change(page, 'speed', '7');
    await until('the source moves', async () => await pipeline.get('src.horizontal-speed') === 7);
    await pipeline.set('src.horizontal-speed', -3);
    await until('the slider follows', () => page.evaluate(() => (
      document.querySelector('input[name=speed]').value === '-3')));
    await change(page, 'text', 'longer than ten');
    await until('the page says what is wrong', () => page.evaluate(() => (
      document.getElementById('words').textContent.includes('10'))));
    assert.equal(await pipeline.get('overlay.text'), 'hello');
    await page.close();
  } finally {
    server.close();
    server.closeAllConnections();
    assert.equal(await pipeline.stop(), 0);
  }
});

describe('Flask', { skip: !kFlask && 'python3-flask is not installed' }, () => {
  test('its page shows the stream, and its sliders steer the pipeline', async () => {
    const program = new Program([kPython, `${kExamples}/flask/app.py`, '--port', '0', '--stream-port', '0']);
    try {
      const [, base] = await program.said(/Open (http\S+)/);
      const page = await openPage(browser, base);
      await untilPlaying(page);
      const values = async () => (await fetch(`${base}api/picture`)).json();
      await change(page, 'speed', '7');
      await change(page, 'text', 'a < b');
      await until('the pipeline has it', async () => {
        const { speed, text } = await values();
        return speed === 7 && text === 'a < b';
      }, { otherwise: values });
      await page.close();
    } finally {
      assert.equal(await program.stop(), 0, program.output);
    }
  });
});
