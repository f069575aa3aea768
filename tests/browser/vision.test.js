// SPDX-License-Identifier: LGPL-2.1-or-later
// examples/vision: a film with a face in it goes to a browser, which draws the box.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { launchChromium, openPage } from './support/browsers.js';
import { artefact, scratchFolder } from './support/environment.js';
import { freePort } from './support/pipeline.js';
import { Program } from './support/program.js';
import { until } from './support/until.js';

const kRoot = new URL('../../', import.meta.url).pathname;
// Debian's OpenCV is for Debian's Python.
const kPython = '/usr/bin/python3';
const kHasOpenCv = spawnSync(kPython, ['-c', 'import cv2']).status === 0;
// The face in tests/examples/portrait.jpg.
const kFace = { x: 115, y: 65, width: 97, height: 97 };

const folder = scratchFolder(after);
/** @type {import('puppeteer-core').Browser} */
let browser;

before(async () => {
  browser = await launchChromium();
});

after(() => browser?.close());

test('the browser draws what detect.py finds, over the frame that it found it in',
  { skip: !kHasOpenCv && 'OpenCV for Python is not installed' }, async () => {
    for (const name of ['img_0.jpg', 'img_1.jpg']) {
      copyFileSync(`${kRoot}tests/examples/portrait.jpg`, `${folder}/${name}`);
    }
    const port = await freePort();
    const program = new Program([kPython, `${kRoot}examples/vision/detect.py`, '--draw=browser',
      '--input-rate=10', '--input-loop=-1', `${folder}/img_%d.jpg`,
      `webrtc://127.0.0.1:${port}/output`]);
    try {
      await program.said(/Watch http/);
      const page = await openPage(browser, `http://127.0.0.1:${port}/output`);
      await page.waitForSelector('webrtc-stream');
      await page.evaluate(() => {
        window.frames = [];
        window.messages = [];
        const stream = document.querySelector('webrtc-stream');
        stream.addEventListener('frame', ({ detail }) => window.frames.push(detail));
        stream.addEventListener('message', ({ detail }) => window.messages.push(detail.data));
      });
      const last = () => page.evaluate(() => (
        [window.frames.findLast(({ data }) => data.regions?.length === 1), window.messages.at(-1)]));
      await until('a face comes with its frame and as a message', async () => {
        const [frame, message] = await last();
        return frame && message?.objects.length === 1;
      }, { otherwise: () => program.output });
      const [{ data: { regions: [face] }, width }, { objects: [told] }] = await last();
      assert.equal(width, 320);
      for (const found of [face, told]) {
        assert.equal(found.type, 'face');
        for (const side of ['x', 'y', 'width', 'height']) {
          assert.ok(Math.abs(found[side] - kFace[side]) < 12, `${side} of ${JSON.stringify(found)}`);
        }
      }
      assert.ok(face.params.detection.confidence > 0.5);
      await until('a box is drawn', () => page.evaluate(() => {
        const canvas = document.querySelector('webrtc-stream').shadowRoot.querySelector('.boxes');
        if (!canvas?.width) return false;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.some((value) => value > 0);
      }));
      await page.screenshot({ path: artefact('vision.png') });
      await page.close();
    } finally {
      assert.equal(await program.stop(), 0, program.output);
    }
  });
