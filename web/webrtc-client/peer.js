// SPDX-License-Identifier: LGPL-2.1-or-later
// The media half of a session: one RTCPeerConnection that answers the server's offers.

import { explainRejection } from './codecs.js';
import { candidatesOf, parseCandidate } from './ice-report.js';

/**
 * @typedef {object} PeerListener
 * @property {(sdp: string) => void} onAnswer
 * @property {(candidate: RTCIceCandidate) => void} onCandidate
 * @property {(track: MediaStreamTrack) => void} onTrack
 * @property {() => void} onMedia  packets of some track have begun to arrive
 * @property {(state: RTCPeerConnectionState) => void} onConnection
 * @property {(rejection: { allRejected: boolean, message: string } | null) => void} onCodecs
 * @property {(message: string) => void} onBadOffer
 */

export class Peer {
  #connection;
  #listener;
  #closed = false;
  /** @type {RTCIceCandidate[] | null} */
  #held = [];
  /** @type {Promise<void>} */
  #tasks = Promise.resolve();
  /** @type {import('./ice-report.js').Candidate[]} */
  #local = [];
  /** @type {import('./ice-report.js').Candidate[]} */
  #remote = [];

  /**
   * @param {RTCConfiguration} configuration
   * @param {PeerListener} listener
   * @throws {DOMException} when the browser refuses the configuration
   */
  constructor(configuration, listener) {
    this.#listener = listener;
    this.#connection = new RTCPeerConnection({ ...configuration, bundlePolicy: 'max-bundle' });
    this.#connection.onicecandidate = ({ candidate }) => {
      if (!candidate) return;
      const parsed = parseCandidate(candidate.candidate);
      if (parsed) this.#local.push(parsed);
      // Some servers drop candidates that overtake the answer.
      if (this.#held) this.#held.push(candidate);
      else listener.onCandidate(candidate);
    };
    this.#connection.ontrack = ({ track, receiver }) => this.#added(track, receiver);
    this.#connection.onconnectionstatechange = () => {
      listener.onConnection(this.#connection.connectionState);
    };
  }

  /** Candidates of both sides so far, for explanations. */
  get candidates() {
    return { local: this.#local, remote: this.#remote };
  }

  /** @param {string} sdp */
  offer(sdp) {
    this.#remote.push(...candidatesOf(sdp));
    this.#enqueue(async () => {
      try {
        await this.#connection.setRemoteDescription({ type: 'offer', sdp });
        await this.#connection.setLocalDescription();
      } catch (error) {
        if (!this.#closed) this.#listener.onBadOffer(String(error));
        return;
      }
      const answer = this.#connection.localDescription?.sdp;
      if (this.#closed || !answer) return;
      this.#listener.onCodecs(explainRejection(sdp, answer,
        (kind) => RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []));
      // Even an answer without any medium is sent: the server counts on it.
      this.#listener.onAnswer(answer);
      const held = this.#held ?? [];
      this.#held = null;
      for (const candidate of held) this.#listener.onCandidate(candidate);
    });
  }

  /** @param {RTCIceCandidateInit} candidate */
  candidate(candidate) {
    const parsed = parseCandidate(candidate.candidate ?? '');
    if (parsed) this.#remote.push(parsed);
    // One candidate that this browser cannot read leaves the others useful.
    this.#enqueue(() => this.#connection.addIceCandidate(candidate).catch(() => {}));
  }

  /** @returns {Promise<RTCStatsReport>} */
  getStats() {
    return this.#connection.getStats();
  }

  close() {
    this.#closed = true;
    this.#connection.onicecandidate = null;
    this.#connection.ontrack = null;
    this.#connection.onconnectionstatechange = null;
    for (const receiver of this.#connection.getReceivers()) receiver.track.onunmute = null;
    this.#connection.close();
  }

  /**
   * Offers and candidates are applied in the order in which they came.
   *
   * @param {() => Promise<void>} task
   */
  #enqueue(task) {
    this.#tasks = this.#tasks.then(() => (this.#closed ? undefined : task()));
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {RTCRtpReceiver} receiver
   */
  #added(track, receiver) {
    // Low latency: frames are shown as they come. Older Chromium knows the second name only.
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0;
    else Object.assign(/** @type {object} */ (receiver), { playoutDelayHint: 0 });
    this.#listener.onTrack(track);
    if (track.muted) track.onunmute = () => this.#listener.onMedia();
    else this.#listener.onMedia();
  }
}
