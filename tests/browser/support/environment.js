// SPDX-License-Identifier: LGPL-2.1-or-later
// environment.js — where the build tree, the browsers and the artefacts are. `./dev shell` says so;
// what it says is guessed where a test is run by hand.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../../..', import.meta.url));

export const kBuild = resolve(process.env.WEBRTCSERVER_BUILD_DIR ?? join(kRoot, 'build'));
export const kHost = join(kBuild, 'tests', 'webrtcserver-pipeline-host');
export const kImages = join(kRoot, 'docs', 'images');
export const kChromium = process.env.CHROMIUM || '/usr/bin/chromium';
export const kFirefox = process.env.FIREFOX || '/usr/bin/firefox-esr';

/** What children get as their environment. */
export const kEnvironment = {
  ...process.env,
  GST_PLUGIN_PATH: process.env.GST_PLUGIN_PATH ?? join(kBuild, 'lib', 'gstreamer-1.0'),
  GST_REGISTRY: process.env.GST_REGISTRY ?? join(kBuild, 'registry.bin'),
  LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH ?? join(kBuild, 'lib'),
  GI_TYPELIB_PATH: process.env.GI_TYPELIB_PATH ?? join(kBuild, 'lib', 'girepository-1.0'),
  LC_ALL: 'C.UTF-8',
  GST_DEBUG_NO_COLOR: '1',
  // A user's certificate would turn every test into one of TLS.
  SSL_CERT: '',
  SSL_KEY: '',
};

/**
 * @param {string} name
 * @returns {string} path of a file that outlives the tests, such as a screenshot
 */
export function artefact(name) {
  const folder = process.env.WEBRTCSERVER_ARTEFACTS ?? join(kBuild, 'artefacts');
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

/**
 * A folder that is gone after the tests of this file.
 *
 * @param {(cleanUp: () => void) => void} after  `after` of node:test
 */
export function scratchFolder(after) {
  const folder = mkdtempSync(join(tmpdir(), 'webrtcserver-browser-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
