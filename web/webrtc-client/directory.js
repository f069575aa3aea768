// SPDX-License-Identifier: LGPL-2.1-or-later
// The list of a server's streams, kept up to date while somebody listens.

import { Backoff } from './backoff.js';
import { kSystemClock, sleep } from './clock.js';
import { EventParser } from './event-parser.js';
import { kBrowserPage } from './page-life.js';
import { byName, isObject, parseStreams, plainName, withNews } from './stream-info.js';

/** @typedef {import('./stream-info.js').StreamInfo} StreamInfo */

/**
 * - `idle`: nobody listens
 * - `connecting`: nothing is known yet
 * - `listening`: the server tells every change
 * - `polling`: the list is fetched again and again
 * - `blind`: the server answers, but does not let this page read the list
 * - `denied`: the server asks for a token, or for another one; `denial` says which in a sentence
 * - `unreachable`: the server does not answer; it is tried again within a second
 *
 * @typedef {'idle' | 'connecting' | 'listening' | 'polling' | 'blind' | 'denied' | 'unreachable'}
 *   DirectoryStatus
 */

/**
 * What the directory needs of the world, so that tests can be the world.
 *
 * @typedef {object} DirectoryEnvironment
 * @property {(url: URL, init: RequestInit) => Promise<Response>} fetch
 * @property {string} origin  of the page
 * @property {Pick<import('./page-life.js').PageLife, 'hidden' | 'framed' | 'onWake'>} page
 * @property {import('./clock.js').Clock} clock
 * @property {() => number} random
 */

const kHeaderTimeout = 4000;  // ms until the header of a response has come
const kSilenceTimeout = 35000;  // ms; the server sends a comment at least every 15 s
const kPollInterval = 500;  // ms; a stream that returns shall play within a second
const kHiddenInterval = 3000;  // ms between requests of a page that nobody sees
const kEventsRetry = 60000;  // ms after which a server without events is asked again for them
const kDeniedRetry = 5000;  // ms; what a token is good for may be changed on the server
const kRetry = { initial: 200, maximum: 500 };  // ms; for the same reason

/** The server asks for a token; the message is its sentence. */
class Denied extends Error {}

export class StreamDirectory extends EventTarget {
  /** @type {Map<string, StreamDirectory>} */
  static #shared = new Map();

  /**
   * All streams of a page that come from one server, for one token, share one directory.
   *
   * @param {string} baseUrl  `http(s)://…/`
   * @param {string} [token]  what a stream of its own token has; by default that of the page, which
   *   may change
   * @returns {StreamDirectory}
   */
  static at(baseUrl, token = '') {
    const key = `${baseUrl} ${token}`;
    let directory = StreamDirectory.#shared.get(key);
    if (!directory) {
      directory = new StreamDirectory(baseUrl);
      directory.#token = token;
      StreamDirectory.#shared.set(key, directory);
    }
    return directory;
  }

  #baseUrl;
  #environment;
  #backoff;
  #listeners = 0;
  /** @type {DirectoryStatus} */
  #status = 'idle';
  /** @type {Map<string, StreamInfo>} */
  #streams = new Map();
  /** @type {() => void} */
  #end = () => {};
  #eventsMissingUntil = 0;
  #token = '';
  #denial = '';
  #wake = () => {};

