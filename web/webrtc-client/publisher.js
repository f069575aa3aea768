// SPDX-License-Identifier: LGPL-2.1-or-later
// A browser's camera, microphone or screen, sent to a stream of a server until told otherwise.

import { Capture, deviceOf, Overtaken } from './capture.js';
import { capitalized, CaptureError, named } from './capture-problem.js';
import { StreamConnection } from './connection.js';
import { SendingMedia } from './sending.js';
import { createSentStatisticsSampler } from './sent-statistics.js';
import { describeState } from './states.js';
import { isPublishable } from './stream-info.js';

/**
 * @typedef {import('./capture.js').Kind} Kind
 * @typedef {import('./capture.js').Sources} Sources
 * @typedef {import('./capture-problem.js').DeviceKind | 'track'} Device
 * @typedef {import('./sent-statistics.js').SentStatistics} SentStatistics
 *
 * @typedef {import('./connection.js').StreamOptions & import('./sending.js').SendingOptions}
 *   PublisherOptions
 */

/** @type {import('./connection.js').Role<SentStatistics>} */
const kPublishing = {
  name: 'publish',
  accepts: isPublishable,
  describe: (state) => describeState(state, 'publish'),
  connected: 'Connected – the pipeline has not received anything yet',
  combine(pipeline, flowing) {
    if (pipeline === 'ended') return pipeline;
    if (!flowing) return null;
    return pipeline === 'paused' || pipeline === 'waiting' ? pipeline : 'live';
  },
  createSampler: createSentStatisticsSampler,
  bytes: ({ bytesSent }) => bytesSent,
};

/** @type {Sources} */
const kDefaultSources = { video: {}, audio: {} };

/**
 * Besides the events of every connection:
 * - `capture`, detail `{ mediaStream: MediaStream }`: what is captured is another thing now
 * - `mutechange`, detail `{ muted, paused }`
 *
 * @extends {StreamConnection<SentStatistics>}
 */
export class WebRTCPublisher extends StreamConnection {
  #options;
  #capture;
  #mediaStream = new MediaStream();
  /** @type {SendingMedia | null} */
  #media = null;
  /** @type {Sources} */
  #sources = kDefaultSources;
  /** What was taken away. @type {Map<Kind, Device>} */
  #missing = new Map();
  #wanted = false;
  #muted = false;
  #paused = false;

