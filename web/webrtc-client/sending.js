// SPDX-License-Identifier: LGPL-2.1-or-later
// What a publisher's peer does with the media of an offer: it sends one track of each kind that it
// has, and nothing of the others.

/** @typedef {'video' | 'audio'} Kind */

/**
 * @typedef {object} SendingOptions
 * @property {number} [maxBitrate]  bit/s of the picture; the browser's own limit by default
 * @property {RTCDegradationPreference} [degradationPreference]  what the picture gives up first on
 *   a poor network
 */

/**
 * Newer than TypeScript's own description.
 *
 * @typedef {'balanced' | 'maintain-framerate' | 'maintain-resolution'
 *   | 'maintain-framerate-and-resolution'} RTCDegradationPreference
 */

/**
 * @typedef {import('./peer.js').Media} Media
 * @implements {Media}
 */
export class SendingMedia {
  verbs = { server: 'takes', browser: 'sends' };
  #stream;
  #options;
  /** @type {Map<Kind, RTCRtpSender>} */
  #senders = new Map();
  #detach = () => {};
  #settled = false;
  /** @type {RTCPeerConnection | null} */
  #connection = null;

  /**
   * @param {MediaStream} stream  at most one live track of each kind
   * @param {SendingOptions} options
   */
  constructor(stream, options) {
    this.#stream = stream;
    this.#options = options;
  }

  /**
   * @param {RTCPeerConnection} connection
   * @param {() => void} onMedia
   */
  attach(connection, onMedia) {
    this.#connection = connection;
    // What is sent arrives somewhere from here on; whether it can be used the server tells.
    const onChange = () => {
      if (connection.connectionState === 'connected') onMedia();
    };
    connection.addEventListener('connectionstatechange', onChange);
    this.#detach = () => connection.removeEventListener('connectionstatechange', onChange);
  }

  /** Whether it is decided which kinds are sent. */
  get settled() {
    return this.#settled;
  }

  async offered() {
    this.#settled = true;
    for (const transceiver of this.#connection?.getTransceivers() ?? []) {
      const kind = /** @type {Kind} */ (transceiver.receiver.track.kind);
      const sender = this.#senders.get(kind) ?? transceiver.sender;
      if (this.#track(kind) && sender === transceiver.sender) {
        // One stream for both kinds, so that the receiver keeps them in step.
        sender.setStreams?.(this.#stream);
        transceiver.direction = 'sendonly';
        this.#senders.set(kind, sender);
      } else {
        transceiver.direction = 'inactive';
      }
    }
    for (const [kind, sender] of this.#senders) await sender.replaceTrack(this.#track(kind));
  }

  async answered() {
    const sender = this.#senders.get('video');
    if (!sender) return;
    const { maxBitrate, degradationPreference } = this.#options;
    try {
      const parameters = sender.getParameters();
      Object.assign(parameters, { degradationPreference });
      for (const encoding of parameters.encodings ?? []) {
        if (maxBitrate !== undefined) encoding.maxBitrate = maxBitrate;
      }
      await sender.setParameters(parameters);
    } catch {
      // A wish; a browser that does not know it sends as it thinks best.
    }
  }

  /** @param {string} kind  @returns {Iterable<{ mimeType: string }> | null} */
  codecs(kind) {
    if (!this.#track(/** @type {Kind} */ (kind))) return null;
    return RTCRtpSender.getCapabilities(kind)?.codecs ?? [];
  }

  /**
   * Sends another track from now on, without a negotiation.
   *
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track  null: nothing
   * @returns {Promise<boolean>} false when that takes a negotiation: this kind was not offered, or
   *   not answered
   */
  async replace(kind, track) {
    const sender = this.#senders.get(kind);
    if (!sender) return track === null;
    try {
      await sender.replaceTrack(track);
      return true;
    } catch {
      return false;
    }
  }

  detach() {
    this.#detach();
  }

  /** @param {Kind} kind */
  #track(kind) {
    return this.#stream.getTracks().find((track) => (
      track.kind === kind && track.readyState === 'live')) ?? null;
  }
}
