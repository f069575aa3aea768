// SPDX-License-Identifier: LGPL-2.1-or-later
// remote-control, in C++ and in Python: a page for Holoscan's server steers it, and so does the
// built-in one.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium, openPage } from './support/browsers.js';
import { inputOf, shownControls, typeOver, untilShown } from './support/controls_driver.js';
import { kBuild } from './support/environment.js';
import { Program } from './support/program.js';
import { until, within } from './support/until.js';
import { isThere, untilText, untilTextStands } from './support/white_text.js';

const kProgram = `${kBuild}/examples/remote-control`;
const kScript = fileURLToPath(new URL('../../examples/remote-control/remote_control.py', import.meta.url));
const kPage = fileURLToPath(new URL('holoviz_page', import.meta.url));
const kPrograms = {
  'C++': [kProgram],
  // Debian's bindings are for Debian's Python.
  'Python': ['/usr/bin/python3', kScript],
};

/** @type {import('puppeteer-core').Browser} */
let browser;

before(async () => {
  browser = await launchChromium();
});

after(() => browser?.close());

/** A running remote-control. */
class RemoteControl {
  /** @param {string[]} command @param {string[]} more */
  static async start(command, ...more) {
    const it = new RemoteControl();
    it.program = new Program([...command, '--host', '127.0.0.1', '--port', '0', '--verbose', ...more]);
    [, it.base] = await it.program.said(/Open (http\S+)/);
    return it;
  }

  url(path) {
    return new URL(path, this.base).href;
  }

