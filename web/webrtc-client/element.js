// SPDX-License-Identifier: LGPL-2.1-or-later
// <webrtc-stream src="/output" autoplay muted controls>: a stream in any page.

import { FrameBoxes } from './frame-boxes.js';
import { playWhereAllowed } from './play-stream.js';
import { PlayerView } from './player-view.js';
import {
  canFullscreen, canPictureInPicture, download, hasPicture, isFullscreen, snapshotName,
  takeSnapshot, toggleFullscreen, togglePictureInPicture,
} from './screen.js';
import { connected } from './messages.js';
import { describeState } from './states.js';
import { WebRTCStream } from './stream.js';

/** @typedef {import('./connection.js').StateDetail} StateDetail */

const kForwarded = [
  'statechange', 'statistics', 'track', 'error', 'warning', 'message', 'controls', 'pipeline',
  'frame',
];
/** What changes nothing that the player shows. */
const kUnshown = ['statistics', 'message', 'controls', 'pipeline', 'frame'];
const kVolumeStep = 0.1;

export class WebRTCStreamElement extends HTMLElement {
  static observedAttributes = [
    'src', 'token', 'autoplay', 'muted', 'controls', 'label', 'video-track', 'navigation',
    'boxes',
  ];

  /** Options for the stream that the next `src` makes, such as ICE servers. */
  streamOptions = /** @type {import('./connection.js').StreamOptions} */ ({});

  /** @type {WebRTCStream | null} */
  #stream = null;
  #view;
  #boxes;
  /** @type {string | null} */
  #addressError = null;
  #warning = '';
  // Upgrading an element in the document reports its attributes before it counts as connected.
  #ready = false;
  #blocked = false;
  #silenced = false;
  #onFullscreen = () => this.#update();
  // Phones stop a video when its page is hidden, and leave it stopped.
  #onVisibility = () => {
    const { video } = this.#view;
    if (!document.hidden && this.#stream?.started && video.srcObject && video.paused) this.#begin();
  };

