// SPDX-License-Identifier: LGPL-2.1-or-later
// A stream of a server, watched until told otherwise: it survives losses, restarts and absences.

import { mixedContentProblem, resolveAddress } from './address.js';
import { kSystemClock } from './clock.js';
import { StreamDirectory } from './directory.js';
import { kBrowserPage } from './page-life.js';
import { Reconnector } from './reconnector.js';
import { Session } from './session.js';
import { describeState } from './states.js';
import { StatisticsSampler } from './statistics.js';

/**
 * @typedef {import('./states.js').StreamState} StreamState
 * @typedef {import('./statistics.js').Statistics} Statistics
 *
 * @typedef {object} StreamOptions
 * @property {string} [base]  what a relative address is relative to; the document by default
 * @property {number} [statisticsInterval]  ms between samples, 0 for none; default 1000
 * @property {boolean} [reconnect]  whether to come back after a loss; default true
 * @property {RTCIceServer[]} [iceServers]  used besides those that the server names
 * @property {RTCIceTransportPolicy} [iceTransportPolicy]  overrides the server's
 *
 * @typedef {object} StateDetail
 * @property {StreamState} state
 * @property {string} message  a sentence for people
 * @property {string} hint  what may help, or what the server added; often empty
 */

/** @type {ReadonlySet<StreamState>} */
const kAbsences = new Set([
  'ended', 'missing', 'unreachable', 'offline', 'full', 'failed',
]);

const kStallTimeout = 3000;  // ms without a byte until a live stream counts as stalled
const kFallbackInterval = 1000;  // ms

/**
 * Events (all `CustomEvent`):
 * - `statechange`, detail {@link StateDetail}
 * - `track`, detail `{ track: MediaStreamTrack, mediaStream: MediaStream }`
 * - `statistics`, detail {@link Statistics}
 * - `error`, detail `{ cause, message }`: an attempt ended with an error; `cause` is an `EndCause`
 * - `warning`, detail `{ message }`: some of the media cannot be played
 */
export class WebRTCStream extends EventTarget {
  #address;
  #options;
  #reconnector;
  /** @type {Session | null} */
  #session = null;
  #sampler = new StatisticsSampler();
  #mediaStream = new MediaStream();
  /** @type {StateDetail} */
  #state = { state: 'idle', message: describeState('idle'), hint: '' };
  /** @type {{ state: import('./stream-info.js').PipelineState, message: string } | null} */
  #pipeline = null;
  #playing = false;
  #started = false;
  #lost = false;
  /** @type {Statistics | null} */
  #statistics = null;
  #lastBytes = 0;
  #lastBytesTime = 0;
  #cancelSample = () => {};
  /** @type {Array<() => void>} */
  #releases = [];

  /**
   * @param {string} src  `/output`, `ws(s)://…`, `http(s)://…` or `webrtc(s)://…`
   * @param {StreamOptions} [options]
   * @throws {TypeError} when `src` names no stream; the message says why
   */
  constructor(src, options = {}) {
    super();
    this.#options = options;
    this.#address = resolveAddress(src, options.base);
    this.#reconnector = new Reconnector({
      stream: this.#address.stream,
      directory: StreamDirectory.at(this.#address.baseUrl),
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
    return this.#state.state;
  }

  /** The state as a sentence. */
  get message() {
    return this.#state.message;
  }

  /** What may help, or what the server added; often empty. */
  get hint() {
    return this.#state.hint;
  }

  /** What arrives, for `video.srcObject`. Another object after each reconnection, see `track`. */
  get mediaStream() {
    return this.#mediaStream;
  }

  /** @returns {Statistics | null} the last sample of this connection */
  get statistics() {
    return this.#statistics;
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
    this.#mediaStream = new MediaStream();
    this.#statistics = null;
    this.#setState('idle');
  }

  /** @returns {Promise<RTCStatsReport | null>} the browser's own report; null while unconnected */
  async getStats() {
    return await this.#session?.getStats() ?? null;
  }

  #leave() {
    this.#cancelSample();
    this.#session?.close();
    this.#session = null;
    this.#playing = false;
  }