  /**
   * Dispatches `change` (an event without detail) whenever `status` or `streams` differ.
   *
   * @param {string} baseUrl
   * @param {DirectoryEnvironment} [environment]
   */
  constructor(baseUrl, environment) {
    super();
    this.#baseUrl = baseUrl;
    this.#environment = environment ?? {
      fetch: (url, init) => fetch(url, init),
      origin: location.origin,
      page: kBrowserPage,
      clock: kSystemClock,
      random: Math.random,
    };
    this.#backoff = new Backoff(kRetry, this.#environment.random);
  }

  get status() {
    return this.#status;
  }

  /** Whether `streams` is what the server says now. */
  get known() {
    return this.#status === 'listening' || this.#status === 'polling';
  }

  /** @returns {ReadonlyMap<string, StreamInfo>} by name; the last known ones while unreachable */
  get streams() {
    return this.#streams;
  }

  /** Why the status is `denied`, as the server says it. */
  get denial() {
    return this.#denial;
  }

  /** What requests and sockets to the server carry; empty: none. */
  get token() {
    return this.#token;
  }

  set token(value) {
    if (value === this.#token) return;
    this.#token = value;
    this.#eventsMissingUntil = 0;
    if (this.#listeners > 0) this.#replace(this.#streams, 'connecting');
    this.#wake();
  }

  /**
   * Whether the server would let the token do this, for a stream that it does not list.
   *
   * @param {string} stream
   * @param {import('./session.js').SessionRole} role
   * @returns {Promise<string | null>} why not, as the server says it; null: it would, or who knows
   */
  async refusal(stream, role) {
    try {
      const url = new URL(stream, this.#baseUrl);
      url.searchParams.set('role', role);
      const response = await this.#fetch(url, AbortSignal.timeout(kHeaderTimeout),
        'application/problem+json');
      return response.status === 403 ? await detailOf(response) : null;
    } catch {
      return null;
    }
  }

  /**
   * @param {() => void} listener  called after every change
   * @returns {() => void} stops listening; without listeners the directory makes no requests
   */
  subscribe(listener) {
    // One callback may subscribe twice, so each subscription is a function of its own.
    const wrapper = () => listener();
    this.addEventListener('change', wrapper);
    this.#listeners += 1;
    if (this.#listeners === 1) this.#start();
    let active = true;
    return () => {
      if (!active) return;
      active = false;
      this.removeEventListener('change', wrapper);
      this.#listeners -= 1;
      if (this.#listeners === 0) this.#stop();
    };
  }

  #start() {
    let ended = false;
    let step = new AbortController();
    // Whatever happens to the page, the loop looks at the world again at once.
    this.#wake = () => step.abort();
    const forget = this.#environment.page.onWake(this.#wake);
    this.#end = () => {
      ended = true;
      step.abort();
      forget();
    };
    this.#backoff.reset();
    this.#replace(this.#streams, 'connecting');
    const loop = async () => {
      while (!ended) {
        step = new AbortController();
        await this.#step(step.signal);
      }
    };
    loop();
  }

  #stop() {
    this.#end();
    this.#status = 'idle';
    this.#streams = new Map();
  }

  /**
   * Asks once, or listens for as long as that goes well, and sleeps until it is time to ask again.
   *
   * @param {AbortSignal} signal  ends the step early
   */
  async #step(signal) {
    const { clock, page } = this.#environment;
    let delay = 0;
    try {
      // A hidden page and one in a frame poll: every open event stream occupies one of the six
      // connections that a browser has for a server over HTTP/1.1, across all its tabs.
      if (!page.hidden() && !page.framed && clock.now() >= this.#eventsMissingUntil) {
        await this.#listen(signal);
      } else {
        await this.#poll(signal);
        this.#backoff.reset();
        delay = kPollInterval;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Denied) {
        const fresh = error.message !== this.#denial;
        this.#denial = error.message;
        this.#replace(new Map(), 'denied', fresh);
        await sleep(clock, kDeniedRetry, signal);
        return;
      }
      const status = await this.#answersAtAll(signal) ? 'blind' : 'unreachable';
      if (signal.aborted) return;
      this.#replace(this.#streams, status);
      delay = this.#backoff.next();
    }
    const least = page.hidden() ? kHiddenInterval : 0;
    await sleep(clock, Math.max(delay, least), signal);
  }

  /** @param {AbortSignal} signal */
  async #listen(signal) {
    const request = this.#request(signal);
    try {
      request.feed(kHeaderTimeout);
      const response = await this.#fetch('api/events', request.signal, 'text/event-stream');
      if (response.status === 401) throw new Denied(await detailOf(response));
      const type = response.headers.get('content-type') ?? '';
      if (!response.ok || !response.body || !type.startsWith('text/event-stream')) {
        this.#eventsMissingUntil = this.#environment.clock.now() + kEventsRetry;
        return;
      }
      const parser = new EventParser();
      const decoder = new TextDecoder();
      const reader = response.body.getReader();
      for (;;) {
        request.feed(kSilenceTimeout);
        const { value, done } = await reader.read();
        if (done) throw new TypeError('the server closed its events');
        for (const event of parser.push(decoder.decode(value, { stream: true }))) {
          this.#apply(event);
        }
      }
    } finally {
      request.close();
    }
  }

  /** @param {import('./event-parser.js').ServerEvent} event */
  #apply({ type, data }) {
    /** @type {unknown} */
    let value;
    try {
      value = JSON.parse(data);
    } catch {
      return;  // One event that cannot be read is no reason to lose the others.
    }
    if (type === 'streams') {
      this.#backoff.reset();
      this.#replace(parseStreams(value), 'listening');
    } else if (type === 'stream-added' || type === 'stream-changed') {
      this.#replace(withNews(this.#streams, parseStreams(value)), this.#status);
    } else if (type === 'stream-removed' && isObject(value) && typeof value.name === 'string') {
      const { name, direction } = value;
      const rest = [...this.#streams.values()].filter((info) => plainName(info.name) !== name
        || (direction !== undefined && info.direction !== direction));
      this.#replace(byName(rest), this.#status);
    }
  }

  /** @param {AbortSignal} signal */
  async #poll(signal) {
    const request = this.#request(signal);
    try {
      request.feed(kHeaderTimeout);
      const response = await this.#fetch('api/streams', request.signal, 'application/json');
      if (response.status === 401) throw new Denied(await detailOf(response));
      if (response.ok) this.#replace(parseStreams(await response.json()), 'polling');
      else this.#replace(this.#streams, 'blind');
    } finally {
      request.close();
    }
  }

  /**
   * `fetch` fails alike when the server is away and when it forbids this origin to read. A request
   * for what every origin may have tells the two apart; within one origin there is nothing to tell.
   *
   * @param {AbortSignal} signal
   */
  async #answersAtAll(signal) {
    if (new URL(this.#baseUrl).origin === this.#environment.origin) return false;
    const request = this.#request(signal);
    try {
      request.feed(kHeaderTimeout);
      await this.#environment.fetch(new URL('webrtc-client.js', this.#baseUrl), {
        method: 'HEAD',
        mode: 'no-cors',
        cache: 'no-store',
        credentials: 'omit',
        signal: request.signal,
      });
      return true;
    } catch {
      return false;
    } finally {
      request.close();
    }
  }

  /**
   * One request's life: it is aborted with `signal`, when nothing feeds it in time, and at `close`.
   *
   * @param {AbortSignal} signal
   */
  #request(signal) {
    const controller = new AbortController();
    const abort = () => controller.abort();
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    let cancel = () => {};
    return {
      signal: controller.signal,
      /** @param {number} time  milliseconds until the next feeding */
      feed: (time) => {
        cancel();
        cancel = this.#environment.clock.after(time, abort);
      },
      close: () => {
        cancel();
        signal.removeEventListener('abort', abort);
        abort();
      },
    };
  }

  /**
   * @param {string | URL} path
   * @param {AbortSignal} signal
   * @param {string} accept
   */
  #fetch(path, signal, accept) {
    return this.#environment.fetch(new URL(path, this.#baseUrl), {
      signal,
      cache: 'no-store',
      headers: { accept, ...this.#token && { authorization: `Bearer ${this.#token}` } },
    });
  }

  /**
   * @param {Map<string, StreamInfo>} streams
   * @param {DirectoryStatus} status
   * @param {boolean} [anyway]  tells it also when these are as they were
   */
  #replace(streams, status, anyway = false) {
    const same = !anyway && status === this.#status
      && JSON.stringify([...streams]) === JSON.stringify([...this.#streams]);
    if (same) return;
    this.#streams = streams;
    this.#status = status;
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * @param {Response} response  a problem document (RFC 9457)
 * @returns {Promise<string>} its sentence, or an empty text
 */
async function detailOf(response) {
  try {
    const problem = await response.json();
    return isObject(problem) && typeof problem.detail === 'string' ? problem.detail : '';
  } catch {
    return '';
  }
}
