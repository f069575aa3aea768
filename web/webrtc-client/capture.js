// SPDX-License-Identifier: LGPL-2.1-or-later
// Camera, microphone and screen: which of them are open, and what becomes of them.

import { CaptureError, captureObstacle, explainCapture } from './capture-problem.js';

/**
 * @typedef {import('./capture-problem.js').CaptureProblem} CaptureProblem
 * @typedef {import('./capture-problem.js').DeviceKind} DeviceKind
 * @typedef {'video' | 'audio'} Kind
 *
 * @typedef {object} VideoSource
 * @property {'camera' | 'screen'} [from]  default `camera`
 * @property {string} [deviceId]  of the camera; the browser's choice by default
 * @property {number} [width]  pixels, wished for
 * @property {number} [height]  pixels, wished for
 * @property {number} [frameRate]  frames per second, wished for
 *
 * @typedef {object} AudioSource
 * @property {string} [deviceId]  of the microphone; the browser's choice by default
 *
 * A track of the page, such as a canvas's, is sent as it is and never stopped.
 *
 * @typedef {object} Sources
 * @property {VideoSource | MediaStreamTrack | null} video
 * @property {AudioSource | MediaStreamTrack | null} audio
 *
 * @typedef {object} CaptureListener
 * @property {(kind: Kind, track: MediaStreamTrack | null) => void} onTrack  this is captured now
 * @property {(kind: Kind, device: DeviceKind | 'track') => void} onLost  it was taken away
 * @property {(message: string) => void} onWarning  something else was opened than was asked for
 *
 * @typedef {object} CaptureEnvironment
 * @property {Pick<MediaDevices, 'getUserMedia' | 'getDisplayMedia' | 'enumerateDevices'
 *   | 'addEventListener' | 'removeEventListener'> | undefined} devices
 * @property {boolean} secure
 * @property {(device: DeviceKind) => boolean} allowed  by the frame around the page
 * @property {(device: DeviceKind) => Promise<string>} permission  `granted`, `denied` or `prompt`
 * @property {string} address  of the page
 */

/** @returns {CaptureEnvironment} */
export function browserCapture() {
  return {
    devices: navigator.mediaDevices,
    secure: isSecureContext,
    allowed(device) {
      // Chromium's alone; elsewhere the attempt tells.
      const policy = /** @type {any} */ (document).featurePolicy;
      return policy?.allowsFeature(device === 'screen' ? 'display-capture' : device) ?? true;
    },
    async permission(device) {
      try {
        const name = /** @type {PermissionName} */ (device);
        return (await navigator.permissions.query({ name })).state;
      } catch {
        return 'prompt';
      }
    },
    address: location.href,
  };
}

/** @type {readonly Kind[]} */
const kKinds = ['video', 'audio'];

/**
 * @param {Sources[Kind]} source
 * @param {Kind} kind
 * @returns {DeviceKind | 'track'}
 */
export function deviceOf(source, kind) {
  if (isTrack(source)) return 'track';
  if (kind === 'audio') return 'microphone';
  return /** @type {VideoSource | null} */ (source)?.from ?? 'camera';
}

/**
 * @param {unknown} source
 * @returns {source is MediaStreamTrack}
 */
function isTrack(source) {
  return typeof source === 'object' && source !== null && 'readyState' in source;
}

/**
 * @param {VideoSource} source
 * @param {boolean} anyDevice
 * @returns {MediaTrackConstraints}
 */
function videoConstraints({ from, deviceId, width, height, frameRate }, anyDevice = false) {
  return {
    ...deviceId && from !== 'screen' && !anyDevice && { deviceId: { exact: deviceId } },
    ...width && { width: { ideal: width } },
    ...height && { height: { ideal: height } },
    ...frameRate && { frameRate: { ideal: frameRate } },
  };
}

/**
 * @param {AudioSource} source
 * @param {boolean} anyDevice
 * @returns {MediaTrackConstraints}
 */
function audioConstraints({ deviceId }, anyDevice = false) {
  return deviceId && !anyDevice ? { deviceId: { exact: deviceId } } : {};
}

/** Thrown at those whose request was overtaken by a newer one. */
export class Overtaken extends Error {}

export class Capture {
  #listener;
  #environment;
  /** @type {Sources} */
  #sources = { video: null, audio: null };
  /** @type {Record<Kind, MediaStreamTrack | null>} */
  #tracks = { video: null, audio: null };
  /** @type {WeakSet<MediaStreamTrack>} tracks of the page */
  #foreign = new WeakSet();
  /** @type {Set<Kind>} */
  #lost = new Set();
  #turn = 0;
  /** @type {(() => void) | null} */
  #unwatch = null;

  /**
   * @param {CaptureListener} listener
   * @param {CaptureEnvironment} [environment]
   */
  constructor(listener, environment = browserCapture()) {
    this.#listener = listener;
    this.#environment = environment;
  }

