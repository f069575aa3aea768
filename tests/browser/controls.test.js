// SPDX-License-Identifier: LGPL-2.1-or-later
// What browsers may change of a pipeline: who turns a knob sees it in the picture, and so does
// everybody else.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { kLaunchers, openPage } from './support/browsers.js';
import {
  choose, complaint, dragToEnd, inputOf, shownControls, typeOver, untilShown,
} from './support/controls_driver.js';
import { Pipeline, freePort, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import { untilFrames, untilPlaying, watch } from './support/watching.js';

const kControls = [
  'text=overlay.text,max-length=20',
  'pattern=src.pattern',
  'speed=src.horizontal-speed,min=-10,max=10,label=Speed',
  'colour=src.foreground-color,color',
  'shadow=overlay.draw-shadow',
  'offset=src.timestamp-offset',
  'live=src.is-live,read-only',
  'drop=side.drop-buffer-flags',
  'share=mix.output-buffer-duration-fraction',
].join(';');
// Above the text, which is at the bottom.
const kTop = [[0.2, 0.2], [0.8, 0.2], [0.5, 0.4]];
const kDefaults = {
  text: 'hello', pattern: 'smpte', speed: 0, colour: '#ffffffff', shadow: true, offset: 0,
  drop: '', share: '1/50',
};

/** @type {Pipeline} */
let pipeline;
/** @type {Record<string, import('puppeteer-core').Browser>} */
const browsers = {};

before(async () => {
  const port = await freePort();
  pipeline = await Pipeline.start('videotestsrc name=src is-live=true '
    + '! video/x-raw,format=I420,width=320,height=240,framerate=15/1 '
    + `! identity name=side ! textoverlay name=overlay ! ${sink(`controls="${kControls}"`, { port })} `
    + `${testPicture({ width: 160, height: 120, rate: 5 })} ! ${sink('', { port, stream: 'plain' })} `
    // For a fraction, which no other has.
    + 'audiotestsrc is-live=true ! audiomixer name=mix ! fakesink');
  for (const [name, launch] of Object.entries(kLaunchers)) browsers[name] = await launch();
});

after(async () => {
  for (const browser of Object.values(browsers)) await browser.close();
  assert.equal(await pipeline?.stop(), 0);
});

// Each test begins with what the pipeline began with.
beforeEach(async () => {
  assert.equal((await patch(kDefaults)).status, 200);
});

/** @param {object} values */
function patch(values) {
  return fetch(pipeline.url('/api/controls/output'), {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id: 1, request: { type: 'set', values } }),
  });
}

/** What the pipeline has. @param {string} name  of a control */
async function inPipeline(name) {
  const { controls } = await (await fetch(pipeline.url('/api/controls/output'))).json();
  return controls.find((control) => control.name === name).value;
}

/** Waits until the top of the picture has one colour. @param {number[]} colour */
async function untilColour(page, colour) {
  await until(`the picture is ${colour}`, async () => {
    const found = await page.evaluate((points) => probe.colours(points), kTop);
    return found?.every((point) => point.every((value, i) => Math.abs(value - colour[i]) < 40));
  }, { otherwise: () => page.evaluate((points) => probe.colours(points), kTop) });
}

/** The brightest pixel of the lower half, where the text is. */
function brightest(page) {
  return page.evaluate(() => {
    const video = probe.video();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight / 2];
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, -canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let most = 0;
    for (let i = 1; i < data.length; i += 4) most = Math.max(most, data[i]);
    return most;
  });
}

for (const name of Object.keys(kLaunchers)) {
  test(`${name}: what is chosen and dragged is seen in the picture`, async () => {
    const page = await watch(browsers[name], pipeline, '/output');
    await untilShown(page, 'text', 'hello');
    await page.select(inputOf('pattern'), 'red');
    await untilColour(page, [255, 0, 0]);
    await page.select(inputOf('pattern'), 'solid-color');
    await choose(page, inputOf('colour'), '#00ff00');
    await untilColour(page, [0, 255, 0]);
    assert.equal(await pipeline.get('src.foreground-color'), 0xff00ff00);

    await dragToEnd(page, inputOf('speed'));
    await until('the last value of the slider', async () => (
      await pipeline.get('src.horizontal-speed') === 10),
    { otherwise: () => pipeline.get('src.horizontal-speed') });
    await page.focus(inputOf('speed'));
    await page.keyboard.press('ArrowLeft');
    await until('a step of the slider', async () => (
      await pipeline.get('src.horizontal-speed') === 9));
    assert.equal(await page.$eval(inputOf('speed', '[type=number]'), (field) => field.value), '9');

    await page.click(inputOf('shadow'));
    await until('no shadow', async () => await pipeline.get('overlay.draw-shadow') === false);
    for (const [flag, dropped] of [['corrupted', 'corrupted'], ['marker', 'corrupted+marker'],
      ['corrupted', 'marker'], ['marker', '']]) {
      await page.click(inputOf('drop', `[value=${flag}]`));
      await until(`“${dropped}” is dropped`, async () => await inPipeline('drop') === dropped,
        { otherwise: () => inPipeline('drop') });
    }
    await typeOver(page, inputOf('text'), 'good evening');
    await page.keyboard.press('Enter');
    await until('the text', async () => await pipeline.get('overlay.text') === 'good evening');
    await page.close();
  });
}

