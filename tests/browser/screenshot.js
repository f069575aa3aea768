// SPDX-License-Identifier: LGPL-2.1-or-later
// screenshot.js — makes docs/images/page.png for the README: `npm run screenshot`. It takes the
// default port, because the picture shows it.
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium, openPage } from './support/browsers.js';
import { artefact, kImages } from './support/environment.js';
import { pressWithShift, untilPlayers } from './support/page_driver.js';
import { Pipeline, sink } from './support/pipeline.js';
import { until } from './support/until.js';
import { untilPlaying } from './support/watching.js';

const kCurves = 90000;  // ms until the charts have curves worth showing
const kMost = 400 * 1024;  // bytes of a picture in a README

const port = 8554;
const raw = 'video/x-raw,format=I420,framerate=30/1';
const pipeline = await Pipeline.start([
  'compositor name=scene sink_1::xpos=440 sink_1::ypos=420',
  `! ${raw},width=1280,height=720`,
  '! clockoverlay time-format=%H:%M:%S font-desc="Sans Bold 56" halignment=center valignment=top',
  'ypad=60 shaded-background=true ! queue',
  `! ${sink('meta="meta,title=(string)\\"Front gate\\""', { port })}`,
  `videotestsrc is-live=true pattern=smpte100 ! ${raw},width=1280,height=720 ! scene.sink_0`,
  'videotestsrc is-live=true pattern=ball foreground-color=0xffffb000',
  `background-color=0xff101820 ! ${raw},width=400,height=225 ! scene.sink_1`,
  'audiotestsrc is-live=true wave=pink-noise volume=0.1 ! audio/x-raw,rate=48000,channels=2',
  '! queue ! output.',
  'videotestsrc is-live=true pattern=pinwheel',
  '! video/x-raw,format=I420,width=640,height=360,framerate=15/1 ! queue',
  `! ${sink('meta="meta,title=(string)\\"Workshop\\""', { port, stream: 'workshop' })}`,
].join(' '));
const browser = await launchChromium();
try {
  const page = await openPage(browser, null, { width: 1440, height: 1040 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
  await page.goto(pipeline.url('/?stream=output&stream=workshop').replace('127.0.0.1', 'localhost'));
  for (const index of [0, 1]) await untilPlaying(page, index);
  await until('both cards have their picture', () => page.evaluate(() => (
    document.querySelectorAll('.card canvas:not([hidden])').length === 2)));
  await pressWithShift(page, '2');
  await untilPlayers(page, 1);
  await page.keyboard.press('i');
  const start = performance.now();
  await until('curves', () => performance.now() - start > kCurves, { deadline: kCurves * 2 });
  // With the controls, which appear when the mouse moves.
  await page.mouse.move(700, 300);
  await until('the controls', () => page.evaluate(() => getComputedStyle(
    probe.player().shadowRoot.querySelector('.controls')).opacity === '1'));
  const file = artefact('page.png');
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  if (size > kMost) throw new Error(`${file} has ${size} bytes, more than a README should load`);
  mkdirSync(kImages, { recursive: true });
  copyFileSync(file, join(kImages, 'page.png'));
} finally {
  await browser.close();
  await pipeline.stop();
}
