// SPDX-License-Identifier: LGPL-2.1-or-later
// A stream of a server, watched or sent to until told otherwise: the connection survives losses,
// restarts and absences. What travels through it is known to the role and to the subclass.

import { mixedContentProblem, resolveAddress, splitToken, withToken } from './address.js';
import { kSystemClock, repeat } from './clock.js';
import { Controls } from './controls.js';
import { StreamDirectory } from './directory.js';
import { kBrowserPage } from './page-life.js';
import { connected } from './messages.js';
import { Navigation } from './navigation.js';
import { Pipeline } from './pipeline.js';
import { Reconnector } from './reconnector.js';
import { Session } from './session.js';
import { StallWatch } from './stall-watch.js';
import { stateAfter } from './states.js';

/**
 * @typedef {import('./states.js').StreamState} StreamState
 * @typedef {import('./stream-info.js').PipelineState} PipelineState
 *
 * @typedef {object} StreamOptions
 * @property {string} [base]  what a relative address is relative to; the document by default
 * @property {number} [statisticsInterval]  ms between samples, 0 for none; default 1000
 * @property {boolean} [reconnect]  whether to come back after a loss; default true
 * @property {string} [token]  what the server asks for; by default the `?token=` of the address, or
 *   that of `StreamDirectory.at(server)`
 * @property {RTCIceServer[]} [iceServers]  used besides those that the server names
 * @property {RTCIceTransportPolicy} [iceTransportPolicy]  overrides the server's
 *
 * @typedef {object} StateDetail
 * @property {StreamState} state
 * @property {string} message  a sentence for people
 * @property {string} hint  what may help, or what the server added; often empty
 */

/**
 * What is different between those who watch and those who send.
 *
 * @template {object} Statistics
 * @typedef {object} Role
 * @property {import('./session.js').SessionRole} name
 * @property {(info: import('./stream-info.js').StreamInfo) => boolean} accepts
 * @property {(state: StreamState) => string} describe
 * @property {string} connected  what is said between the connection and the first media
 * @property {(pipeline: PipelineState | null, flowing: boolean) => StreamState | null} combine
 *   what the pipeline does with whether media flow here; null: nothing new
 * @property {() => { sample: (report: ReadonlyMap<string, any>, time: number) => Statistics }}
 *   createSampler
 * @property {(statistics: Statistics) => number} bytes  that travelled so far
 */

/** @type {ReadonlySet<StreamState>} */
const kAbsences = new Set([
  'ended', 'missing', 'unreachable', 'offline', 'full', 'denied', 'failed',
]);

const kFallbackInterval = 1000;  // ms

/**
 * Events (all `CustomEvent`):
 * - `statechange`, detail {@link StateDetail}
 * - `statistics`, detail `Statistics`
 * - `error`, detail `{ cause, message }`: an attempt ended with an error; `cause` is an `EndCause`
 * - `message`, detail `{ data }`: the pipeline's application says something
 * - `controls`, detail `{ controls }`: other {@link Controls} than before, or the first, or none
 * - `pipeline`, detail `{ pipeline }`: the {@link Pipeline} was started or stopped
 * - `warning`, detail `{ message }`: some of the media cannot be used
 *
 * @template {object} Statistics
 */
