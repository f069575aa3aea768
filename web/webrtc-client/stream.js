// SPDX-License-Identifier: LGPL-2.1-or-later
// A stream of a server, watched until told otherwise.

import { StreamConnection } from './connection.js';
import { Frames } from './frames.js';
import { ReceivingMedia } from './receiving.js';
import { createStatisticsSampler } from './received-statistics.js';
import { describeState } from './states.js';
import { isWatchable } from './stream-info.js';

/** @typedef {import('./received-statistics.js').Statistics} Statistics */

/** @type {import('./connection.js').Role<Statistics>} */
const kViewing = {
  name: 'view',
  accepts: isWatchable,
  describe: (state) => describeState(state),
  connected: 'Connected – waiting for the first picture…',
  combine(pipeline, flowing) {
    if (pipeline === 'paused' || pipeline === 'ended') return pipeline;
    if (flowing) return 'live';
    return pipeline === 'waiting' ? 'waiting' : null;
  },
  createSampler: createStatisticsSampler,
  bytes: ({ bytesReceived }) => bytesReceived,
};

/**
 * Besides the events of every connection, `track` with the detail
 * `{ track: MediaStreamTrack, mediaStream: MediaStream }`, and `frame` with that of {@link Frames}.
 *
 * @extends {StreamConnection<Statistics>}
 */
export class WebRTCStream extends StreamConnection {
  #mediaStream = new MediaStream();
  #frames = new Frames();

  /**
   * @param {string} src  `/output`, `ws(s)://…`, `http(s)://…` or `webrtc(s)://…`
   * @param {import('./connection.js').StreamOptions} [options]
   * @throws {TypeError} when `src` names no stream; the message says why
   */
  constructor(src, options = {}) {
    super(src, options, kViewing);
    this.#frames.addEventListener('frame', (event) => {
      this.dispatch('frame', /** @type {CustomEvent} */ (event).detail);
    });
  }

  /** What the pipeline knows of the frames on screen; always the same object. */
  get frames() {
    return this.#frames;
  }

  /** What arrives, for `video.srcObject`. Another object after each reconnection, see `track`. */
  get mediaStream() {
    return this.#mediaStream;
  }

  /**
   * Leaves. `start` may be called again.
   *
   * @override
   */
  stop() {
    if (this.started) this.#mediaStream = new MediaStream();
    super.stop();
  }

  /**
   * @override
   * @protected
   */
  createMedia() {
    /** @type {MediaStream | null} */
    let media = null;
    this.#frames.reset();
    return new ReceivingMedia((track) => {
      // The last picture of the session before stays on screen until this one has tracks.
      if (!media) this.#mediaStream = media = new MediaStream();
      media.addTrack(track);
      this.dispatch('track', { track, mediaStream: media });
    });
  }

  /**
   * @override
   * @protected
   * @param {Record<string, unknown>} message
   */
  onFrame(message) {
    this.#frames.receive(message);
  }
}