  /**
   * @param {string} src  `/input`, `ws(s)://…`, `http(s)://…` or `webrtc(s)://…`
   * @param {PublisherOptions} [options]
   * @param {import('./capture.js').CaptureEnvironment} [environment]  for tests
   * @throws {TypeError} when `src` names no stream; the message says why
   */
  constructor(src, options = {}, environment = undefined) {
    super(src, options, kPublishing);
    this.#options = options;
    this.#capture = new Capture({
      onTrack: (kind, track) => this.#captured(kind, track),
      onLost: (kind, device) => this.#lost(kind, device),
      onWarning: (message) => this.dispatch('warning', { message }),
    }, environment);
  }

  /** What is captured, for a preview. Always the same object. */
  get mediaStream() {
    return this.#mediaStream;
  }

  /** @returns {Readonly<Sources>} what is sent, or would be */
  get sources() {
    return this.#sources;
  }

  /**
   * Whether `start` was called, and `stop` was not.
   *
   * @override
   */
  get started() {
    return this.#wanted;
  }

  /** Whether silence is sent. The microphone stays open. */
  get muted() {
    return this.#muted;
  }

  set muted(value) {
    this.#muted = value;
    this.#enable();
  }

  /** Whether black is sent. The camera stays open. */
  get paused() {
    return this.#paused;
  }

  set paused(value) {
    this.#paused = value;
    this.#enable();
  }

  /**
   * Opens the devices, which asks the user, and sends from then on, as far as the world permits.
   *
   * @override
   * @param {Sources} [sources]  those of before by default, at first a camera and a microphone
   * @returns {Promise<boolean>} whether there is something to send; `state` says why not
   */
  async start(sources = this.#sources) {
    if (!this.#wanted) {
      this.#wanted = true;
      this.cover({ state: 'capturing', message: asking(sources), hint: '' });
    }
    return await this.#open(sources);
  }

  /**
   * Sends something else from now on: another device, size or rate, the screen, or no sound. The
   * server does not notice, unless a kind comes that was not sent before.
   *
   * @param {Partial<Sources>} sources  what is not named stays
   * @returns {Promise<boolean>} false when it could not be opened, which a `warning` explains; what
   *   was sent before still is
   */
  async use(sources) {
    const next = { ...this.#sources, ...sources };
    if (this.#wanted) return await this.#open(next);
    this.#sources = next;
    return true;
  }

  /**
   * Stops sending and closes the devices. `start` may be called again.
   *
   * @override
   */
  stop() {
    this.#wanted = false;
    this.#missing.clear();
    this.#capture.stop();
    super.stop();
    this.cover(null);
  }

  /**
   * @override
   * @protected
   */
  createMedia() {
    this.#media = new SendingMedia(this.#mediaStream, {
      // A pipeline is better off with fewer pictures than with pictures of another size.
      degradationPreference: 'maintain-resolution',
      ...this.#options,
    });
    return this.#media;
  }

  /**
   * Nobody watches any more, so no camera stays open.
   *
   * @override
   * @protected
   * @param {import('./session.js').EndCause} cause
   */
  onDismissed(cause) {
    this.cover(null);
    const { state, message, hint } = this;
    this.stop();
    this.cover({
      state, message,
      hint: cause === 'replaced' ? hint || 'Your camera is off. Send again to take it back.' : hint,
    });
  }

  /** @param {Sources} sources */
  async #open(sources) {
    // A choice that comes before this one is through builds on it.
    this.#sources = sources;
    try {
      await this.#capture.use(sources);
    } catch (error) {
      if (!(error instanceof Overtaken)) this.#refused(wordsOf(error));
      return false;
    }
    this.#sources = this.#capture.sources;
    super.start();
    if (this.state === 'capturing') this.cover(null);
    return true;
  }

  /** @param {{ cause: string, message: string, hint: string }} words */
  #refused({ cause, message, hint }) {
    const nothing = this.#mediaStream.getTracks().length === 0;
    if (!super.started) {
      this.stop();
      this.cover({ state: 'failed', message, hint });
      this.dispatch('error', { cause, message });
    } else if (nothing) {
      this.cover({ state: 'lost', message, hint });
    } else {
      this.#sources = this.#capture.sources;
      this.dispatch('warning', { message: hint ? `${message}. ${hint}` : message });
    }
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  #captured(kind, track) {
    for (const before of this.#mediaStream.getTracks()) {
      if (before.kind === kind) this.#mediaStream.removeTrack(before);
    }
    if (track) this.#mediaStream.addTrack(track);
    this.#enable();
    if (track) this.#missing.delete(kind);
    if (track && this.state === 'lost' && !this.#missing.has('video')) this.cover(null);
    this.#replace(kind, track);
    this.dispatch('capture', { mediaStream: this.#mediaStream });
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  async #replace(kind, track) {
    const media = this.#media;
    if (!media || await media.replace(kind, track)) return;
    // Before the answer the session takes what there is then.
    if (media === this.#media && media.settled) this.renew();
  }

  /**
   * @param {Kind} kind
   * @param {Device} device
   */
  #lost(kind, device) {
    this.#missing.set(kind, device);
    const words = lostWords([...this.#missing.values()]);
    if (this.#missing.has('video') || this.#mediaStream.getTracks().length === 0) {
      this.cover({ state: 'lost', ...words });
    } else {
      this.dispatch('warning', { message: words.message });
    }
  }

  #enable() {
    for (const track of this.#mediaStream.getAudioTracks()) track.enabled = !this.#muted;
    for (const track of this.#mediaStream.getVideoTracks()) track.enabled = !this.#paused;
    this.dispatch('mutechange', { muted: this.#muted, paused: this.#paused });
  }
}

/** @param {unknown} error */
function wordsOf(error) {
  if (error instanceof CaptureError) {
    return { cause: String(error.cause), message: error.message, hint: error.hint };
  }
  return { cause: 'failed', message: 'Nothing could be opened', hint: String(error) };
}

/** @param {Device[]} devices  at least one */
function lostWords(devices) {
  if (devices.includes('screen')) {
    return {
      message: 'The screen is not shared any more',
      hint: 'Choose a screen or a camera to go on.',
    };
  }
  const own = devices.filter((device) => device !== 'track');
  if (own.length === 0) return { message: 'What was sent has ended', hint: '' };
  const [were, them] = own.length > 1 ? ['were', 'them'] : ['was', 'it'];
  return {
    message: `${capitalized(named(own))} ${were} taken away – waiting for ${them} to come back`,
    hint: 'Plug in what was pulled out, allow what was forbidden, or choose something else.',
  };
}

/** @param {Sources} sources */
function asking({ video, audio }) {
  const devices = [video && deviceOf(video, 'video'), audio && deviceOf(audio, 'audio')];
  if (devices.includes('screen')) return 'Choose a screen or a window to send…';
  const names = devices.filter((device) => device && device !== 'track');
  return names.length === 0 ? 'Connecting…'
    : `Waiting for permission to use the ${names.join(' and the ')}…`;
}

/**
 * Sends a camera and a microphone, as in the jetson-inference server's webrtc.js.
 *
 * @param {string} url  `ws://host:8554/input`, `/input` and so on
 * @param {string} [deviceId]  of the camera; the browser's choice by default
 * @param {PublisherOptions & Partial<Sources>} [options]
 * @returns {WebRTCPublisher} already started; `stop()` ends it
 * @throws {TypeError} when `url` names no stream
 */
export function sendStream(url, deviceId, options = {}) {
  const { video = {}, audio = {}, ...rest } = options;
  const publisher = new WebRTCPublisher(url, rest);
  publisher.start({
    video: deviceId && video && !('readyState' in video) ? { ...video, deviceId } : video, audio,
  });
  return publisher;
}
