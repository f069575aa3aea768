// SPDX-License-Identifier: LGPL-2.1-or-later
// <webrtc-publisher src="/input">: a camera, a microphone or a screen for a stream, in any page.

import { captureObstacle } from './capture-problem.js';
import { connected } from './messages.js';
import { chosenAudio, chosenVideo, kDefaultVideo } from './publisher-choices.js';
import { PublisherView } from './publisher-view.js';
import { WebRTCPublisher } from './publisher.js';
import { describeState } from './states.js';

/**
 * @typedef {import('./capture.js').Kind} Kind
 * @typedef {import('./capture.js').Sources} Sources
 */

const kForwarded = [
  'statechange', 'statistics', 'error', 'warning', 'capture', 'mutechange', 'message',
  'controls',
];
const kNoticeTime = 8000;  // ms that a notice is shown

export class WebRTCPublisherElement extends HTMLElement {
  static observedAttributes = ['src', 'token', 'label', 'kinds'];

  /** Options for the publisher that the next `src` makes, such as ICE servers. */
  publisherOptions = /** @type {import('./publisher.js').PublisherOptions} */ ({});

  /** @type {WebRTCPublisher | null} */
  #publisher = null;
  #view;
  /** @type {Sources} */
  #sources = { video: kDefaultVideo, audio: {} };
  /** @type {MediaDeviceInfo[]} */
  #devices = [];
  /** @type {string | null} */
  #addressError = null;
  #notice = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #noticeTimer;
  #ready = false;
  #onDevices = () => this.#list();

