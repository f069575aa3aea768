// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';

const kWeb = new URL('../', import.meta.url);

test('uPlot is the published one', async () => {
  const names = [
    ['assets/vendor/uplot/uPlot.esm.js', 'node_modules/uplot/dist/uPlot.esm.js'],
    ['assets/vendor/uplot/uPlot.min.css', 'node_modules/uplot/dist/uPlot.min.css'],
    ['assets/vendor/uplot/LICENSE', 'node_modules/uplot/LICENSE'],
  ];
  for (const [ours = '', theirs = ''] of names) {
    assert.ok((await readFile(new URL(ours, kWeb))).equals(await readFile(new URL(theirs, kWeb))),
      ours);
  }
});

test('nothing that we serve names another host', async () => {
  /** @param {URL} folder @returns {Promise<URL[]>} */
  const files = async (folder) => {
    const entries = await readdir(folder, { withFileTypes: true });
    const lists = await Promise.all(entries.map((entry) => (entry.isDirectory()
      ? files(new URL(`${entry.name}/`, folder)) : [new URL(entry.name, folder)])));
    return lists.flat();
  };
  const served = [
    new URL('index.html', kWeb), new URL('webrtc-client.js', kWeb),
    ...await files(new URL('webrtc-client/', kWeb)), ...await files(new URL('assets/', kWeb)),
  ].filter(({ pathname }) => /\.(js|css|html|svg)$/.test(pathname)
    && !pathname.includes('/vendor/'));
  assert.ok(served.length > 30);
  for (const file of served) {
    const text = await readFile(file, 'utf8');
    // An XML namespace is a name and no address; localhost is where the user sits.
    const hosts = [...text.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => address)
      .filter((address) => address !== 'http://www.w3.org' && address !== 'http://localhost');
    assert.deepEqual(hosts, [], file.pathname);
  }
});

test('the page obeys a policy without inline scripts and styles', async () => {
  const page = await readFile(new URL('index.html', kWeb), 'utf8');
  assert.doesNotMatch(page, /<style|style=|\son\w+=|javascript:/i);
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)/i);
});
