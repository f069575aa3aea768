// SPDX-License-Identifier: LGPL-2.1-or-later
// The media half of a session: one RTCPeerConnection that answers the server's offers.

import { explainRejection } from './codecs.js';
import { candidatesOf, parseCandidate } from './ice-report.js';

/**
 * What is done with the media that the server offers.
 *
 * @typedef {object} Media
 * @property {(connection: RTCPeerConnection, onMedia: () => void) => void} attach  `onMedia` is
 *   called once media flow
 * @property {() => Promise<void>} offered  between the offer and the answer
 * @property {() => Promise<void>} answered
 * @property {(kind: string) => Iterable<{ mimeType: string }> | null} codecs  which could be used
 *   for this kind; null when the kind is of no interest
 * @property {{ server: string, browser: string }} verbs  what the two of them do with media
 * @property {() => void} detach
 *
 * @typedef {object} PeerListener
 * @property {(sdp: string) => void} onAnswer
 * @property {(candidate: RTCIceCandidate) => void} onCandidate
 * @property {() => void} onMedia  media have begun to flow
 * @property {(state: RTCPeerConnectionState) => void} onConnection
 * @property {(rejection: { allRejected: boolean, message: string } | null) => void} onCodecs
 * @property {(message: string) => void} onBadOffer
 * @property {(channel: RTCDataChannel) => void} onDataChannel
 */

export class Peer {
  #connection;
  #media;
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
  /** @type {import('./ice-report.js').ServerError[]} */
  #errors = [];

  /**
   * @param {RTCConfiguration} configuration
   * @param {Media} media
   * @param {PeerListener} listener
   * @throws {DOMException} when the browser refuses the configuration
   */
  constructor(configuration, media, listener) {
    this.#media = media;
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
    this.#connection.onicecandidateerror = ({ url, errorCode }) => {
      this.#errors.push({ url: url ?? '', code: errorCode });
    };
    this.#connection.onconnectionstatechange = () => {
      listener.onConnection(this.#connection.connectionState);
    };
    this.#connection.ondatachannel = ({ channel }) => listener.onDataChannel(channel);
    media.attach(this.#connection, () => {
      if (!this.#closed) listener.onMedia();
    });
  }

  /** Candidates of both sides and errors of ICE servers so far, for explanations. */
  get candidates() {
    return { local: this.#local, remote: this.#remote, errors: this.#errors };
  }

  /** @param {string} sdp */
  offer(sdp) {
    this.#remote.push(...candidatesOf(sdp));
    this.#enqueue(async () => {
      try {
        await this.#connection.setRemoteDescription({ type: 'offer', sdp });
        await this.#media.offered();
        await this.#connection.setLocalDescription();
        await this.#media.answered();
      } catch (error) {
        if (!this.#closed) this.#listener.onBadOffer(String(error));
        return;
      }
      const answer = this.#connection.localDescription?.sdp;
      if (this.#closed || !answer) return;
      this.#listener.onCodecs(explainRejection(sdp, answer,
        (kind) => this.#media.codecs(kind), this.#media.verbs));
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
    this.#connection.onicecandidateerror = null;
    this.#connection.onconnectionstatechange = null;
    this.#connection.ondatachannel = null;
    this.#media.detach();
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
}
