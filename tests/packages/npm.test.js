// SPDX-License-Identifier: LGPL-2.1-or-later
// What `npm pack` makes of the JavaScript client, as a project that installs it has it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kWeb = join(kRoot, 'web');
const kCompiler = join(kWeb, 'node_modules', '.bin', 'tsc');

// What a page with a player of its own writes; each line is wrong with types that do not fit.
const kSnippet = `
import 'gst-webrtc-client';
import { StreamDirectory, type WebRTCStreamElement } from 'gst-webrtc-client';
import { isStreamName } from 'gst-webrtc-client/address';
import { WebRTCPublisher } from 'gst-webrtc-client/publisher';
import { stateLabel } from 'gst-webrtc-client/states';
import { WebRTCStream } from 'gst-webrtc-client/stream';

const stream = new WebRTCStream('http://camera.local:8554/output', { reconnect: false });
const video = document.createElement('video');
stream.addEventListener('track', () => { video.srcObject = stream.mediaStream; });
stream.start();
const words: string = stateLabel(stream.state);
const element: WebRTCStreamElement | null = document.querySelector('webrtc-stream');
if (element) element.muted = isStreamName('output');
const sent: Promise<boolean> = new WebRTCPublisher('/input').start({ video: { from: 'screen' }, audio: null });
export const everything = [words, sent, StreamDirectory];
`;

const folder = mkdtempSync(join(tmpdir(), 'webrtc-client-'));
const project = join(folder, 'project');
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} program @param {string[]} words @param {string} cwd */
function run(program, words, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, words, { cwd, encoding: 'utf8' });
  if (error) throw error;
  return { status, stdout, said: `${stdout}${stderr}` };
}

/** Fails with what was said where the program does. */
function runWell(program, words, cwd) {
  const { status, stdout, said } = run(program, words, cwd);
  assert.equal(status, 0, `${program} ${words.join(' ')}: ${said}`);
  return stdout;
}

/** What Node says to a module with this text. @param {string} text */
function inNode(text) {
  return run('node', ['--input-type=module', '--eval', text], project);
}

/** @type {{ version: string, filename: string, files: Array<{ path: string }> }} */
let packed;

before(() => {
  [packed] = JSON.parse(runWell('npm', ['pack', '--json', '--pack-destination', folder], kWeb));
  runWell('npm', ['install', '--prefix', project, '--offline', '--no-audit', '--no-fund',
    join(folder, packed.filename)], folder);
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ ...manifest, type: 'module' }));
});

test('its version is the library’s', () => {
  const header = readFileSync(join(kRoot, 'include/gst/webrtcserver/version.h'), 'utf8');
  const version = ['MAJOR', 'MINOR', 'MICRO'].map((part) => (
    new RegExp(`#define GST_WEBRTC_SERVER_VERSION_${part} \\(?(\\d+)`).exec(header)?.[1]));
  assert.equal(packed.version, version.join('.'), 'web/package.json has the version of version.h');
});

test('it has the client, its types and its licence, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  for (const path of ['LICENSE', 'README.md', 'package.json', 'elements.d.ts', 'webrtc-client.js',
    'webrtc-client/element.js', 'types/webrtc-client.d.ts', 'types/webrtc-client/element.d.ts']) {
    assert.ok(paths.includes(path), `${path} of ${paths}`);
  }
  const own = /^(LICENSE|README\.md|package\.json|elements\.d\.ts|(types\/)?webrtc-client[/.].*)$/;
  assert.deepEqual(paths.filter((path) => !own.test(path)), []);
  const { exports } = JSON.parse(readFileSync(join(kWeb, 'package.json'), 'utf8'));
  for (const path of Object.values(exports).flatMap((entry) => (
    typeof entry === 'string' ? [entry] : Object.values(entry)))) {
    assert.ok(paths.includes(path.slice(2)), `${path} is exported and in the package`);
  }
});

test('what needs no document is imported without one', () => {
  const { status, said } = inNode(`
    import { isStreamName } from 'gst-webrtc-client/address';
    import { StreamDirectory } from 'gst-webrtc-client/directory';
    import { MessageError } from 'gst-webrtc-client/messages';
    import { WebRTCPublisher } from 'gst-webrtc-client/publisher';
    import { stateLabel } from 'gst-webrtc-client/states';
    import { WebRTCStream } from 'gst-webrtc-client/stream';
    console.log(isStreamName('output'), isStreamName('a/b'), stateLabel('live'),
      [StreamDirectory, MessageError, WebRTCPublisher, WebRTCStream].map(({ name }) => name).join());`);
  assert.equal(status, 0, said);
  assert.match(said, /true false \S.* StreamDirectory,MessageError,WebRTCPublisher,WebRTCStream/);
});

test('what is not exported is not found', () => {
  const { status, said } = inNode("import 'gst-webrtc-client/webrtc-client/peer.js';");
  assert.notEqual(status, 0);
  assert.match(said, /ERR_PACKAGE_PATH_NOT_EXPORTED/);
});

test('the types take a page’s code, and refuse what is wrong', () => {
  const compile = (text, resolution) => {
    writeFileSync(join(project, 'page.ts'), text);
    return run(kCompiler, ['--noEmit', '--strict', '--target', 'ES2022', '--module',
      resolution === 'bundler' ? 'ES2022' : 'Node16', '--moduleResolution', resolution,
      '--lib', 'ES2022,DOM,DOM.Iterable', 'page.ts'], project);
  };
  for (const resolution of ['bundler', 'node16']) {
    const { status, said } = compile(kSnippet, resolution);
    assert.equal(status, 0, said);
  }
  const { status, said } = compile(kSnippet.replace('const words: string', 'const words: number'), 'bundler');
  assert.notEqual(status, 0);
  assert.match(said, /page\.ts.*string/);
});
