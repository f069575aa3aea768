// SPDX-License-Identifier: LGPL-2.1-or-later
// The example: pictures are recorded under a tag, learnt and recognized, all of it in the browser.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium, openPage } from './support/browsers.js';
import { artefact, scratchFolder } from './support/environment.js';
import { Program } from './support/program.js';
import { until } from './support/until.js';

const kScript = fileURLToPath(new URL('../../examples/recognizer/recognizer.py', import.meta.url));
// Debian's OpenCV is for Debian's Python.
const kPython = '/usr/bin/python3';
const kThere = spawnSync(kPython, ['-c', 'import cv2']).status === 0;
const kColours = { disc: [20, 180, 40], bars: [40, 60, 200] };  // at the middle of the picture
const kMost = 60;  // that a channel may be off, after two encoders

const folder = scratchFolder(after);
/** @type {import('puppeteer-core').Browser} */
let browser;

before(async () => {
  browser = await launchChromium();
});

after(() => browser?.close());

async function start(...more) {
  const program = new Program([kPython, kScript, '--host', '127.0.0.1', '--port', '0',
    '--data', `${folder}/recordings`, ...more]);
  const [, base] = await program.said(/Open (http\S+)/);
  const ask = async (method, path, body) => {
    const response = await fetch(new URL(path, base), { method, body });
    return { status: response.status, answer: await response.json() };
  };
  return { program, base, ask };
}

/** Sends a canvas as the camera; `draw(what)` changes what it shows. Runs in the page. */
async function sendCanvas() {
  const { WebRTCPublisher } = await import('/webrtc-client.js');
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 320, height: 240 });
  const context = canvas.getContext('2d');
  let count = 0;
  let what = 'nothing';
  window.draw = (wanted) => { what = wanted; };
  setInterval(() => {
    // Never twice the same: a picture at rest is not sent.
    count += 1;
    context.fillStyle = '#808080';
    context.fillRect(0, 0, 320, 240);
    context.fillStyle = count % 2 ? '#707070' : '#787878';
    context.fillRect(0, 0, 16, 16);
    if (what === 'disc') {
      context.fillStyle = 'rgb(20 180 40)';
      context.beginPath();
      context.arc(160, 120, 70, 0, 7);
      context.fill();
    } else if (what === 'bars') {
      context.fillStyle = 'rgb(40 60 200)';
      for (let x = 60; x < 300; x += 50) context.fillRect(x - 8, 30, 24, 180);
      context.fillRect(140, 100, 40, 40);
    }
  }, 50);
  window.publisher = new WebRTCPublisher('/input');
  await window.publisher.start({ video: canvas.captureStream(20).getVideoTracks()[0], audio: null });
}

/** Waits until what is drawn has been to the program and back. */
async function show(page, what) {
  await page.evaluate((wanted) => window.draw(wanted), what);
  const seen = () => page.evaluate(() => probe.colours([[0.5, 0.5]]));
  await until(`the viewers see the ${what}`, async () => {
    const colours = await seen();
    return colours?.[0].every((value, i) => Math.abs(value - kColours[what][i]) < kMost);
  }, { otherwise: seen });
}

const wordsOf = (page) => page.evaluate(() => document.getElementById('words').textContent);
const recognized = (page) => page.evaluate(() => document.getElementById('recognized').textContent);

async function record(page, tag, count) {
  await page.evaluate((wanted) => { document.getElementById('tag').value = wanted; }, tag);
  for (let i = 1; i <= count; i += 1) {
    await page.click('#recorder [type=submit]');
    await until(`${i} pictures of the ${tag}`, () => page.evaluate((wanted) => (
      [...document.querySelectorAll('#tags li')].some((item) => item.textContent.startsWith(wanted))
    ), `${tag}${i} picture`), { otherwise: () => wordsOf(page) });
  }
}