  /** @returns {Readonly<Sources>} what was asked for last */
  get sources() {
    return this.#sources;
  }

  /** @returns {Readonly<Record<Kind, MediaStreamTrack | null>>} */
  get tracks() {
    return this.#tracks;
  }

  /**
   * Opens what is asked for and closes what is not; what stays the same is not touched. The former
   * device goes on until the new one is there.
   *
   * @param {Sources} sources
   * @throws {CaptureError} when something cannot be opened; what was open before then still is
   * @throws {Overtaken} when a newer call came meanwhile, or `stop`
   */
  async use(sources) {
    const turn = this.#turn += 1;
    const stale = kKinds.filter((kind) => sources[kind] !== null && !this.#serves(kind, sources));
    if (stale.includes('video') && await this.#adjust(sources.video)) {
      stale.splice(stale.indexOf('video'), 1);
    }
    this.#still(turn);
    const opened = await this.#open(stale, sources, turn);
    this.#sources = {
      video: opened.used.video ?? sources.video, audio: opened.used.audio ?? sources.audio,
    };
    for (const kind of kKinds) {
      if (sources[kind] === null) this.#take(kind, null);
      else if (opened.tracks[kind]) this.#take(kind, opened.tracks[kind]);
    }
    for (const message of opened.warnings) this.#listener.onWarning(message);
  }

  /** Closes everything. */
  stop() {
    this.#turn += 1;
    for (const kind of kKinds) this.#take(kind, null);
    this.#sources = { video: null, audio: null };
  }

  /**
   * @param {Kind} kind
   * @param {Sources} sources
   */
  #serves(kind, sources) {
    const track = this.#tracks[kind];
    if (!track || track.readyState !== 'live') return false;
    const [now, then] = [this.#sources[kind], sources[kind]];
    return isTrack(now) || isTrack(then) ? now === then
      : JSON.stringify(now) === JSON.stringify(then);
  }