  #connect() {
    this.#leave();
    this.#pipeline = null;
    const refusal = mixedContentProblem(this.#address, location.protocol);
    if (refusal) {
      this.#fail('refused', refusal);
      return;
    }
    // Why there is no picture stays on screen until something better is known.
    if (!kAbsences.has(this.state)) this.#reconnecting();
    try {
      this.#session = new Session({
        socketUrl: this.#address.socketUrl,
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
    /** @type {MediaStream | null} */
    let media = null;
    return {
      onStep: (step) => this.#progress(step),
      onTrack: (track) => {
        // The last picture of the session before stays on screen until this one has tracks.
        if (!media) this.#mediaStream = media = new MediaStream();
        media.addTrack(track);
        this.#dispatch('track', { track, mediaStream: media });
      },
      onPipeline: (state, message) => {
        this.#pipeline = { state, message };
        this.#show();
      },
      onWarning: (message) => this.#dispatch('warning', { message }),
      onEnd: (end) => this.#ended(end),
    };
  }

  /** @param {'negotiating' | 'connected' | 'interrupted' | 'media'} step */
  #progress(step) {
    if (step === 'negotiating') {
      this.#setState('connecting', 'Connecting – looking for a path to the server…');
    } else if (step === 'connected') {
      this.#setState('connecting', 'Connected – waiting for the first picture…');
    } else if (step === 'interrupted') {
      this.#setState('connecting', 'Connection interrupted – waiting for it to recover…');
    } else {
      this.#playing = true;
      this.#lost = false;
      this.#reconnector.succeeded();
      this.#lastBytesTime = performance.now();
      this.#show();
      this.#startSampling();
    }
  }

  /** Combines what the pipeline does with whether anything arrives. */
  #show() {
    const pipeline = this.#pipeline;
    const message = pipeline?.message ?? '';
    if (pipeline?.state === 'error') this.#setState('failed', message || undefined);
    else if (pipeline?.state === 'paused') this.#setState('paused', undefined, message);
    else if (pipeline?.state === 'ended') this.#setState('ended', undefined, message);
    else if (this.#playing) this.#setState('live');
    else if (pipeline?.state === 'waiting') this.#setState('waiting', undefined, message);
    else if (pipeline?.state === 'live' && kAbsences.has(this.state)) this.#reconnecting();
  }

  /** @param {import('./session.js').SessionEnd} end */
  #ended(end) {
    this.#leave();
    const { cause, message } = end;
    if (cause !== 'ended' && cause !== 'restart' && cause !== 'lost' && cause !== 'unopened') {
      this.#dispatch('error', { cause, message });
    }
    switch (cause) {
      case 'unopened':
        if (!kAbsences.has(this.state)) this.#reconnecting();
        break;
      case 'ended':
      case 'full':
        this.#setState(cause, undefined, message);
        break;
      case 'no-path':
        this.#setState('failed', 'No path to the server', message);
        break;
      case 'dismissed':
        this.#setState('failed', 'The server ended this session', message);
        break;
      case 'refused':
      case 'unusable':
        this.#setState('failed', message || undefined);
        break;
      default:
        this.#setState('connecting', 'Connection lost – reconnecting…', message);
    }
    this.#lost ||= cause !== 'unopened';
    if (this.#options.reconnect !== false) this.#reconnector.plan(cause);
  }

  /** @param {import('./reconnector.js').Absence} absence */
  #absent(absence) {
    if (absence === 'refused') {
      this.#setState('failed', 'The server does not accept this connection – trying again',
        'The stream may be away, the server may let in pages of other origins only, or a proxy in '
        + 'between may not pass WebSockets on.');
      return;
    }
    this.#setState(absence);
  }

  /**
   * @param {import('./session.js').EndCause} cause
   * @param {string} message
   */
  #fail(cause, message) {
    this.#setState('failed', message);
    this.#dispatch('error', { cause, message });
  }

  #startSampling() {
    this.#cancelSample();
    this.#sampler = new StatisticsSampler();
    const session = this.#session;
    const interval = this.#options.statisticsInterval ?? kFallbackInterval;
    if (!session || !(interval > 0)) return;
    const sample = async () => {
      const report = await session.getStats();
      if (!report || this.#session !== session) return;
      const stats = /** @type {ReadonlyMap<string, any>} */ (/** @type {unknown} */ (report));
      this.#statistics = this.#sampler.sample(stats, Date.now());
      this.#watchBytes(this.#statistics.bytesReceived);
      this.#dispatch('statistics', this.#statistics);
    };
    const again = () => {
      this.#cancelSample = kSystemClock.after(interval, again);
      sample();
    };
    this.#cancelSample = kSystemClock.after(interval, again);
    sample();
  }

  /** @param {number} bytes  received so far */
  #watchBytes(bytes) {
    const now = performance.now();
    if (bytes !== this.#lastBytes) {
      this.#lastBytes = bytes;
      this.#lastBytesTime = now;
      if (this.state === 'stalled') this.#show();
    } else if (now - this.#lastBytesTime > kStallTimeout && this.state === 'live') {
      this.#setState('stalled');
    }
  }

  /**
   * @param {StreamState} state
   * @param {string} [message]
   * @param {string} [hint]
   */
  #setState(state, message = describeState(state), hint = '') {
    const before = this.#state;
    if (before.state === state && before.message === message && before.hint === hint) return;
    this.#state = { state, message, hint };
    this.#dispatch('statechange', this.#state);
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