  constructor() {
    super();
    this.#view = new PublisherView(this.attachShadow({ mode: 'open' }), {
      send: () => this.start(),
      stop: () => this.stop(),
      toggleMute: () => {
        this.muted = !this.muted;
      },
      togglePause: () => {
        this.paused = !this.paused;
      },
      chooseVideo: (picture, size, rate) => this.#choose('video', picture === 'own'
        ? this.#sources.video : chosenVideo(picture, size, rate)),
      chooseAudio: (sound) => this.#choose('audio', sound === 'own'
        ? this.#sources.audio : chosenAudio(sound)),
    });
    this.addEventListener('keydown', (event) => {
      if (!event.defaultPrevented && this.handleKey(event)) event.preventDefault();
    });
  }

  connectedCallback() {
    navigator.mediaDevices?.addEventListener('devicechange', this.#onDevices);
    this.#ready = true;
    this.#load();
    this.#list();
  }

  disconnectedCallback() {
    navigator.mediaDevices?.removeEventListener('devicechange', this.#onDevices);
    this.#ready = false;
    this.#unload();
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} after
   */
  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#ready) return;
    if (name === 'src' || name === 'token') this.#load();
    else this.#update();
  }

  get src() {
    return this.getAttribute('src') ?? '';
  }

  set src(value) {
    this.setAttribute('src', value);
  }

  /** What the server asks for; empty: that of the address or of the page. */
  get token() {
    return this.getAttribute('token') ?? '';
  }

  set token(value) {
    this.setAttribute('token', value);
  }

  /** What people read; the name of the stream unless the attribute says otherwise. */
  get label() {
    return this.getAttribute('label') ?? this.#publisher?.name ?? this.src;
  }

  set label(value) {
    this.setAttribute('label', value);
  }

  /** @returns {Kind[]} what the stream takes: `video`, `audio` or both */
  get kinds() {
    const words = (this.getAttribute('kinds') ?? 'video audio').split(/\s+/);
    return words.filter((word) => word === 'video' || word === 'audio');
  }

  set kinds(value) {
    this.setAttribute('kinds', value.join(' '));
  }

  /** @returns {WebRTCPublisher | null} null while `src` names no stream */
  get publisher() {
    return this.#publisher;
  }

  /** What is sent, or would be. */
  get sources() {
    return this.#sources;
  }

  set sources(value) {
    this.#sources = value;
    if (this.started) this.#publisher?.use(this.#wanted());
    this.#update();
  }

  get muted() {
    return this.#publisher?.muted ?? false;
  }

  set muted(value) {
    if (this.#publisher) this.#publisher.muted = value;
  }

  get paused() {
    return this.#publisher?.paused ?? false;
  }

  set paused(value) {
    if (this.#publisher) this.#publisher.paused = value;
  }

  get state() {
    return this.#publisher?.state ?? (this.#addressError ? 'failed' : 'idle');
  }

  /** The state as a sentence. */
  get message() {
    return this.#addressError ?? this.#publisher?.message ?? describeState('idle', 'publish');
  }

  /** Whether something is sent, or shall be. */
  get started() {
    return this.#publisher?.started ?? false;
  }

  get statistics() {
    return this.#publisher?.statistics ?? null;
  }

  get mediaStream() {
    return this.#publisher?.mediaStream ?? null;
  }

  /** The preview. */
  get videoElement() {
    return this.#view.video;
  }

  /**
   * Asks for the devices and sends.
   *
   * @returns {Promise<boolean>} whether there is something to send
   */
  async start() {
    return await this.#publisher?.start(this.#wanted()) ?? false;
  }

  /** Stops sending and closes the devices. */
  stop() {
    this.#publisher?.stop();
  }

  /**
   * Says something to the pipeline's application.
   *
   * @param {unknown} data  whatever JSON can say, up to 16 KiB
   * @returns {Promise<void>} as `WebRTCPublisher.send()`
   */
  async send(data) {
    await connected(this.#publisher).send(data);
  }

  /**
   * The shortcuts of the controls, for a page that has them for its chosen element.
   *
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key meant something
   */
  handleKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    const target = event.composedPath()[0];
    // Letters choose in an open list.
    if (target instanceof HTMLSelectElement) return false;
    switch (event.key) {
      case ' ':
        if (target instanceof HTMLButtonElement) return false;
        this.#toggle();
        return true;
      case 'k':
        this.#toggle();
        return true;
      case 'm':
        this.muted = !this.muted;
        return true;
      case 'c':
        this.paused = !this.paused;
        return true;
      default:
        return false;
    }
  }

  #toggle() {
    if (this.started) this.stop();
    else this.start();
  }

  /** @returns {Sources} without what the stream does not take */
  #wanted() {
    const { kinds } = this;
    return {
      video: kinds.includes('video') ? this.#sources.video : null,
      audio: kinds.includes('audio') ? this.#sources.audio : null,
    };
  }

  /**
   * @param {Kind} kind
   * @param {Sources[Kind]} source
   */
  async #choose(kind, source) {
    const before = this.#sources;
    const chosen = { ...before, [kind]: source };
    this.#sources = chosen;
    this.#update();
    this.#dispatch('sourceschange', { sources: chosen });
    if (!this.started || await this.#publisher?.use({ [kind]: this.#wanted()[kind] })) return;
    // What could not be opened is not chosen, unless something else was chosen since.
    if (!this.started || this.#sources !== chosen) return;
    this.#sources = before;
    this.#update();
    this.#dispatch('sourceschange', { sources: before });
  }

  /**
   * What keeps this page from devices whatever its user says.
   *
   * @returns {import('./capture-problem.js').CaptureProblem | null}
   */
  #obstacle() {
    const kinds = this.kinds.map((kind) => (kind === 'video' ? 'camera' : 'microphone'));
    return captureObstacle({
      secure: isSecureContext, supported: true, allowed: true, address: location.href,
    }, kinds);
  }

  #load() {
    this.#unload();
    if (this.src) {
      try {
        const publisher = new WebRTCPublisher(this.src, {
          base: this.baseURI, ...this.publisherOptions, ...this.token && { token: this.token },
        });
        for (const type of kForwarded) {
          publisher.addEventListener(type, (event) => this.#forward(publisher, event));
        }
        this.#publisher = publisher;
      } catch (error) {
        this.#addressError = error instanceof Error ? error.message : String(error);
        this.#dispatch('error', { cause: 'address', message: this.#addressError });
      }
    }
    this.#update();
  }

  #unload() {
    const publisher = this.#publisher;
    this.#publisher = null;
    publisher?.stop();
    this.#view.video.srcObject = null;
    this.#addressError = null;
    this.#say('');
  }

  /**
   * @param {WebRTCPublisher} publisher
   * @param {Event} event
   */
  #forward(publisher, event) {
    if (publisher !== this.#publisher) return;
    const { detail } = /** @type {CustomEvent} */ (event);
    if (event.type === 'capture') this.#preview(detail.mediaStream);
    else if (event.type === 'warning') this.#say(detail.message);
    this.#dispatch(event.type, detail);
    if (event.type !== 'statistics' && event.type !== 'message') this.#update();
  }

  /** @param {MediaStream} mediaStream */
  #preview(mediaStream) {
    const { video } = this.#view;
    const [picture] = mediaStream.getVideoTracks();
    const { srcObject } = video;
    const shown = srcObject instanceof MediaStream ? srcObject.getTracks()[0] : undefined;
    if (picture !== shown) {
      video.srcObject = picture ? new MediaStream([picture]) : null;
      // A newer picture interrupts this one's beginning; muted, it is allowed everywhere.
      if (picture) video.play().catch(() => {});
    }
    // Devices have names from now on.
    this.#list();
  }

  async #list() {
    try {
      this.#devices = await navigator.mediaDevices?.enumerateDevices() ?? [];
    } catch {
      this.#devices = [];
    }
    this.#update();
  }

  /** @param {string} notice */
  #say(notice) {
    clearTimeout(this.#noticeTimer);
    this.#notice = notice;
    if (notice) {
      this.#noticeTimer = setTimeout(() => {
        this.#notice = '';
        this.#update();
      }, kNoticeTime);
    }
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #update() {
    const obstacle = this.state === 'idle' ? this.#obstacle() : null;
    this.#view.update({
      state: obstacle ? 'failed' : this.state,
      message: obstacle?.message ?? this.message,
      hint: obstacle?.hint ?? this.#publisher?.hint ?? '',
      possible: isSecureContext && this.#addressError === null,
      notice: this.#notice,
      label: this.label,
      kinds: this.kinds,
      started: this.started,
      muted: this.muted,
      paused: this.paused,
      sources: this.#wanted(),
      devices: this.#devices,
      mediaStream: this.mediaStream,
      screens: typeof navigator.mediaDevices?.getDisplayMedia === 'function'
        || !isSecureContext,
    });
  }
}