describe('recognizer', { skip: !kThere && 'python3-opencv is not installed' }, () => {
  test('what was recorded and learnt is recognized', async () => {
    const { program, base, ask } = await start();
    try {
      const early = await ask('POST', '/recognizer/tags/disc');
      assert.deepEqual([early.status, /nobody sends/.test(early.answer.detail)], [409, true]);

      const page = await openPage(browser, base);
      await page.evaluate(sendCanvas);
      await show(page, 'disc');
      await record(page, 'disc', 4);
      await page.click('#trainer [type=submit]');
      await until('one tag is too few', async () => /at least two tags/.test(await wordsOf(page)));
      await show(page, 'bars');
      await record(page, 'bars', 4);
      assert.equal(await page.evaluate(() => document.querySelectorAll('#pictures img').length), 4);
      for (const kind of ['knn', 'logistic', 'svm']) {
        await page.select('#kind', kind);
        await page.click('#trainer [type=submit]');
        await until(`it has learnt by ${kind}`, async () => (
          (await ask('GET', '/recognizer')).answer.trained?.kind === kind));
      }
      await until('the page knows', async () => /Knows bars, disc/.test(await wordsOf(page)));
      await until('bars are recognized', async () => /^bars \d+ %$/.test(await recognized(page)));
      await show(page, 'disc');
      await until('the disc is recognized', async () => /^disc \d+ %$/.test(await recognized(page)));
      await page.screenshot({ path: artefact('recognizer.png') });

      // Pictures and tags can be taken back.
      await page.click('#pictures button');
      await until('a picture is gone', async () => (
        (await ask('GET', '/recognizer')).answer.tags.bars === 3));
      await page.close();
    } finally {
      assert.equal(await program.stop(), 0, program.output);
    }

    const again = await start();
    try {
      await until('it learns anew from what it recorded', async () => {
        const { answer } = await again.ask('GET', '/recognizer');
        return answer.trained?.tags.join() === 'bars,disc';
      });
      const { answer: { pictures } } = await again.ask('GET', '/recognizer/tags/disc');
      assert.equal(pictures.length, 4);
      const picture = await fetch(new URL(`/recognizer/tags/disc/${pictures[0]}`, again.base));
      assert.equal(picture.headers.get('Content-Type'), 'image/jpeg');
      assert.ok((await picture.arrayBuffer()).byteLength > 500);
    } finally {
      assert.equal(await again.program.stop(), 0, again.program.output);
    }
  });

  test('bad requests are refused and change nothing', async () => {
    const { program, ask } = await start();
    try {
      const before = (await ask('GET', '/recognizer')).answer.tags;
      for (const [method, path, body, ...statuses] of [
        ['POST', '/recognizer/tags/a%2Fb', undefined, 404, 422],
        ['POST', '/recognizer/tags/..%2F..%2Fescaped', undefined, 404, 422],
        ['POST', '/recognizer/tags/..', undefined, 404, 405], ['POST', '/recognizer/tags/.hidden', undefined, 422],
        ['POST', `/recognizer/tags/${'x'.repeat(41)}`, undefined, 422],
        ['POST', '/recognizer/tags/a%00b', undefined, 400, 404, 422],
        ['DELETE', '/recognizer/tags/nothing', undefined, 404],
        ['DELETE', '/recognizer/tags/disc/..%2F1.jpg', undefined, 404],
        ['GET', '/recognizer/tags/disc/7.jpg', undefined, 404],
        ['POST', '/recognizer/train', '{"kind": "guess"}', 422],
        ['POST', '/recognizer/train', '{"kind": ["svm"]}', 422],
        ['POST', '/recognizer/train', '[', 400], ['POST', '/recognizer/train', '['.repeat(60000), 400],
        ['POST', '/recognizer/train', '[1]', 400], ['PUT', '/recognizer/train', '{}', 405],
      ]) {
        const { status, answer } = await ask(method, path, body);
        assert.ok(statuses.includes(status), JSON.stringify([method, path, status, answer]));
        assert.ok(answer.detail.length > 10, JSON.stringify(answer));
      }
      assert.deepEqual((await ask('GET', '/recognizer')).answer.tags, before);
      assert.deepEqual(readdirSync(folder), ['recordings']);
    } finally {
      assert.equal(await program.stop(), 0, program.output);
    }
  });

  test('options that are wrong are named', async () => {
    for (const [words, complaint] of [
      [['--prot', '1'], /--prot/], [['--port', '65536'], /--port must be from 0 to 65535/],
      [['--model', '/nowhere.onnx'], /there is no network at \/nowhere\.onnx/],
      [['--ssl-cert', '/nowhere.pem'], /--ssl-cert and --ssl-key are given together/],
      [['--data', '/dev/null/x'], /x/], [['/nowhere.mp4'], /nowhere\.mp4/],
      [['test://', 'a.mp4', 'b.mp4'], /an input and an output at most, and b\.mp4/],
    ]) {
      const program = new Program([kPython, kScript, '--host', '127.0.0.1', '--port', '0',
        '--data', `${folder}/others`, ...words]);
      assert.notEqual(await program.ended(), 0, words.join(' '));
      assert.match(program.output, complaint);
      assert.doesNotMatch(program.output, /Traceback/);
    }
  });
});
