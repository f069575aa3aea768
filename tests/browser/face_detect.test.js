// SPDX-License-Identifier: LGPL-2.1-or-later
// The example: a face in front of the camera comes back with a box around it, and as JSON.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { openPage } from './support/browsers.js';
import { artefact, scratchFolder } from './support/environment.js';
import { kFace, kSize, writeFaceFilm } from './support/face_film.js';
import { freePort } from './support/pipeline.js';
import { launchChromiumWithCamera, press, untilPublisher } from './support/publishing.js';
import { until } from './support/until.js';

const kRoot = new URL('../../', import.meta.url).pathname;
const kProgram = `${process.env.WEBRTCSERVER_BUILD_DIR}/examples/face_detect`;
const kPrograms = {
  'C++': [kProgram],
  // Debian's OpenCV is for Debian's Python.
  'Python': ['/usr/bin/python3', `${kRoot}examples/face-detect/face_detect.py`],
};

const folder = scratchFolder(after);
/** @type {import('puppeteer-core').Browser} */
let browser;

before(async () => {
  writeFaceFilm(`${folder}/face.y4m`);
  browser = await launchChromiumWithCamera({ film: `${folder}/face.y4m` });
});

after(() => browser?.close());

/** @param {string[]} command */
function start([program, ...first], ...more) {
  const child = spawn(program, [...first, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => { output.text += text; });
  }
  const ended = new Promise((resolve) => { child.on('close', (code) => resolve(code)); });
  return { child, output, ended };
}

/** How green the edge of the box around the face is, and the face itself. Runs in the page. */
function greenness({ x, y, width, height }) {
  const video = document.querySelector('webrtc-stream')?.videoElement;
  if (!video?.videoWidth) return null;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const scale = video.videoWidth / 640;
  const green = (px, py) => {
    const [r, g, b] = context.getImageData(Math.round(px * scale), Math.round(py * scale), 1, 1).data;
    return g - Math.max(r, b);
  };
  return {
    edges: [green(x + width / 2, y), green(x + width / 2, y + height), green(x, y + height / 2),
      green(x + width, y + height / 2)],
    middle: green(x + width / 2, y + height / 2),
  };
}

for (const [language, command] of Object.entries(kPrograms)) {
  describe(language, { skip: !existsSync(kProgram) && 'OpenCV is not installed' }, () => {
    test('boxes in the picture are boxes in the messages', async () => {
      const port = await freePort();
      const { child, output, ended } = start(command,
        '--uri-in', `webrtc://127.0.0.1:${port}/input`,
        '--uri-out', `webrtc://127.0.0.1:${port}/output`);
      try {
        await until('the example listens', () => output.text.includes('and watch'),
          { otherwise: () => output.text });
        const page = await openPage(browser, `http://127.0.0.1:${port}/`);
        await untilPublisher(page, 'idle');
        await press(page);
        await page.waitForSelector('webrtc-stream');
        await page.evaluate(() => {
          window.messages = [];
          document.querySelector('webrtc-stream').addEventListener('message',
            ({ detail }) => window.messages.push(detail.data));
        });
        let face;
        await until('a face arrives', async () => {
          const last = await page.evaluate(() => window.messages.at(-1));
          if (last) assert.equal(typeof last.time, 'number');
          face = last?.faces[0];
          return last?.faces.length === 1;
        }, { otherwise: () => output.text });
        for (const side of ['x', 'y', 'width', 'height']) {
          assert.ok(Math.abs(face[side] - kFace[side]) < 25, `${side} of ${JSON.stringify(face)}`);
        }
        await until('the box is where the face is', async () => {
          const [last, colours] = await page.evaluate((look) => {
            const face = window.messages.at(-1)?.faces[0];
            return [face, face && new Function(`return ${look}`)()(face)];
          }, greenness.toString());
          face = last;
          return colours && colours.edges.every((edge) => edge > 60) && colours.middle < 30;
        }, { otherwise: () => page.evaluate(() => window.messages.at(-1)) });
        await page.close();
      } finally {
        child.kill('SIGTERM');
      }
      assert.equal(await ended, 0, output.text);
    });

    test('the browser draws the boxes over a picture without any', async () => {
      const port = await freePort();
      const { child, output, ended } = start(command, '--draw', 'browser',
        '--uri-in', `webrtc://127.0.0.1:${port}/input`,
        '--uri-out', `webrtc://127.0.0.1:${port}/output`);
      try {
        await until('the example listens', () => output.text.includes('and watch'),
          { otherwise: () => output.text });
        const page = await openPage(browser, `http://127.0.0.1:${port}/`);
        await untilPublisher(page, 'idle');
        await press(page);
        await page.waitForSelector('webrtc-stream');
        await page.evaluate(() => {
          window.frames = [];
          document.querySelector('webrtc-stream').addEventListener('frame',
            ({ detail }) => window.frames.push(detail));
        });
        await until('a face comes with its frame', () => page.evaluate(() => (
          window.frames.at(-1)?.data.regions.length === 1)), {
          otherwise: async () => [output.text, await page.evaluate(() => [
            window.frames.length, window.frames.at(-1), probe.state()])],
        });
        const { data: { regions: [face] }, width, height } = await page.evaluate(() => (
          window.frames.findLast(({ data }) => data.regions.length === 1)));
        assert.equal(face.type, 'face');
        for (const side of ['x', 'y', 'width', 'height']) {
          const scale = side === 'y' || side === 'height' ? height / kSize.height : width / kSize.width;
          assert.ok(Math.abs(face[side] / scale - kFace[side]) < 25,
            `${side} of ${JSON.stringify(face)}`);
        }
        await until('a box is drawn', () => page.evaluate(() => {
          const canvas = document.querySelector('webrtc-stream').shadowRoot.querySelector('.boxes');
          if (!canvas?.width) return false;
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return data.some((value) => value > 0);
        }));
        const { edges } = await page.evaluate((look, where) => (
          new Function(`return ${look}`)()(where)), greenness.toString(), face);
        assert.ok(edges.every((edge) => edge < 30), `${edges}`);
        await page.screenshot({ path: artefact(`faces-${language}.png`) });
        await page.close();
      } finally {
        child.kill('SIGTERM');
      }
      assert.equal(await ended, 0, output.text);
    });

    test('somebody else who draws is refused', async () => {
      const { output, ended } = start(command, '--draw', 'nobody');
      assert.notEqual(await ended, 0);
      assert.match(output.text, /--draw/);
    });

    test('a cascade that is missing is named', async () => {
      const { output, ended } = start(command, '--cascade', '/nowhere.xml');
      assert.notEqual(await ended, 0);
      assert.match(output.text, /there is no cascade at \/nowhere\.xml; install opencv-data/);
    });
  });
}
