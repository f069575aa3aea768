// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { StreamDirectory } from '../webrtc-client/directory.js';
import { findStream, isPublishable, isWatchable } from '../webrtc-client/stream-info.js';
import { FakeClock, settle } from './fake-clock.js';
import { FakePage } from './fake-page.js';

/** @typedef {(path: string, signal: AbortSignal) => Response | Promise<Response>} Server */

/** @type {FakeClock} */
let clock;
/** @type {FakePage} */
let page;
/** @type {string[]} */
let requests;
/** What they carried. @type {Array<string | undefined>} */
let tokens;
/** @type {Server} */
let server;
/** @type {StreamDirectory} */
let directory;

/** @param {string} origin */
function create(origin) {
  return new StreamDirectory('http://camera:8554/', {
    async fetch(url, init) {
      requests.push(url.pathname);
      tokens.push(/** @type {Record<string, string>} */ (init.headers ?? {}).authorization);
      return await server(url.pathname, /** @type {AbortSignal} */ (init.signal));
    },
    origin,
    page,
    clock,
    random: () => 0,
  });
}

beforeEach(() => {
  clock = new FakeClock();
  page = new FakePage();
  requests = [];
  tokens = [];
  directory = create('http://camera:8554');
});

/** An event stream that the test writes. */
class Events {
  /** @type {ReadableStreamDefaultController | undefined} */
  #controller;

