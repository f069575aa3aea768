// SPDX-License-Identifier: LGPL-2.1-or-later
// Cameras, microphones and tracks that a test plugs in and pulls out.

let count = 0;

export class FakeTrack {
  readyState = 'live';
  enabled = true;
  /** @type {(() => void) | null} */
  onended = null;
  /** @type {MediaTrackConstraints[]} */
  applied = [];

  /**
   * @param {string} kind
   * @param {MediaTrackSettings} [settings]
   */
  constructor(kind, settings = {}) {
    this.kind = kind;
    this.settings = settings;
    count += 1;
    this.id = `track-${count}`;
  }

  stop() {
    this.readyState = 'ended';
  }

  /** The device is pulled out, or its user ends the sharing. */
  end() {
    this.readyState = 'ended';
    this.onended?.();
  }

  getSettings() {
    return this.settings;
  }

  /** @param {MediaTrackConstraints} constraints */
  async applyConstraints(constraints) {
    this.applied.push(constraints);
    if (this.fixed) return;
    const { width } = /** @type {any} */ (constraints);
    if (width) this.settings = { ...this.settings, width: width.ideal };
  }

  /** Whether the device ignores what it is asked for later. */
  fixed = false;
}

export class FakeStream {
  /** @type {FakeTrack[]} */
  #tracks;

  /** @param {FakeTrack[]} [tracks] */
  constructor(tracks = []) {
    this.#tracks = [...tracks];
  }

  getTracks() {
    return [...this.#tracks];
  }

  getVideoTracks() {
    return this.#tracks.filter(({ kind }) => kind === 'video');
  }

  getAudioTracks() {
    return this.#tracks.filter(({ kind }) => kind === 'audio');
  }

  /** @param {FakeTrack} track */
  addTrack(track) {
    this.#tracks.push(track);
  }

  /** @param {FakeTrack} track */
  removeTrack(track) {
    this.#tracks = this.#tracks.filter((other) => other !== track);
  }
}

/** `navigator.mediaDevices` */
export class FakeDevices extends EventTarget {
  /** @type {Array<{ kind: string, deviceId: string, label: string }>} */
  list = [
    { kind: 'videoinput', deviceId: 'front', label: 'Front camera' },
    { kind: 'videoinput', deviceId: 'back', label: 'Back camera' },
    { kind: 'audioinput', deviceId: 'mic', label: 'Microphone' },
  ];
  /** @type {MediaStreamConstraints[]} */
  asked = [];
  /** @type {FakeTrack[]} */
  opened = [];
  /** What the next questions are answered with instead of devices. @type {Error[]} */
  refusals = [];
  /** @type {Promise<void>} what an answer waits for */
  patience = Promise.resolve();

  async enumerateDevices() {
    return this.list;
  }

  /** @param {any} constraints */
  async getUserMedia(constraints) {
    this.asked.push(constraints);
    await this.patience;
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    const kinds = ['video', 'audio'].filter((kind) => constraints[kind]);
    const tracks = kinds.map((kind) => {
      const { deviceId, width } = constraints[kind];
      const device = this.list.find((item) => item.kind === `${kind}input`
        && (!deviceId || item.deviceId === deviceId.exact));
      if (!device) {
        throw new DOMException('', deviceId && this.list.some((item) => (
          item.kind === `${kind}input`)) ? 'OverconstrainedError' : 'NotFoundError');
      }
      return new FakeTrack(kind, { deviceId: device.deviceId, width: width?.ideal });
    });
    this.opened.push(...tracks);
    return new FakeStream(tracks);
  }

  /** @param {any} constraints */
  async getDisplayMedia(constraints) {
    this.asked.push(constraints);
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    const track = new FakeTrack('video');
    this.opened.push(track);
    return new FakeStream([track]);
  }

  /** @param {string} deviceId */
  unplug(deviceId) {
    this.list = this.list.filter((device) => device.deviceId !== deviceId);
    for (const track of this.opened) if (track.settings.deviceId === deviceId) track.end();
    this.dispatchEvent(new Event('devicechange'));
  }

  /** @param {{ kind: string, deviceId: string, label: string }} device */
  plug(device) {
    this.list = [...this.list, device];
    this.dispatchEvent(new Event('devicechange'));
  }
}

/**
 * @param {FakeDevices | undefined} devices
 * @param {Partial<import('../webrtc-client/capture.js').CaptureEnvironment>} [more]
 * @returns {import('../webrtc-client/capture.js').CaptureEnvironment}
 */
export function fakeCapture(devices, more = {}) {
  return {
    devices: /** @type {any} */ (devices),
    secure: true,
    allowed: () => true,
    permission: async () => 'prompt',
    address: 'http://robot:8554/input',
    ...more,
  };
}
