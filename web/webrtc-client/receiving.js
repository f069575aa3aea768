// SPDX-License-Identifier: LGPL-2.1-or-later
// What a viewer's peer does with the media of an offer: it takes everything.

/**
 * @typedef {import('./peer.js').Media} Media
 * @implements {Media}
 */
export class ReceivingMedia {
  verbs = { server: 'offers', browser: 'plays' };
  #onTrack;
  #onMedia = () => {};
  /** @type {RTCPeerConnection | null} */
  #connection = null;

  /** @param {(track: MediaStreamTrack) => void} onTrack */
  constructor(onTrack) {
    this.#onTrack = onTrack;
  }

  /**
   * @param {RTCPeerConnection} connection
   * @param {() => void} onMedia
   */
  attach(connection, onMedia) {
    this.#connection = connection;
    this.#onMedia = onMedia;
    connection.ontrack = ({ track, receiver }) => this.#added(track, receiver);
  }

  async offered() {}

  async answered() {}

  /** @param {string} kind */
  codecs(kind) {
    return RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  }

  detach() {
    if (!this.#connection) return;
    this.#connection.ontrack = null;
    for (const { track } of this.#connection.getReceivers()) track.onunmute = null;
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {RTCRtpReceiver} receiver
   */
  #added(track, receiver) {
    // Low latency: frames are shown as they come. Older Chromium knows the second name only.
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
    else Object.assign(/** @type {object} */ (receiver), { playoutDelayHint: 0 });
    this.#onTrack(track);
    if (track.muted) track.onunmute = () => this.#onMedia();
    else this.#onMedia();
  }
}