  /** @param {AbortSignal} signal */
  response(signal) {
    const body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
        signal.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  /**
   * @param {string} type
   * @param {unknown} data
   */
  async send(type, data) {
    this.text(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
    await settle();
  }

  /** @param {string} text */
  text(text) {
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  async end() {
    this.#controller?.close();
    await settle();
  }
}

const kLive = { flags: ['video', 'send'], peer_count: 0, state: 'live' };
const names = () => [...directory.streams.keys()];

test('events are followed', async () => {
  const events = new Events();
  server = (_path, signal) => events.response(signal);
  let changes = 0;
  const stop = directory.subscribe(() => {
    changes += 1;
  });
  await settle();
  assert.equal(directory.status, 'connecting');
  await events.send('streams', { '/a': kLive });
  assert.equal(directory.status, 'listening');
  assert.ok(directory.known);
  await events.send('stream-added', { '/b': kLive });
  assert.deepEqual(names(), ['a', 'b']);
  await events.send('stream-changed', { '/b': { ...kLive, peer_count: 4 } });
  assert.equal(directory.streams.get('b')?.peers, 4);
  await events.send('stream-removed', { name: 'a' });
  assert.deepEqual(names(), ['b']);
  assert.equal(changes, 5);
  stop();
  assert.equal(directory.status, 'idle');
  await settle();
  assert.equal(clock.pending, 0);
  assert.equal(page.listeners, 0);
  assert.deepEqual(requests, ['/api/events']);
});

test('a name may be there in both directions, whichever comes and goes', async () => {
  const kTaking = { flags: ['video', 'recv'], direction: 'in', peer_count: 0, state: 'waiting' };
  const kSent = { ...kLive, direction: 'out' };
  const events = new Events();
  server = (_path, signal) => events.response(signal);
  const stop = directory.subscribe(() => {});
  await settle();
  await events.send('streams', { '/a': kTaking });
  assert.deepEqual(names(), ['a']);
  await events.send('stream-added', { '/a': kSent });
  assert.deepEqual(names(), ['a?role=publish', 'a']);
  assert.equal(directory.streams.get('a')?.direction, 'out');
  await events.send('stream-changed', { '/a?role=publish': { ...kTaking, peer_count: 1 } });
  assert.equal(directory.streams.get('a?role=publish')?.peers, 1);
  const taking = findStream(directory.streams, 'a', isPublishable);
  assert.equal(taking?.name, 'a?role=publish');
  assert.equal(findStream(directory.streams, 'a', isWatchable)?.direction, 'out');
  assert.equal(findStream(directory.streams, 'b', isWatchable), undefined);
  await events.send('stream-removed', { name: 'a', direction: 'out' });
  assert.deepEqual([...directory.streams.values()].map(({ name, direction }) => [name, direction]),
    [['a', 'in']]);
  await events.send('stream-removed', { name: 'a', direction: 'in' });
  assert.deepEqual(names(), []);
  stop();
});

test('what cannot be read changes nothing', async () => {
  const events = new Events();
  server = (_path, signal) => events.response(signal);
  const stop = directory.subscribe(() => {});
  await settle();
  await events.send('streams', { '/a': kLive });
  events.text('event: streams\ndata: {"/b":\n\n');
  await events.send('stream-removed', { nome: 'a' });
  await events.send('unheard-of', {});
  assert.deepEqual(names(), ['a']);
  stop();
});

test('a server without events is polled, and asked for events a minute later', async () => {
  server = (path) => (path === '/api/streams' ? Response.json({ '/a': kLive })
    : new Response('', { status: 404 }));
  const stop = directory.subscribe(() => {});
  await clock.advance(100);
  assert.equal(directory.status, 'polling');
  assert.deepEqual(requests, ['/api/events', '/api/streams']);
  await clock.advance(2000);
  assert.deepEqual(requests.slice(2), Array.from('1234', () => '/api/streams'));
  await clock.advance(60000);
  assert.equal(requests.filter((path) => path === '/api/events').length, 2);
  stop();
});

test('a lost server is tried within a second, one request at a time, and found again', async () => {
  const events = new Events();
  server = (_path, signal) => events.response(signal);
  const stop = directory.subscribe(() => {});
  await settle();
  await events.send('streams', { '/a': kLive });
  server = () => Promise.reject(new TypeError('refused'));
  await events.end();
  assert.equal(directory.status, 'unreachable');
  assert.ok(!directory.known);
  assert.deepEqual(names(), ['a']);
  await clock.advance(10000);
  const tries = requests.length - 1;
  assert.ok(tries >= 10 && tries <= 25, `${tries} tries in 10 s`);
  const again = new Events();
  server = (_path, signal) => again.response(signal);
  await clock.advance(800);
  await again.send('streams', { '/b': kLive });
  assert.deepEqual(names(), ['b']);
  stop();
});

test('a server that is silent for longer than its pings allow is lost', async () => {
  const events = new Events();
  server = (_path, signal) => events.response(signal);
  const stop = directory.subscribe(() => {});
  await settle();
  await events.send('streams', { '/a': kLive });
  for (let count = 0; count < 4; count += 1) {
    await clock.advance(15000);
    events.text(': ping\n\n');
    await settle();
  }
  assert.equal(directory.status, 'listening');
  server = () => Promise.reject(new TypeError('refused'));
  await clock.advance(36000);
  assert.equal(directory.status, 'unreachable');
  stop();
});

test('a server that accepts and never answers does not hold the directory', async () => {
  server = (_path, signal) => new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });
  const stop = directory.subscribe(() => {});
  await clock.advance(4100);
  assert.equal(directory.status, 'unreachable');
  await clock.advance(4300);
  assert.equal(requests.length, 2);
  stop();
});

test('a frame and a hidden page occupy no connection', async () => {
  server = () => Response.json({});
  page.framed = true;
  const stop = directory.subscribe(() => {});
  await clock.advance(100);
  assert.deepEqual(requests, ['/api/streams']);
  stop();
  page.framed = false;
  page.isHidden = true;
  const stopAgain = directory.subscribe(() => {});
  await clock.advance(6500);
  assert.deepEqual(requests, Array.from('1234', () => '/api/streams'));
  const events = new Events();
  server = (_path, signal) => events.response(signal);
  page.isHidden = false;
  page.wake();
  await settle();
  assert.equal(requests.at(-1), '/api/events');
  stopAgain();
});

test('a foreign server that answers without letting itself be read is told apart', async () => {
  directory = create('https://elsewhere.example');
  server = (path) => {
    if (path === '/webrtc-client.js') return new Response('');
    throw new TypeError('blocked by CORS');
  };
  const stop = directory.subscribe(() => {});
  await clock.advance(10);
  assert.equal(directory.status, 'blind');
  stop();
});

test('two listeners share the requests, and the last one ends them', async () => {
  const events = new Events();
  server = (_path, signal) => events.response(signal);
  const listener = () => {};
  const stops = [directory.subscribe(listener), directory.subscribe(listener)];
  await settle();
  assert.equal(requests.length, 1);
  stops[0]?.();
  stops[0]?.();
  assert.notEqual(directory.status, 'idle');
  stops[1]?.();
  assert.equal(directory.status, 'idle');
});

test('a server that asks for a token says why, and hears the next one at once', async () => {
  const problem = (/** @type {string} */ detail) => new Response(JSON.stringify({ detail }),
    { status: 401, headers: { 'content-type': 'application/problem+json' } });
  const events = new Events();
  server = (_path, signal) => {
    if (tokens.at(-1) === undefined) return problem('This server asks for a token.');
    return tokens.at(-1) === 'Bearer right' ? events.response(signal) : problem('Not known.');
  };
  let changes = 0;
  const stop = directory.subscribe(() => {
    changes += 1;
  });
  await settle();
  assert.equal(directory.status, 'denied');
  assert.equal(directory.denial, 'This server asks for a token.');
  assert.ok(!directory.known);
  // It is asked now and then, which nobody needs to hear of.
  changes = 0;
  await clock.advance(20000);
  assert.equal(changes, 0);
  directory.token = 'wrong';
  assert.equal(directory.status, 'connecting');
  await settle();
  assert.equal(directory.status, 'denied');
  assert.equal(directory.denial, 'Not known.');
  directory.token = 'right';
  await settle();
  await events.send('streams', { '/a': kLive });
  assert.deepEqual(names(), ['a']);
  assert.equal(directory.status, 'listening');
  // It ends while the stream plays.
  server = () => problem('Expired.');
  await events.end();
  await clock.advance(1000);
  assert.equal(directory.status, 'denied');
  assert.equal(directory.denial, 'Expired.');
  assert.deepEqual(names(), []);
  stop();
});

test('why a stream is not listed is what the server says', async () => {
  directory.token = 'abc';
  server = () => new Response('{"detail":"Not this one."}', { status: 403 });
  assert.equal(await directory.refusal('cam', 'view'), 'Not this one.');
  assert.deepEqual(requests, ['/cam']);
  server = () => new Response('', { status: 404 });
  assert.equal(await directory.refusal('cam', 'view'), null);
  server = () => Promise.reject(new TypeError('refused'));
  assert.equal(await directory.refusal('cam', 'view'), null);
});
