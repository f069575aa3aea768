// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isStreamName, mixedContentProblem, resolveAddress, splitToken, withToken,
} from '../webrtc-client/address.js';

const kPage = 'http://camera.local:8554/page';

test('a path belongs to the server of the page', () => {
  assert.deepEqual(resolveAddress('/output', kPage), {
    stream: 'output',
    socketUrl: 'ws://camera.local:8554/output',
    baseUrl: 'http://camera.local:8554/',
    pageUrl: 'http://camera.local:8554/output',
  });
  assert.equal(resolveAddress(' output ', kPage).socketUrl, 'ws://camera.local:8554/output');
});

test('every scheme leads to the socket of its kind', () => {
  for (const [src, socket] of /** @type {Array<[string, string]>} */ ([
    ['ws://host:8554/output', 'ws://host:8554/output'],
    ['wss://host/output', 'wss://host/output'],
    ['http://host:8554/output', 'ws://host:8554/output'],
    ['https://host/output', 'wss://host/output'],
    ['webrtc://host:8554/output', 'ws://host:8554/output'],
    ['webrtcs://host:8554/output', 'wss://host:8554/output'],
    ['WEBRTC://host:8554/output', 'ws://host:8554/output'],
    ['ws://[fd00::1]:8554/output', 'ws://[fd00::1]:8554/output'],
    ['ws://127.0.0.1/output?token=a%20b', 'ws://127.0.0.1/output?token=a%20b'],
  ])) assert.equal(resolveAddress(src, kPage).socketUrl, socket, src);
});

test('a sink’s wildcard host means the host of the page', () => {
  for (const host of ['@', '0.0.0.0', '[::]']) {
    assert.equal(resolveAddress(`webrtc://${host}:8554/output`, kPage).socketUrl,
      'ws://camera.local:8554/output', host);
  }
});

test('a proxy’s folder is kept, and its interface lies in the same folder', () => {
  const address = resolveAddress('front', 'https://example.org/cameras/');
  assert.equal(address.socketUrl, 'wss://example.org/cameras/front');
  assert.equal(address.baseUrl, 'https://example.org/cameras/');
});

test('what names no stream is refused in words', () => {
  for (const [src, words] of /** @type {Array<[string, RegExp]>} */ ([
    ['', /no stream|cannot be the name/],
    ['ws://host:8554/', /names a server but no stream/],
    ['ws://host:8554', /names a server but no stream/],
    ['ftp://host/output', /ftp:/],
    ['javascript:alert(1)', /javascript:/],
    ['ws://host:99999/output', /is not an address/],
    ['ws://user:secret@host/output', /password/],
    ['/a%20b', /cannot be the name/],
    ['/%zz', /cannot be the name/],
    ['/api', /cannot be the name/],
    [`/${'x'.repeat(65)}`, /1 to 64/],
  ])) {
    assert.throws(() => resolveAddress(src, 'http://host/'), { name: 'TypeError', message: words },
      src);
  }
});

test('a refusal does not repeat a password', () => {
  assert.throws(() => resolveAddress('ws://user:secret@host/output', kPage), (error) => {
    assert.ok(error instanceof TypeError);
    return !error.message.includes('secret');
  });
});

test('names are those that webrtcsink accepts', () => {
  for (const name of ['output', 'cam-1', 'A_b.c~9', 'x'.repeat(64)]) assert.ok(isStreamName(name));
  for (const name of ['', '.', '..', 'a/b', 'ä', 'a b', 'metrics', 'webrtc-client.js']) {
    assert.ok(!isStreamName(name), name);
  }
});

test('plain sockets in a page over https are explained, except to the own machine', () => {
  const remote = resolveAddress('ws://camera.local:8554/output', kPage);
  assert.match(mixedContentProblem(remote, 'https:') ?? '', /over https/);
  assert.equal(mixedContentProblem(remote, 'http:'), null);
  for (const host of ['localhost', '127.0.0.1', '[::1]', 'dev.localhost']) {
    const own = resolveAddress(`ws://${host}:8554/output`, kPage);
    assert.equal(mixedContentProblem(own, 'https:'), null, host);
  }
});

test('the token of an address is taken out of it, and put into that of the socket', () => {
  const { address, token } = splitToken(resolveAddress('ws://robot:8554/cam?token=a%2Bb&role=view'));
  assert.equal(token, 'a+b');
  assert.equal(address.socketUrl, 'ws://robot:8554/cam?role=view');
  assert.equal(withToken(address.socketUrl, token), 'ws://robot:8554/cam?role=view&token=a%2Bb');
  assert.equal(withToken(address.socketUrl, ''), address.socketUrl);
  const plain = resolveAddress('ws://robot:8554/cam');
  assert.deepEqual(splitToken(plain), { address: plain, token: '' });
});

test('no token is in what is said of an address', () => {
  for (const src of ['ftp://robot/cam?token=secret', 'ws://robot:8554/?token=secret',
    'ws://[robot/cam?x&token=secret', 'ws://joe@robot/cam?token=secret']) {
    assert.throws(() => resolveAddress(src), ({ message }) => !message.includes('secret'), src);
  }
});
