// SPDX-License-Identifier: LGPL-2.1-or-later
// aiortc, Python's WebRTC, watches by WHEP and publishes by WHIP.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Pipeline, sink, testPicture } from '../browser/support/pipeline.js';
import {
  Arrivals, kTakeAudio, kTakeVideo, source, startInput,
} from '../browser/support/publishing.js';
import { until } from '../browser/support/until.js';
import { difference, kBars } from '../browser/support/watching.js';
import { Client } from './support/client.js';

/** @type {Array<() => Promise<unknown>>} */
const endings = [];

after(async () => {
  for (const end of endings.reverse()) await end();
});

/** @param {string} script @param {string[]} words */
function start(script, ...words) {
  // The distribution's Python, which has its packages.
  const client = new Client('/usr/bin/python3',
    fileURLToPath(new URL(`aiortc/${script}`, import.meta.url)), ...words);
  endings.push(() => client.kill());
  return client;
}

/** @param {Pipeline} pipeline @param {number} [deadline] */
function alone(pipeline, deadline) {
  return until('the peer is gone', async () => (await pipeline.describe()).peer_count === 0,
    { deadline });
}

/** @param {Client} viewer @param {{ width: number, height: number }} size */
async function untilBars(viewer, { width, height }) {
  // The first pictures of a low bitrate may be poor.
  const { width: w, height: h } = await viewer.event('video', ({ frames, bars }) => (
    frames >= 30 && difference(bars, kBars) <= 30));
  assert.deepEqual([w, h], [width, height]);
}

test('a viewer decodes the picture', async () => {
  const pipeline = await Pipeline.start(`${testPicture()} ! ${sink()} `
    + 'audiotestsrc is-live=true ! output.');
  endings.push(() => pipeline.stop());
  const viewer = start('watch.py', pipeline.url('/output/whep'), 'video');
  await untilBars(viewer, { width: 640, height: 360 });
  assert.equal((await pipeline.describe()).peer_count, 1);
  assert.equal(await viewer.leave(), 200);
  await alone(pipeline);
});

// aiortc 1.4 takes no Opus but that of 20 ms. webrtcsink's own has 10 ms, for the delay; what is
// encoded already passes as it is.
test('a viewer decodes picture and sound', async () => {
  const pipeline = await Pipeline.start(`${testPicture({ width: 320, height: 240 })} ! ${sink()} `
    + 'audiotestsrc is-live=true volume=0.5 ! audioconvert ! opusenc frame-size=20 ! output.');
  endings.push(() => pipeline.stop());
  const viewer = start('watch.py', pipeline.url('/output/whep'), 'audio', 'video');
  await untilBars(viewer, { width: 320, height: 240 });
  const { rate } = await viewer.event('audio', ({ frames, peak }) => (
    frames >= 50 && peak > 0.4 && peak < 0.6));
  assert.equal(rate, 48000);
  assert.equal(await viewer.leave(), 200);
  await alone(pipeline);
});

test('a publisher’s picture and sound arrive as they were', async () => {
  const pipeline = await startInput(`${source()} ${kTakeVideo} ${kTakeAudio}`);
  endings.push(() => pipeline.stop());
  const video = await Arrivals.of(pipeline);
  const audio = await Arrivals.of(pipeline, 'audio.sink');
  const publisher = start('publish.py', pipeline.url('/input/whip'));
  const near = (value, wanted) => Math.abs(value - wanted) <= 12;
  await video.until('60 pictures of its size, numbered and in its colour', 60, (frame) => (
    frame.width === 640 && frame.height === 360 && frame.code >= 0 && near(frame.blue, 90)
    && near(frame.red, 160)));
  await audio.until('the tone', 50, ({ peak }) => peak > 0.3);
  video.assertTimeline();
  audio.assertTimeline();
  const codes = new Set(video.all.map(({ code }) => code).filter((code) => code >= 0));
  assert.ok(codes.size > 16, `the pictures differ: ${[...codes]}`);
  assert.equal(await publisher.leave(), 200);
  await alone(pipeline);
  assert.deepEqual(pipeline.events.filter(({ event }) => event === 'error' || event === 'eos'), []);
});

test('a publisher that is killed is noticed', async () => {
  const pipeline = await startInput(`${source()} ${kTakeVideo}`);
  endings.push(() => pipeline.stop());
  const video = await Arrivals.of(pipeline);
  const publisher = start('publish.py', pipeline.url('/input/whip'));
  await video.until('its pictures', 10, ({ code }) => code >= 0);
  await publisher.kill();
  // libnice takes 50 seconds to believe it.
  await alone(pipeline, 120000);
});