  /** @param {string} path @param {unknown} body */
  post(path, body) {
    return fetch(this.url(path), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** What /api/controls says: the state, and the values by name. */
  async controls() {
    const { state, controls } = await (await fetch(this.url('/api/controls/output'))).json();
    return { state, ...Object.fromEntries(controls.map(({ name, value }) => [name, value])) };
  }

  untilState(state) {
    return until(`the pipeline is ${state}`, async () => (await this.controls()).state === state,
      { otherwise: async () => [await this.controls(), this.program.output] });
  }

  async watching() {
    return (await (await fetch(this.url('/api/streams'))).json())['/output'].peer_count;
  }

  untilWatching(count) {
    return until(`${count} watch`, async () => await this.watching() === count,
      { otherwise: () => this.watching() });
  }
}

/** As a person does it in the page for Holoscan's server, and waits for the answer. */
async function configure(page, values) {
  const before = await page.evaluate((wanted) => {
    for (const [id, value] of Object.entries(wanted)) document.getElementById(id).value = value;
    document.getElementById('speed').dispatchEvent(new Event('input'));
    return window.seen.configs.length;
  }, values);
  await until('/config has answered', () => page.evaluate(
    (count) => window.seen.configs.length > count, before));
  assert.equal(await page.evaluate(() => window.seen.configs.at(-1)), 200);
}

for (const [language, command] of Object.entries(kPrograms)) {
  describe(language, { skip: !existsSync(kProgram) && 'Pango is not installed' }, () => {
    test('a page for Holoscan’s server starts, steers, stops and goes on', async () => {
      const remote = await RemoteControl.start(command, '--page', kPage);
      try {
        assert.equal((await remote.controls()).state, 'stopped');
        const page = await openPage(browser, remote.url('/'));
        assert.equal(await page.title(), 'A page for a Holoviz server');
        await page.click('#start');
        await untilText(page, 'is there');
        const { offers, problem } = await page.evaluate(() => window.seen);
        assert.equal(problem, null);
        assert.doesNotMatch(offers[0], /a=candidate/);
        assert.equal((await remote.controls()).state, 'playing');

        await configure(page, { text: '', speed: '100' });
        await untilText(page, 'is none', ({ count }) => count === 0);
        await configure(page, { text: 'i', speed: '0' });
        const narrow = await untilText(page, 'is narrow', ({ count, width }) => (
          count > 20 && width < 0.05));
        await configure(page, { text: 'steered', speed: '0' });
        const wide = await untilText(page, 'is wide', ({ width }) => width > 5 * narrow.width);
        await configure(page, { text: 'steered', speed: '100' });
        await untilText(page, 'moves', (box) => !isThere(box, wide));
        await configure(page, { text: 'steered', speed: '0' });
        const last = await untilTextStands(page);
        assert.deepEqual([(await remote.controls()).text, (await remote.controls()).speed],
          ['steered', 0]);

        await page.click('#stop');
        await remote.untilState('stopped');
        await remote.untilWatching(0);
        await page.click('#start');
        await remote.untilState('playing');
        // Until then the last picture of the first time is still there.
        await until('pictures of the second time', () => page.evaluate(async () => {
          const report = await window.seen.peer.getStats();
          return [...report.values()].some(({ framesDecoded }) => framesDecoded > 30);
        }));
        const again = await untilText(page, 'is there again', ({ width }) => width > 0.9 * wide.width);
        assert.ok(isThere(again, last), JSON.stringify([again, last]));
        assert.equal(await page.evaluate(() => window.seen.offers.length), 2);
        await page.close();
        await remote.untilState('stopped');
      } finally {
        assert.equal(await remote.program.stop(), 0, remote.program.output);
      }
    });

    test('the built-in page starts, steers and stops', async () => {
      const remote = await RemoteControl.start(command);
      try {
        const page = await openPage(browser, remote.url('/output'));
        await untilShown(page, 'text', 'Text');
        await page.evaluate(() => probe.player().stream.pipeline.start());
        await untilText(page, 'is there');
        await typeOver(page, inputOf('text'), 'a word or two');
        await page.keyboard.press('Enter');
        await untilText(page, 'is wide', ({ width }) => width > 0.3);
        await typeOver(page, inputOf('speed', '[type=number]'), '100');
        await page.keyboard.press('Enter');
        await until('the text bounces', async () => Number((await remote.controls()).bounces) >= 2);
        await until('the page shows it', async () => (
          Number((await shownControls(page)).bounces) >= 2), { otherwise: () => shownControls(page) });
        await page.evaluate(() => probe.player().stream.pipeline.stop());
        await remote.untilState('stopped');
        const { bounces } = await remote.controls();
        await page.evaluate(() => probe.player().stream.pipeline.start());
        await until('it goes on', async () => (await remote.controls()).bounces > bounces);
        await page.close();
      } finally {
        assert.equal(await remote.program.stop(), 0, remote.program.output);
      }
    });

    test('bad requests are refused and change nothing', async () => {
      const remote = await RemoteControl.start(command);
      try {
        const before = await remote.controls();
        for (const [body, status, words] of [
          ['', 400, /JSON object/], ['[1]', 400, /JSON object/], ['{"text":', 400, /JSON object/],
          ['['.repeat(60000), 400, /JSON object/],
          [{ speed: '7' }, 400, /"text" is a text/], [{ text: 7, speed: '7' }, 400, /"text" is a text/],
          [{ text: 'new' }, 400, /"speed" is a number/],
          [{ text: 'new', speed: 'fast' }, 400, /"speed" is a number/],
          [{ text: 'new', speed: '' }, 400, /"speed" is a number/],
          [{ text: 'new', speed: '5x' }, 400, /"speed" is a number/],
          [{ text: 'new', speed: [5] }, 400, /"speed" is a number/],
          [{ text: 'new', speed: null }, 400, /"speed" is a number/],
          [{ text: 'new', speed: true }, 400, /"speed" is a number/],
          [{ text: 'new', speed: '101' }, 422, /0 to 100/], [{ text: 'new', speed: '-1' }, 422, /0 to 100/],
          [{ text: 'new', speed: 'nan' }, 422, /0 to 100/], [{ text: 'new', speed: '1e999' }, 422, /0 to 100/],
          [{ text: 'ä'.repeat(65), speed: '7' }, 422, /at most 64 characters/],
          ['{"text":"a\\u0000b","speed":"7"}', 400, /./],
          ['{"text":"\\ud800x","speed":"7"}', 400, /./],
          ['{"text":"x\\udc00","speed":"7"}', 400, /./],
        ]) {
          const response = await remote.post('/config', body);
          const problem = await response.json();
          assert.equal(response.status, status, JSON.stringify([body, problem]).slice(-300));
          assert.match(problem.detail, words);
        }
        for (const [body, status] of [
          ['no JSON', 400], [{ type: 'offer' }, 400], [{ sdp: 7, type: 'offer' }, 400],
          [{ sdp: 'v=0', type: 'answer' }, 400], [{ sdp: '', type: 'offer' }, 400],
          [{ sdp: 'nonsense', type: 'offer' }, 400],
        ]) {
          const response = await remote.post('/offer', body);
          const problem = await response.json();
          assert.equal(response.status, status, JSON.stringify([body, problem]).slice(-300));
          assert.ok(problem.detail.length > 10, problem.detail);
        }
        for (const path of ['/config', '/offer']) {
          const response = await fetch(remote.url(path));
          assert.equal(response.status, 405);
          assert.match(response.headers.get('Allow'), /POST/);
        }
        assert.deepEqual(await remote.controls(), before);
        // And what is good is taken after all of it, at its limits.
        assert.equal((await remote.post('/config', { text: 'ä'.repeat(64), speed: 100 })).status, 200);
        await until('the controls have both', async () => {
          const { text, speed } = await remote.controls();
          return text === 'ä'.repeat(64) && speed === 100;
        }, { otherwise: () => remote.controls() });
      } finally {
        assert.equal(await remote.program.stop(), 0, remote.program.output);
      }
    });

    test('files whose names are taken are left out of the page', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'page-'));
      for (const name of ['index.html', 'own.js', 'favicon.ico', 'output', 'metrics', 'iceServers', '{x}']) {
        await writeFile(join(folder, name), `own ${name}`);
      }
      const remote = await RemoteControl.start(command, '--page', folder);
      try {
        for (const [path, name] of [['/', 'index.html'], ['/index.html', 'index.html'], ['/own.js', 'own.js']]) {
          assert.equal(await (await fetch(remote.url(path))).text(), `own ${name}`);
        }
        for (const path of ['/output', '/metrics', '/iceServers']) {
          const response = await fetch(remote.url(path));
          assert.equal(response.status, 200, path);
          assert.doesNotMatch(await response.text(), /^own/);
        }
        for (const name of ['favicon.ico', 'output', 'metrics', 'iceServers', '{x}']) {
          assert.ok(remote.program.output.split('\n').some((line) => (
            line.startsWith('Left out of the page: ') && line.includes(name))), remote.program.output);
        }
        assert.equal(remote.program.output.match(/Left out/g).length, 5, remote.program.output);
      } finally {
        assert.equal(await remote.program.stop(), 0, remote.program.output);
        await rm(folder, { recursive: true });
      }
    });

    test('ICE servers are told to pages and used by the server', async () => {
      const stun = createSocket('udp4');
      stun.bind(0, '127.0.0.1');
      await once(stun, 'listening');
      const { port } = stun.address();
      const remote = await RemoteControl.start(command, '--ice-server', `stun:127.0.0.1:${port}`,
        '--ice-server', `turn:127.0.0.1:${port}[user:pass:word]`);
      try {
        const servers = await (await fetch(remote.url('/iceServers'))).json();
        assert.deepEqual(servers.map(({ urls, ...rest }) => ({ urls: [urls].flat(), ...rest })), [
          { urls: [`stun:127.0.0.1:${port}`] },
          { urls: [`turn:127.0.0.1:${port}`], username: 'user', credential: 'pass:word' },
        ]);
        const page = await openPage(browser, remote.url('/healthz'));
        // A browser that names no server itself: whoever asks is remote-control.
        const { sdp, type } = await page.evaluate(async () => {
          const peer = new RTCPeerConnection();
          peer.addTransceiver('video', { direction: 'recvonly' });
          await peer.setLocalDescription();
          return peer.localDescription.toJSON();
        });
        const asked = within('a question to the STUN server', once(stun, 'message'));
        const answer = await (await remote.post('/offer', { sdp, type })).json();
        assert.equal(answer.type, 'answer', JSON.stringify(answer));
        const [question] = await asked;
        assert.equal(question.readUInt32BE(4), 0x2112a442, 'the magic cookie of STUN');
        await page.close();
      } finally {
        stun.close();
        assert.equal(await remote.program.stop(), 0, remote.program.output);
      }
    });

    test('flags that are wrong are named', async () => {
      for (const [words, complaint] of [
        [['--prot', '1'], /--prot/], [['extra'], /extra/], [['--port', 'x'], /x/],
        [['--port', '65536'], /--port must be from 0 to 65535/],
        [['--port'], /port/], [['--host', 'a/b'], /--host takes a name or an address/],
        [['--cert-file', '/nowhere.pem'], /--cert-file and --key-file are given together/],
        [['--cert-file', '/nowhere.pem', '--key-file', '/nowhere.key'], /nowhere/],
        [['--ice-server', 'http://nonsense'], /ice/], [['--page', '/nowhere'], /there is no folder/],
      ]) {
        const program = new Program([...command, '--host', '127.0.0.1', '--port', '0', ...words]);
        assert.notEqual(await program.ended(), 0, words.join(' '));
        assert.match(program.output, complaint);
        assert.doesNotMatch(program.output, /Traceback/);
      }
      const help = new Program([...command, '--help']);
      assert.equal(await help.ended(), 0);
      for (const flag of ['host', 'port', 'cert-file', 'key-file', 'ice-server', 'page', 'verbose']) {
        assert.match(help.output, new RegExp(`--${flag}`));
      }
    });

    test('a port that is taken is named', async () => {
      const first = await RemoteControl.start(command);
      const { port } = new URL(first.base);
      const second = new Program([...command, '--host', '127.0.0.1', '--port', port]);
      assert.notEqual(await second.ended(), 0);
      assert.match(second.output, new RegExp(port));
      assert.equal(await first.program.stop(), 0);
    });
  });
}