export class StreamConnection extends EventTarget {
  #address;
  #directory;
  #options;
  /** @type {Role<Statistics>} */
  #role;
  #reconnector;
  /** @type {Session | null} */
  #session = null;
  #controls = new Controls((request) => connected(this.#session).ask(request),
    () => this.#session?.name ?? '');
  #running = new Pipeline((type) => connected(this.#session).run(type),
    () => this.#controls.mine);
  #navigation = new Navigation(
    async (...parts) => connected(this.#session).navigate(...parts),
    // Where nothing is said of controls, all who may control do.
    () => this.#controls.role === '' || this.#controls.mine);
  /** @type {StateDetail} */
  #state;
  /** @type {StateDetail | null} */
  #overlay = null;
  /** @type {{ state: PipelineState, message: string } | null} */
  #pipeline = null;
  #flowing = false;
  #started = false;
  #lost = false;
  /** The token that is known not to allow this. @type {string | null} */
  #deniedToken = null;
  /** @type {Statistics | null} */
  #statistics = null;
  #stallWatch = new StallWatch();
  #cancelSample = () => {};
  /** @type {Array<() => void>} */
  #releases = [];

  /**
   * @param {string} src  `/output`, `ws(s)://…`, `http(s)://…` or `webrtc(s)://…`
   * @param {StreamOptions} options
   * @param {Role<Statistics>} role
   * @throws {TypeError} when `src` names no stream; the message says why
   */
  constructor(src, options, role) {
    super();
    this.#options = options;
    this.#role = role;
    this.#state = { state: 'idle', message: role.describe('idle'), hint: '' };
    const { address, token } = splitToken(resolveAddress(src, options.base));
    this.#address = address;
    this.#directory = StreamDirectory.at(address.baseUrl, options.token ?? token);
    for (const type of ['controls', 'holder']) {
      this.#controls.addEventListener(type, () => this.#navigation.review());
    }
    this.#controls.addEventListener('controls', () => {
      this.dispatch('controls', { controls: this.#controls });
    });
    this.#running.addEventListener('change', () => {
      this.#show();
      this.dispatch('pipeline', { pipeline: this.#running });
    });
    this.#reconnector = new Reconnector({
      stream: this.#address.stream,
      accepts: role.accepts,
      directory: this.#directory,
      clock: kSystemClock,
      page: kBrowserPage,
      random: Math.random,
      onRetry: () => this.#connect(),
      onAbsence: (absence) => this.#absent(absence),
    });
  }

  /** Name of the stream. */
  get name() {
    return this.#address.stream;
  }

  /** @returns {Readonly<import('./address.js').StreamAddress>} */
  get address() {
    return this.#address;
  }

  /** @returns {StreamState} */
  get state() {
    return this.#shown.state;
  }

  /** The state as a sentence. */
  get message() {
    return this.#shown.message;
  }

  /** What may help, or what the server added; often empty. */
  get hint() {
    return this.#shown.hint;
  }

  /** @returns {Statistics | null} the last sample of this connection */
  get statistics() {
    return this.#statistics;
  }

  /** What of the pipeline this browser may see and change; always the same object. */
  get controls() {
    return this.#controls;
  }

  /** Whether the pipeline runs, and the wish that it would; always the same object. */
  get pipeline() {
    return this.#running;
  }

  /** Mouse, keyboard and touch for the pipeline, where it takes them; always the same object. */
  get navigation() {
    return this.#navigation;
  }

  /** Whether `start` was called, and `stop` was not. */
  get started() {
    return this.#started;
  }

  /** Connects, and stays connected as far as the world permits. */
  start() {
    if (this.#started) return;
    this.#started = true;
    this.#lost = false;
    this.#releases = [
      // Into the back-forward cache the stream does not come along.
      kBrowserPage.onLeave(() => {
        this.#reconnector.cancel();
        this.#leave();
      }),
      kBrowserPage.onReturn(() => this.#connect()),
    ];
    this.#connect();
  }

  /** Leaves. `start` may be called again. */
  stop() {
    if (!this.#started) return;
    this.#started = false;
    for (const release of this.#releases.splice(0)) release();
    this.#reconnector.cancel();
    this.#leave();
    this.#statistics = null;
    this.#setState('idle');
  }

  /** @returns {Promise<RTCStatsReport | null>} the browser's own report; null while unconnected */
  async getStats() {
    return await this.#session?.getStats() ?? null;
  }

  /**
   * Says something to the pipeline's application.
   *
   * @param {unknown} data  whatever JSON can say, up to 16 KiB
   * @returns {Promise<void>} fulfilled once the server has taken it; rejected with a `MessageError`
   */
  async send(data) {
    await connected(this.#session).send(data);
  }

  /**
   * The media half of the next session.
   *
   * @protected
   * @returns {import('./peer.js').Media}
   */
  createMedia() {
    throw new Error('A subclass says what travels');
  }

  /**
   * Negotiates anew, such as for other kinds of media.
   *
   * @protected
   */
  renew() {
    if (this.#session) this.#connect();
  }

  /**
   * Shows a state that is more important than the connection's.
   *
   * @protected
   * @param {StateDetail | null} overlay  null: the connection's own state again
   */
  cover(overlay) {
    const before = this.#shown;
    this.#overlay = overlay;
    this.#changed(before);
  }

  /**
   * The server told this browser to stay away.
   *
   * @protected
   * @type {(cause: import('./session.js').EndCause) => void}
   */
  onDismissed() {}

  /**
   * The pipeline knows something of a frame.
   *
   * @protected
   * @type {(message: Record<string, unknown>) => void}
   */
  onFrame() {}

  get #shown() {
    return this.#overlay ?? this.#state;
  }

  #leave() {
    this.#cancelSample();
    this.#navigation.set(false);
    this.#session?.close();
    this.#session = null;
    this.#flowing = false;
  }

  #connect() {
    this.#leave();
    this.#pipeline = null;
    this.#controls.expect();
    this.#running.expect();
    const refusal = mixedContentProblem(this.#address, location.protocol);
    if (refusal) {
      this.#fail('refused', refusal);
      return;
    }
    // Why there is no picture stays on screen until something better is known.
    if (!kAbsences.has(this.#state.state)) this.#reconnecting();
    try {
      this.#session = new Session({
        socketUrl: withToken(this.#address.socketUrl, this.#directory.token),
        role: this.#role.name,
        media: this.createMedia(),
        iceServers: this.#options.iceServers ?? [],
        iceTransportPolicy: this.#options.iceTransportPolicy,
        clock: kSystemClock,
      }, this.#sessionListener());
    } catch (error) {
      this.#fail('refused', `This browser refuses ${this.#address.socketUrl}: ${error}`);
    }
  }

  #reconnecting() {
    this.#setState('connecting', this.#lost ? 'Reconnecting…' : undefined);
  }

  /** @returns {import('./session.js').SessionListener} */
  #sessionListener() {
    return {
      onStep: (step) => this.#progress(step),
      onPipeline: (state, message) => {
        this.#pipeline = { state, message };
        this.#controls.follow(state);
        this.#running.follow(state);
        this.#show();
      },
      onMessage: (data) => this.dispatch('message', { data }),
      onControls: (message) => {
        this.#controls.receive(message);
        this.#running.receive(message);
      },
      onFrame: (message) => this.onFrame(message),
      onNavigation: (available) => this.#navigation.set(available),
      onWarning: (message) => this.dispatch('warning', { message }),
      onEnd: (end) => this.#ended(end),
    };
  }

  /** @param {'negotiating' | 'connected' | 'interrupted' | 'media'} step */
  #progress(step) {
    if (step === 'negotiating') {
      this.#controls.settle();
      this.#running.settle();
      this.#setState('connecting', 'Connecting – looking for a path to the server…');
    } else if (step === 'connected') {
      this.#setState('connecting', this.#role.connected);
      this.#show();
    } else if (step === 'interrupted') {
      this.#setState('connecting', 'Connection interrupted – waiting for it to recover…');
    } else {
      this.#flowing = true;
      this.#lost = false;
      this.#reconnector.succeeded();
      this.#show();
      this.#startSampling();
    }
  }

  /** Combines what the pipeline does with whether media flow. */
  #show() {
    const { state: pipeline, message } = this.#pipeline ?? { state: null, message: '' };
    if (pipeline === 'error') {
      this.#setState('failed', message || undefined);
      return;
    }
    const { words } = this.#running;
    if (pipeline && words) {
      this.#setState('paused', words);
      return;
    }
    const state = this.#role.combine(pipeline, this.#flowing);
    // What did not come while the pipeline was stopped was not expected.
    if (state === 'live' && this.#state.state !== 'live') this.#stallWatch.begin();
    if (state) this.#setState(state, undefined, state === 'live' ? '' : message);
    else if (pipeline === 'live' && kAbsences.has(this.#state.state)) this.#reconnecting();
    else if (this.#state.state === 'paused') this.#setState('connecting', this.#role.connected);
  }

  /** @param {import('./session.js').SessionEnd} end */
  #ended(end) {
    this.#leave();
    const { cause, message } = end;
    if (cause !== 'ended' && cause !== 'restart' && cause !== 'lost' && cause !== 'unopened') {
      this.dispatch('error', { cause, message });
    }
    if (cause === 'unopened') {
      if (!kAbsences.has(this.#state.state)) this.#reconnecting();
    } else {
      if (cause === 'denied') this.#deniedToken = this.#directory.token;
      const after = stateAfter(end);
      this.#setState(after.state, after.message, after.hint);
    }
    this.#lost ||= cause !== 'unopened';
    if (cause === 'dismissed' || cause === 'replaced') this.onDismissed(cause);
    else if (this.#options.reconnect !== false) this.#reconnector.plan(cause);
  }

  /** @param {import('./reconnector.js').Absence} absence */
  #absent(absence) {
    if (absence === 'refused') {
      this.#setState('failed', 'The server does not accept this connection – trying again',
        'The stream may be away, the server may let in pages of other origins only, or a proxy in '
        + 'between may not pass WebSockets on.');
      return;
    }
    if (absence === 'denied') {
      this.#setState('denied', this.#directory.denial || undefined);
      return;
    }
    if (absence === 'missing' || absence === 'ended') {
      // A stream that the token is no good for is not listed.
      if (this.#state.state === 'denied' && this.#deniedToken === this.#directory.token) return;
      if (this.#state.state !== absence) this.#askWhy();
    }
    // What the server said of it stays.
    if (this.#state.state !== absence) this.#setState(absence);
  }

  async #askWhy() {
    const { token } = this.#directory;
    if (token === '') return;
    const refusal = await this.#directory.refusal(this.#address.stream, this.#role.name);
    const { state } = this.#state;
    if (refusal === null || token !== this.#directory.token) return;
    if (!this.#started || (state !== 'missing' && state !== 'ended')) return;
    this.#deniedToken = token;
    this.#setState('denied', refusal);
  }

  /**
   * @param {import('./session.js').EndCause} cause
   * @param {string} message
   */
  #fail(cause, message) {
    this.#setState('failed', message);
    this.dispatch('error', { cause, message });
  }

  #startSampling() {
    this.#cancelSample();
    const sampler = this.#role.createSampler();
    const session = this.#session;
    const interval = this.#options.statisticsInterval ?? kFallbackInterval;
    if (!session || !(interval > 0)) return;
    const sample = async () => {
      const report = await session.getStats();
      if (!report || this.#session !== session) return;
      const stats = /** @type {ReadonlyMap<string, any>} */ (/** @type {unknown} */ (report));
      this.#statistics = sampler.sample(stats, Date.now());
      this.#watchBytes(this.#role.bytes(this.#statistics));
      this.dispatch('statistics', this.#statistics);
    };
    this.#cancelSample = repeat(kSystemClock, interval, sample);
    sample();
  }

  /** @param {number} bytes  so far */
  #watchBytes(bytes) {
    const stalled = this.#stallWatch.stalled(bytes);
    if (stalled && this.#state.state === 'live') this.#setState('stalled');
    else if (!stalled && this.#state.state === 'stalled') this.#show();
  }

  /**
   * @param {StreamState} state
   * @param {string} [message]
   * @param {string} [hint]
   */
  #setState(state, message = this.#role.describe(state), hint = '') {
    const before = this.#shown;
    this.#state = { state, message, hint };
    this.#changed(before);
  }

  /** @param {StateDetail} before  what was shown */
  #changed({ state, message, hint }) {
    const now = this.#shown;
    if (now.state === state && now.message === message && now.hint === hint) return;
    this.dispatch('statechange', now);
  }

  /**
   * @protected
   * @param {string} type
   * @param {object} detail
   */
  dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