  /**
   * Gives an open camera another size or rate. Browsers hand one device out twice, the second time
   * with the size of the first, so where adjusting does not do, it is closed before it is opened.
   *
   * @param {Sources['video']} wanted
   * @returns {Promise<boolean>} whether nothing has to be opened
   */
  async #adjust(wanted) {
    const { video: source } = this.#sources;
    const { video: track } = this.#tracks;
    if (!track || track.readyState !== 'live' || isTrack(source) || isTrack(wanted)) return false;
    if (!source || !wanted || (wanted.from ?? 'camera') !== (source.from ?? 'camera')) return false;
    const screen = wanted.from === 'screen';
    if (!screen && wanted.deviceId !== source.deviceId) return false;
    try {
      await track.applyConstraints(videoConstraints(wanted));
      const { width } = track.getSettings();
      if (screen || !wanted.width || width === wanted.width) return true;
    } catch {
      // It is opened anew.
    }
    if (!screen) this.#take('video', null);
    return screen;
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  #take(kind, track) {
    const before = this.#tracks[kind];
    this.#lost.delete(kind);
    this.#watchDevices();
    if (before === track) return;
    this.#tracks[kind] = track;
    if (track) track.onended = () => this.#ended(kind, track);
    // What is sent changes before the former device closes, so that nothing in between is sent.
    this.#listener.onTrack(kind, track);
    if (before) this.#close(before);
  }

  /** @param {MediaStreamTrack} track */
  #close(track) {
    track.onended = null;
    if (!this.#foreign.has(track)) track.stop();
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack} track
   */
  #ended(kind, track) {
    if (this.#tracks[kind] !== track) return;
    this.#tracks[kind] = null;
    this.#listener.onTrack(kind, null);
    const device = deviceOf(this.#sources[kind], kind);
    if (device === 'camera' || device === 'microphone') this.#lost.add(kind);
    this.#watchDevices();
    this.#listener.onLost(kind, device);
  }

  /** While something is lost, its return is waited for. */
  #watchDevices() {
    const { devices } = this.#environment;
    if (this.#lost.size === 0) {
      this.#unwatch?.();
      this.#unwatch = null;
    } else if (devices && !this.#unwatch) {
      const look = () => this.#reopen();
      devices.addEventListener('devicechange', look);
      this.#unwatch = () => devices.removeEventListener('devicechange', look);
    }
  }

  async #reopen() {
    const turn = this.#turn;
    const list = await this.#environment.devices?.enumerateDevices().catch(() => []) ?? [];
    if (turn !== this.#turn) return;
    const back = [...this.#lost].filter((kind) => list.some((device) => {
      const source = this.#sources[kind];
      const wanted = source && 'deviceId' in source ? source.deviceId : undefined;
      return device.kind === `${kind}input` && (!wanted || device.deviceId === wanted);
    }));
    if (back.length === 0) return;
    // A device that has just been plugged in may not open yet; it changes once more when it can.
    await this.use(this.#sources).catch(() => {});
  }

  /**
   * @param {Kind[]} kinds
   * @param {Sources} sources
   * @param {number} turn
   */
  async #open(kinds, sources, turn) {
    /** @type {{ tracks: Partial<Record<Kind, MediaStreamTrack>>, used: Partial<Sources>,
     *   warnings: string[] }} */
    const opened = { tracks: {}, used: {}, warnings: [] };
    const { video, audio } = sources;
    try {
      // The screen first: asking for it takes a fresh click.
      if (kinds.includes('video') && video && !isTrack(video) && video.from === 'screen') {
        const stream = await this.#ask(['screen'], (devices) => (
          devices.getDisplayMedia({ video: videoConstraints(video), audio: false })));
        opened.tracks.video = stream.getVideoTracks()[0];
        this.#still(turn);
      }
      for (const kind of kinds) {
        const source = sources[kind];
        if (!isTrack(source)) continue;
        this.#foreign.add(source);
        opened.tracks[kind] = source;
      }
      const rest = kinds.filter((kind) => !opened.tracks[kind]);
      if (rest.length > 0) {
        await this.#openDevices(opened, rest.includes('video')
          ? /** @type {VideoSource} */ (video) : null,
        rest.includes('audio') ? /** @type {AudioSource} */ (audio) : null, turn);
      }
      this.#still(turn);
      return opened;
    } catch (error) {
      for (const track of Object.values(opened.tracks)) this.#close(track);
      throw error;
    }
  }

  /**
   * @param {{ tracks: Partial<Record<Kind, MediaStreamTrack>>, used: Partial<Sources>,
   *   warnings: string[] }} opened  gets what was opened
   * @param {VideoSource | null} video
   * @param {AudioSource | null} audio
   * @param {number} turn
   */
  async #openDevices(opened, video, audio, turn) {
    /** @param {boolean} [anyDevice] @param {boolean} [silent] */
    const ask = (anyDevice, silent) => {
      const sound = silent ? null : audio;
      return this.#ask([...video ? ['camera'] : [], ...sound ? ['microphone'] : []],
        (devices) => devices.getUserMedia({
          video: video ? videoConstraints(video, anyDevice) : false,
          audio: sound ? audioConstraints(sound, anyDevice) : false,
        }));
    };
    /** @type {MediaStream} */
    let stream;
    try {
      stream = await ask();
    } catch (error) {
      this.#still(turn);
      const cause = error instanceof CaptureError ? error.cause : '';
      if (cause === 'gone') {
        stream = await ask(true);
        opened.warnings.push(`The ${video ? 'camera' : 'microphone'} chosen before is not there; `
          + 'another one is used');
        if (video) opened.used.video = { ...video, deviceId: undefined };
        if (audio) opened.used.audio = {};
      } else if (cause === 'in-use' && this.#tracks.video && video) {
        // Phones open one camera at a time.
        this.#take('video', null);
        stream = await ask();
      } else if (video && audio && await this.#silence(cause)) {
        stream = await ask(false, true);
        opened.warnings.push(`${cause === 'none' ? 'There is no microphone'
          : 'This page may not use the microphone'}: the picture is sent without sound`);
      } else {
        throw error;
      }
    }
    opened.tracks.video = stream.getVideoTracks()[0] ?? opened.tracks.video;
    opened.tracks.audio = stream.getAudioTracks()[0] ?? opened.tracks.audio;
    for (const kind of kKinds) if (!opened.tracks[kind]) delete opened.tracks[kind];
  }

  /**
   * Whether it is the microphone alone that keeps both from being opened.
   *
   * @param {string} cause
   */
  async #silence(cause) {
    const { devices, permission } = this.#environment;
    if (cause === 'none') {
      const list = await devices?.enumerateDevices().catch(() => []) ?? [];
      return list.some(({ kind }) => kind === 'videoinput')
        && !list.some(({ kind }) => kind === 'audioinput');
    }
    return cause === 'denied' && await permission('microphone') === 'denied'
      && await permission('camera') !== 'denied';
  }

  /**
   * @param {string[]} names  `DeviceKind`s
   * @param {(devices: NonNullable<CaptureEnvironment['devices']>) => Promise<MediaStream>} question
   */
  async #ask(names, question) {
    const wanted = /** @type {DeviceKind[]} */ (names);
    const { devices, secure, allowed, address } = this.#environment;
    const supported = devices !== undefined
      && (!wanted.includes('screen') || typeof devices.getDisplayMedia === 'function');
    const obstacle = captureObstacle({
      secure, supported, allowed: wanted.every(allowed), address,
    }, wanted);
    if (obstacle || !devices) {
      throw new CaptureError(/** @type {CaptureProblem} */ (obstacle));
    }
    try {
      return await question(devices);
    } catch (error) {
      throw new CaptureError(explainCapture(error, wanted));
    }
  }

  /** @param {number} turn */
  #still(turn) {
    if (turn !== this.#turn) throw new Overtaken();
  }
}