test('two browsers see each other’s changes, and nobody’s hand is pushed away', async () => {
  const [one, other] = await Promise.all(Object.values(browsers).map((browser) => (
    watch(browser, pipeline, '/output'))));
  for (const page of [one, other]) await untilShown(page, 'text', 'hello');
  await one.select(inputOf('pattern'), 'blue');
  await untilShown(other, 'pattern', 'blue');
  await untilColour(other, [0, 0, 255]);
  await other.select(inputOf('pattern'), 'green');
  await untilShown(one, 'pattern', 'green');

  const speed = inputOf('speed', '[type=number]');
  await one.bringToFront();
  await typeOver(one, speed, '77');  // which is not sent while it is typed
  assert.equal((await patch({ speed: 3, shadow: false })).status, 200);
  await untilShown(other, 'speed', '3');
  await untilShown(one, 'shadow', false);  // told after it
  assert.equal(await one.$eval(speed, (field) => field.value), '77');
  await one.keyboard.press('Escape');
  await untilShown(one, 'speed', '3');
  assert.equal(await one.$eval(speed, (field) => field.value), '3');

  const slider = await (await one.$(inputOf('speed'))).boundingBox();
  const middle = slider.y + slider.height / 2;
  await one.mouse.move(slider.x + slider.width / 2, middle);
  await one.mouse.down();
  await one.mouse.move(slider.x + slider.width * 0.8, middle);
  await until('the slider is dragged', async () => (
    await pipeline.get('src.horizontal-speed') > 3));
  assert.equal((await patch({ speed: -9, shadow: true })).status, 200);
  await untilShown(other, 'speed', '-9');
  await untilShown(one, 'shadow', true);
  assert.ok(Number((await shownControls(one)).speed) > 3);
  await one.mouse.up();
  await untilShown(one, 'speed', '-9');
  await Promise.all([one.close(), other.close()]);
});

test('who comes late sees what there is', async () => {
  assert.equal((await patch({ text: 'late', pattern: 'ball', speed: -4 })).status, 200);
  const page = await watch(browsers.chromium, pipeline, '/output');
  await untilShown(page, 'text', 'late');
  assert.deepEqual(await shownControls(page), {
    text: 'late', pattern: 'ball', speed: '-4', colour: '#ffffff', shadow: true, offset: '0',
    live: 'On', drop: false, share: '1/50',  // a box of `drop`, the first
  });
  await page.close();
});

test('a value that is not taken is explained, and changes nothing', async () => {
  const page = await watch(browsers.chromium, pipeline, '/output');
  await untilShown(page, 'speed', '0');
  const field = inputOf('speed', '[type=number]');
  const complains = (name, words) => until(`“${words}”`, async () => (
    words.test(await complaint(page, name))), { otherwise: () => complaint(page, name) });
  await typeOver(page, field, '99');
  await page.keyboard.press('Enter');
  await complains('speed', /^"speed" takes whole numbers from -10 to 10\.$/);
  assert.equal(await page.$eval(field, (input) => input.getAttribute('aria-invalid')), 'true');
  assert.equal(await pipeline.get('src.horizontal-speed'), 0);
  await typeOver(page, inputOf('share'), '1/0');
  await page.keyboard.press('Enter');
  await complains('share', /^"share" takes a fraction such as "30\/1" from /);
  // Its field was left, and shows what there is.
  assert.equal(await page.$eval(field, (input) => input.value), '0');

  await typeOver(page, field, '5');
  await page.keyboard.press('Enter');
  await complains('speed', /^$/);
  assert.equal(await pipeline.get('src.horizontal-speed'), 5);
  await page.close();
});

test('text that would be markup is shown as it is', async () => {
  assert.equal((await patch({ text: '', pattern: 'black' })).status, 200);
  const page = await watch(browsers.chromium, pipeline, '/output');
  await until('a black picture', async () => await brightest(page) < 60,
    { otherwise: () => brightest(page) });
  await typeOver(page, inputOf('text'), 'a<b&c');
  await page.keyboard.press('Enter');
  await until('the text in the picture', async () => await brightest(page) > 200,
    { otherwise: () => brightest(page) });
  await untilFrames(page);
  assert.equal(await page.$eval(inputOf('text'), (input) => input.value), 'a<b&c');
  assert.equal(await inPipeline('text'), 'a<b&c');
  await page.close();
});

