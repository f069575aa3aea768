// SPDX-License-Identifier: LGPL-2.1-or-later
// pion, Go's WebRTC, watches by WHEP and publishes by WHIP. It looks for candidates after its offer,
// and sends each by PATCH.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeCodedFilm } from '../browser/support/coded_camera.js';
import { scratchFolder } from '../browser/support/environment.js';
import { Pipeline, launch, sink, testPicture } from '../browser/support/pipeline.js';
import {
  Arrivals, assertFilm, kTakeAudio, kTakeVideo, source, startInput,
} from '../browser/support/publishing.js';
import { until } from '../browser/support/until.js';
import { Client } from './support/client.js';

const kSize = { width: 320, height: 240 };

/** @type {Array<() => unknown>} */
const endings = [];
const folder = scratchFolder((end) => endings.push(end));

after(async () => {
  for (const end of endings.reverse()) await end();
});

/** @param {string[]} words */
function start(...words) {
  const client = new Client(process.env.PION_CLIENT ?? 'pion-client', ...words);
  endings.push(() => client.kill());
  return client;
}

/** @param {Pipeline} pipeline */
function alone(pipeline) {
  return until('the peer is gone', async () => (await pipeline.describe()).peer_count === 0);
}

/** Every PATCH has been taken, and there was one. @param {Client} client */
async function assertTrickled(client) {
  await client.event('patched');
  const patches = client.events.filter(({ event }) => event === 'patched');
  assert.deepEqual(patches.filter(({ status, text }) => status !== 204 || text !== ''), []);
}

/** Ends the session; a session that has ended is none. @param {Client} client */
async function leave(client) {
  assert.equal(await client.leave(), 200);
  assert.equal(client.events.find(({ event }) => event === 'deleted').again, 404);
}

/** Makes a file. @param {string[]} words  a pipeline */
async function make(...words) {
  const { status, output } = await launch(words.join(' ').split(' '));
  assert.equal(status, 0, output);
}

test('a viewer gets every packet of picture and sound, from a key frame on', async () => {
  const pipeline = await Pipeline.start(`${testPicture(kSize)} ! ${sink()} `
    + 'audiotestsrc is-live=true ! output.');
  endings.push(() => pipeline.stop());
  const viewer = start('watch', pipeline.url('/output/whep'));
  const { candidates, etag } = await viewer.event('answered');
  assert.ok(candidates > 0, 'the answer has candidates');
  assert.match(etag, /^"[^"]+"$/);
  const video = await viewer.event('video', ({ packets, frames, keyFrames }) => (
    packets >= 100 && frames >= 60 && keyFrames > 0));
  assert.deepEqual([video.codec, video.gaps, video.back], ['video/VP8', 0, 0]);
  const audio = await viewer.event('audio', ({ packets }) => packets >= 100);
  assert.deepEqual([audio.codec, audio.gaps, audio.back], ['audio/OPUS', 0, 0]);
  await assertTrickled(viewer);
  await leave(viewer);
  await alone(pipeline);
});

test('a publisher’s film and sound arrive, through candidates that came by PATCH', async () => {
  const [raw, film, sound] = ['film.y4m', 'film.ivf', 'sound.ogg'].map((name) => (
    join(folder, name)));
  writeCodedFilm(raw, kSize);
  await make(`filesrc location=${raw} ! y4mdec ! vp8enc deadline=1 target-bitrate=1000000 `
    + `! avmux_ivf ! filesink location=${film}`);
  await make('audiotestsrc num-buffers=100 samplesperbuffer=960 volume=0.5 '
    + '! audio/x-raw,rate=48000,channels=2 ! opusenc frame-size=20 '
    + `! oggmux max-delay=1 max-page-delay=1 ! filesink location=${sound}`);
  const pipeline = await startInput(`${source()} ${kTakeVideo} ${kTakeAudio}`);
  endings.push(() => pipeline.stop());
  const video = await Arrivals.of(pipeline);
  const audio = await Arrivals.of(pipeline, 'audio.sink');
  const publisher = start('publish', pipeline.url('/input/whip'), film, sound);
  await video.untilCodes(90);
  assertFilm(video.all.map(({ code }) => code).slice(
    video.all.findIndex(({ code }) => code >= 0)));
  const { width, height } = video.all.at(-1);
  assert.deepEqual({ width, height }, kSize);
  await audio.until('the tone', 100, ({ peak }) => peak > 0.3 && peak < 0.7);
  video.assertTimeline();
  audio.assertTimeline();
  await assertTrickled(publisher);
  await leave(publisher);
  await alone(pipeline);
  assert.deepEqual(pipeline.events.filter(({ event }) => event === 'error' || event === 'eos'), []);
});