  constructor() {
    super();
    this.#view = new PlayerView(this.attachShadow({ mode: 'open' }), {
      toggle: () => this.#toggle(),
      unblock: () => this.play(),
      startPipeline: () => this.#attempt(connected(this.#stream).pipeline.start()),
      toggleMute: () => {
        this.muted = !this.muted;
      },
      setVolume: (volume) => {
        this.volume = volume;
      },
      snapshot: () => this.#attempt(this.downloadSnapshot()),
      pictureInPicture: () => this.#attempt(this.togglePictureInPicture()),
      fullscreen: () => this.#attempt(this.toggleFullscreen()),
      nextVideo: () => this.#nextVideo(),
    });
    const { video } = this.#view;
    this.#boxes = new FrameBoxes(video);
    video.addEventListener('volumechange', () => {
      if (!video.muted) this.#silenced = false;
      this.#dispatch('volumechange', { volume: video.volume, muted: video.muted });
    });
    for (const type of ['volumechange', 'loadeddata', 'resize']) {
      video.addEventListener(type, () => this.#update());
    }
    video.addEventListener('pause', () => this.#stopped());
    video.addEventListener('playing', () => {
      this.#blocked = false;
      this.#update();
    });
    this.addEventListener('keydown', (event) => {
      if (this.controls && !event.defaultPrevented && this.handleKey(event)) event.preventDefault();
    });
  }

  connectedCallback() {
    document.addEventListener('fullscreenchange', this.#onFullscreen);
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#view.video.muted = this.hasAttribute('muted');
    this.#ready = true;
    this.#load();
  }

  disconnectedCallback() {
    document.removeEventListener('fullscreenchange', this.#onFullscreen);
    document.removeEventListener('visibilitychange', this.#onVisibility);
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
    else if (name === 'autoplay' && after !== null) this.#stream?.start();
    else if (name === 'muted') this.#view.video.muted = after !== null;
    else if (name === 'video-track') this.#attach();
    else if (name === 'boxes') this.#drawBoxes();
    else if (name === 'navigation') this.#navigate();
    this.#update();
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

  get autoplay() {
    return this.hasAttribute('autoplay');
  }

  set autoplay(value) {
    this.toggleAttribute('autoplay', value);
  }

  get controls() {
    return this.hasAttribute('controls');
  }

  set controls(value) {
    this.toggleAttribute('controls', value);
  }

  /** What people read; the name of the stream unless the attribute says otherwise. */
  get label() {
    return this.getAttribute('label') ?? this.#stream?.name ?? this.src;
  }

  set label(value) {
    this.setAttribute('label', value);
  }

  /** Whether the sound is off now; the attribute says whether it is at the beginning. */
  get muted() {
    return this.#view.video.muted;
  }

  set muted(value) {
    this.#view.video.muted = value;
    if (!value && this.volume === 0) this.volume = 1;
  }

  /** 0 to 1 */
  get volume() {
    return this.#view.video.volume;
  }

  set volume(value) {
    const { video } = this.#view;
    video.volume = Math.min(1, Math.max(0, value));
    video.muted = video.volume === 0;
  }

  /** Whether boxes are drawn around what the pipeline has found in the picture. */
  get boxes() {
    return this.hasAttribute('boxes');
  }

  set boxes(value) {
    this.toggleAttribute('boxes', value);
  }

  /** Whether mouse, keyboard and touch on the picture go to the pipeline, where it takes them. */
  get navigation() {
    return this.hasAttribute('navigation');
  }

  set navigation(value) {
    this.toggleAttribute('navigation', value);
  }

  /** Index of the video track that is shown, for streams with several. */
  get videoTrack() {
    const index = Number.parseInt(this.getAttribute('video-track') ?? '0', 10);
    return Number.isInteger(index) && index > 0 ? index : 0;
  }

  set videoTrack(value) {
    this.setAttribute('video-track', String(value));
  }

  /** @returns {WebRTCStream | null} null while `src` names no stream */
  get stream() {
    return this.#stream;
  }

  get mediaStream() {
    return this.#stream?.mediaStream ?? null;
  }

  get statistics() {
    return this.#stream?.statistics ?? null;
  }

  get state() {
    return this.#stream?.state ?? (this.#addressError ? 'failed' : 'idle');
  }

  /** The state as a sentence. */
  get message() {
    return this.#addressError ?? this.#stream?.message ?? describeState('idle');
  }

  /** Whether the stream is wanted and the browser lets it play. */
  get playing() {
    return Boolean(this.#stream?.started) && !this.#blocked;
  }

  /** The video element inside, for filters, canvases and the like. */
  get videoElement() {
    return this.#view.video;
  }

  /** Begins to watch, or goes on where the browser had asked for a gesture. */
  play() {
    this.#stream?.start();
    if (this.#view.video.srcObject) this.#begin();
    this.#update();
  }

  /** Leaves the stream; the last picture stays. A live stream goes on without its viewer. */
  pause() {
    const { video } = this.#view;
    video.pause();
    this.#stream?.stop();
    this.#blocked = false;
    this.#update();
  }

  /**
   * Says something to the pipeline's application.
   *
   * @param {unknown} data  whatever JSON can say, up to 16 KiB
   * @returns {Promise<void>} as `WebRTCStream.send()`
   */
  async send(data) {
    await connected(this.#stream).send(data);
  }

  /** @returns {Promise<Blob>} the picture as PNG, in the video's own size */
  snapshot() {
    return takeSnapshot(this.#view.picture);
  }

  /** Saves a snapshot as a file, unless a listener of `snapshot` prevents that. */
  async downloadSnapshot() {
    const blob = await this.snapshot();
    const name = snapshotName(this.#stream?.name ?? 'snapshot', new Date());
    if (this.#dispatch('snapshot', { blob, name })) download(blob, name);
  }

  async toggleFullscreen() {
    await toggleFullscreen(this, this.#view.video);
  }

  async togglePictureInPicture() {
    await togglePictureInPicture(this.#view.video);
  }

  /**
   * The shortcuts of the controls, for a page that has them for its chosen player.
   *
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key meant something
   */
  handleKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    const target = event.composedPath()[0];
    const onButton = target instanceof HTMLButtonElement;
    const onSlider = target instanceof HTMLInputElement;
    switch (event.key) {
      case ' ':
        if (onButton) return false;
        this.#toggle();
        return true;
      case 'k':
        this.#toggle();
        return true;
      case 'm':
        this.muted = !this.muted;
        return true;
      case 'ArrowUp':
      case 'ArrowDown':
        if (onSlider) return false;
        this.volume = (this.muted ? 0 : this.volume)
          + (event.key === 'ArrowUp' ? kVolumeStep : -kVolumeStep);
        return true;
      case 'f':
        this.#attempt(this.toggleFullscreen());
        return true;
      case 'p':
        if (canPictureInPicture()) this.#attempt(this.togglePictureInPicture());
        return true;
      case 's':
        this.#attempt(this.downloadSnapshot());
        return true;
      case 'v':
        this.#nextVideo();
        return true;
      default:
        return false;
    }
  }

  #load() {
    this.#unload();
    if (this.src) {
      try {
        const stream = new WebRTCStream(this.src, {
          base: this.baseURI, ...this.streamOptions, ...this.token && { token: this.token },
        });
        for (const type of kForwarded) {
          stream.addEventListener(type, (event) => this.#forward(stream, event));
        }
        this.#stream = stream;
        stream.frames.attach(this.#view.video);
        this.#drawBoxes();
        this.#navigate();
        if (this.autoplay) stream.start();
      } catch (error) {
        this.#addressError = error instanceof Error ? error.message : String(error);
        this.#dispatch('error', { cause: 'address', message: this.#addressError });
      }
    }
    this.#update();
  }

  #unload() {
    const stream = this.#stream;
    this.#stream = null;
    this.#boxes.show(null);
    stream?.frames.detach();
    stream?.navigation.detach();
    stream?.stop();
    this.#view.video.srcObject = null;
    this.#addressError = null;
    this.#warning = '';
    this.#blocked = false;
    this.#silenced = false;
  }

  /**
   * @param {WebRTCStream} stream
   * @param {Event} event
   */
  #forward(stream, event) {
    if (stream !== this.#stream) return;
    const { detail } = /** @type {CustomEvent} */ (event);
    if (event.type === 'track') this.#attach();
    else if (event.type === 'warning') this.#warning = detail.message;
    this.#dispatch(event.type, detail);
    if (!kUnshown.includes(event.type)) this.#update();
  }

  /** Gives the video element the chosen picture and the sound of the stream. */
  #attach() {
    const media = this.#stream?.mediaStream;
    if (!media) return;
    this.#drawBoxes();  // One picture of several, now that there are so many.
    const { video } = this.#view;
    const pictures = media.getVideoTracks();
    const picture = pictures[this.videoTrack % Math.max(1, pictures.length)];
    const tracks = [...media.getAudioTracks(), ...picture ? [picture] : []];
    const shown = video.srcObject instanceof MediaStream ? video.srcObject.getTracks() : [];
    const same = tracks.length === shown.length && tracks.every((track) => shown.includes(track));
    if (same || tracks.length === 0) return;
    video.srcObject = new MediaStream(tracks);
    this.#navigate();
    this.#begin();
  }

  #drawBoxes() {
    const pictures = this.#stream?.mediaStream.getVideoTracks().length ?? 0;
    // Pads are numbered in the order of the pictures, unless an application named them otherwise.
    this.#boxes.show(this.boxes ? this.#stream?.frames ?? null : null,
      pictures > 1 ? `video_${this.videoTrack % pictures}` : '');
  }

  #navigate() {
    const navigation = this.#stream?.navigation;
    const pictures = this.#stream?.mediaStream.getVideoTracks().length ?? 0;
    if (!this.navigation) navigation?.detach();
    else navigation?.attach(this.#view.video, { track: this.videoTrack % Math.max(1, pictures) });
  }

  async #begin() {
    const outcome = await playWhereAllowed(this.#view.video);
    this.#blocked = outcome === 'blocked';
    if (outcome === 'muted') this.#silenced = true;
    if (outcome !== 'playing') this.#dispatch('autoplayblocked', { muted: outcome === 'muted' });
    this.#update();
  }

  /** Headphones, media keys and the picture-in-picture window can stop a video, too. */
  #stopped() {
    const { video } = this.#view;
    const media = video.srcObject instanceof MediaStream ? video.srcObject : null;
    if (this.#stream?.started && media?.active && !video.ended) this.#blocked = true;
    this.#update();
  }

  #toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  #nextVideo() {
    const count = this.#stream?.mediaStream.getVideoTracks().length ?? 0;
    if (count > 1) this.videoTrack = (this.videoTrack + 1) % count;
  }

  /**
   * What a user asked for with a click or a key and did not get is told as an event.
   *
   * @param {Promise<void>} action
   */
  #attempt(action) {
    action.catch((error) => {
      const message = error instanceof Error ? error.message : String(error);
      this.#dispatch('warning', { message });
    });
  }

  /**
   * @param {string} type
   * @param {object} detail
   * @returns {boolean} false when a listener prevented the default
   */
  #dispatch(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { detail, cancelable: type === 'snapshot' }));
  }

  #update() {
    const { video } = this.#view;
    const media = this.#stream?.mediaStream;
    const pictures = media?.getVideoTracks().length ?? 0;
    const sounds = media?.getAudioTracks().length ?? 0;
    this.#view.update({
      state: this.state,
      message: this.message,
      hint: this.#stream?.hint || this.#warning,
      label: this.label,
      controls: this.controls,
      started: Boolean(this.#stream?.started) || this.#addressError !== null,
      blocked: this.#blocked,
      startable: this.state === 'paused' && Boolean(this.#stream?.pipeline.startable),
      silenced: this.#silenced,
      picture: hasPicture(video),
      soundOnly: sounds > 0 && pictures === 0,
      audible: sounds > 0,
      muted: video.muted || video.volume === 0,
      volume: video.volume,
      fullscreen: isFullscreen(this),
      canFullscreen: canFullscreen(video),
      canPictureInPicture: canPictureInPicture(),
      videoTracks: pictures,
      videoTrack: this.videoTrack % Math.max(1, pictures),
    });
  }
}