test('the panel is closed by its key, stays closed, and is where there are controls', async () => {
  const page = await watch(browsers.chromium, pipeline, '/output');
  await untilShown(page, 'text', 'hello');
  await page.click('.tile-title');
  await page.keyboard.press('c');
  assert.equal(await shownControls(page), null);
  await page.reload();
  await until('the button', () => page.evaluate(() => (
    document.querySelector('[aria-label="Controls (c)"]')?.checkVisibility())));
  assert.equal(await shownControls(page), null);
  await untilPlaying(page);  // until then, buttons come and shift those that are there
  await page.click('[aria-label="Controls (c)"]');
  await untilShown(page, 'text', 'hello');
  await page.close();
  const plain = await watch(browsers.chromium, pipeline, '/plain');
  assert.equal(await plain.evaluate(() => (
    document.querySelector('[aria-label="Controls (c)"]').checkVisibility())), false);
  assert.equal(await plain.evaluate(() => document.querySelectorAll('.control').length), 0);
  await plain.close();
});

test('a pipeline that returns counts its changes anew, and the panel follows', async () => {
  const page = await watch(browsers.chromium, pipeline, '/output');
  for (const speed of [1, 2, 3]) assert.equal((await patch({ speed })).status, 200);
  await untilShown(page, 'speed', '3');
  await pipeline.command('state null');
  await pipeline.set('src.horizontal-speed', 6);
  await pipeline.command('state playing');
  await untilShown(page, 'speed', '6');
  assert.equal((await patch({ speed: 7 })).status, 200);
  await untilShown(page, 'speed', '7');
  await page.close();
});

describe('a page of one’s own', () => {
  for (const name of Object.keys(kLaunchers)) {
    test(`${name}: changes controls, hears of changes and of refusals`, async () => {
      const page = await openPage(browsers[name], pipeline.url('/api/streams'));
      const found = await page.evaluate(async () => {
        const { WebRTCStream } = await import('/webrtc-client.js');
        const stream = new WebRTCStream('/output');
        const { controls } = stream;
        window.stream = stream;
        window.changes = [];
        controls.addEventListener('change', ({ detail }) => window.changes.push(detail));
        const told = new Promise((resolve) => {
          controls.addEventListener('controls', resolve, { once: true });
        });
        stream.start();
        await told;
        // There is no data channel yet: over the WebSocket.
        await controls.set({ speed: 7 });
        return {
          names: controls.names, values: controls.values, role: controls.role,
          speed: controls.specs.get('speed'), rev: controls.rev,
        };
      });
      assert.deepEqual(found.names,
        ['text', 'pattern', 'speed', 'colour', 'shadow', 'offset', 'live', 'drop', 'share']);
      assert.deepEqual([found.values.speed, found.role], [7, 'control']);
      assert.deepEqual(found.speed, {
        name: 'speed', label: 'Speed', type: 'number', min: -10, max: 10, step: 1, maxLength: 1024,
        choices: [], readOnly: false,
      });
      await until('the stream plays', () => page.evaluate(() => window.stream.state === 'live'));
      const refusals = await page.evaluate(async () => {
        const all = [];
        for (const values of [{ speed: 99 }, { nothing: 1 }, { live: false }, { text: 7 },
          { text: 'x'.repeat(21) }]) {
          await window.stream.controls.set({ pattern: 'snow', ...values })
            .catch(({ code, control, message }) => all.push([code, control, message]));
        }
        return all;
      });
      assert.deepEqual(refusals, [
        ['range', 'speed', '"speed" takes whole numbers from -10 to 10.'],
        ['unknown-control', 'nothing', 'There is no control of this name here.'],
        ['read-only', 'live', '"live" cannot be changed.'],
        ['type', 'text', '"text" takes text.'],
        ['too-long', 'text', '"text" takes at most 20 characters.'],
      ]);
      assert.equal(await pipeline.get('src.horizontal-speed'), 7);
      assert.equal((await patch({ speed: -2 })).status, 200);
      await until('the change is heard', () => page.evaluate(() => (
        window.changes.some(({ values }) => values.speed === -2))));
      const changes = await page.evaluate(() => window.changes);
      assert.deepEqual(changes.map(({ values }) => values), [{ speed: 7 }, { speed: -2 }]);
      assert.match(changes[0].by, /^s\d+$/);
      assert.equal(changes[1].by, 'http');
      assert.equal(changes[1].rev, changes[0].rev + 1);
      await page.close();
    });
  }
});
