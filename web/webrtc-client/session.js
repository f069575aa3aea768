// SPDX-License-Identifier: LGPL-2.1-or-later
// One attempt to watch a stream, from opening the socket to its end. It ends once, with a cause.

import { explainIceFailure } from './ice-report.js';
import { Peer } from './peer.js';
import { SignallingSocket } from './signalling-socket.js';

/**
 * - `restart`: the server asks to come again at once
 * - `ended`: the stream went away
 * - `lost`: the connection broke
 * - `unopened`: the server did not accept the socket, for reasons that browsers hide
 * - `refused`: the server, or the browser itself, ended it with an error
 * - `no-path`: no media could reach this browser
 * - `unusable`: no codec in common
 * - `full`: as many viewers as the stream may have
 * - `dismissed`: the server does not want this viewer back
 *
 * @typedef {'restart' | 'ended' | 'lost' | 'unopened' | 'refused' | 'no-path' | 'unusable'
 *   | 'full' | 'dismissed'} EndCause
 *
 * @typedef {object} SessionEnd
 * @property {EndCause} cause
 * @property {string} message  a sentence of the server or of the browser, may be empty
 *
 * @typedef {object} SessionListener
 * @property {(step: 'negotiating' | 'connected' | 'interrupted' | 'media') => void} onStep
 * @property {(track: MediaStreamTrack) => void} onTrack
 * @property {(state: import('./stream-info.js').PipelineState, message: string) => void} onPipeline
 * @property {(message: string) => void} onWarning  playing goes on, but not with everything
 * @property {(end: SessionEnd) => void} onEnd
 */

/**
 * @typedef {object} SessionOptions
 * @property {string} socketUrl
 * @property {RTCIceServer[]} iceServers  used besides those that the server names
 * @property {RTCIceTransportPolicy | undefined} iceTransportPolicy  overrides the server's
 * @property {import('./clock.js').Clock} clock
 */

const kNegotiationTimeout = 15000;  // ms from the offer to the connection
const kInterruptionTimeout = 5000;  // ms without contact until the connection counts as lost

/** @type {Record<string, EndCause>} */
const kErrorCauses = {
  'no-common-codec': 'unusable',
  'full': 'full',
  'ice-failed': 'no-path',
  'negotiation-timeout': 'no-path',
};

/** @type {Record<string, EndCause>} */
const kByeCauses = { restart: 'restart', ended: 'ended', kicked: 'dismissed', error: 'refused' };

export class Session {
  #options;
  #listener;
  #socket;
  /** @type {Peer | null} */
  #peer = null;
  /** @type {RTCConfiguration} */
  #configuration = {};
  /** @type {SessionEnd | null} */
  #error = null;
  #refusedMedia = '';
  #media = false;
  #ended = false;
  #cancelTimer = () => {};

  /**
   * @param {SessionOptions} options
   * @param {SessionListener} listener
   * @throws {DOMException} when the browser refuses the address
   */
  constructor(options, listener) {
    this.#options = options;
    this.#listener = listener;
    this.#hello({});
    this.#socket = new SignallingSocket(options.socketUrl, {
      onHello: (configuration) => this.#hello(configuration),
      onOffer: (sdp) => this.#offer(sdp),
      onCandidate: (candidate) => this.#peer?.candidate(candidate),
      onStream: (state, message) => listener.onPipeline(state, message),
      onError: (code, message) => this.#failed(code, message),
      onBye: (reason, message) => this.#bye(reason, message),
      onClosed: (opened) => this.#end(this.#error
        ?? { cause: opened ? 'lost' : 'unopened', message: '' }),
    }, options.clock);
  }

  /** @returns {Promise<RTCStatsReport> | null} null before the offer */
  getStats() {
    return this.#peer?.getStats() ?? null;
  }

  /** Leaves politely; the listener hears nothing more. */
  close() {
    this.#ended = true;
    this.#cancelTimer();
    this.#socket.close();
    this.#peer?.close();
    this.#peer = null;
  }

  /** @param {SessionEnd} end */
  #end(end) {
    if (this.#ended) return;
    this.close();
    this.#listener.onEnd(end);
  }

  /** @param {RTCConfiguration} configuration  of the server; the jetson-inference one sends none */
  #hello({ iceServers = [], iceTransportPolicy = 'all' }) {
    this.#configuration = {
      iceServers: [...iceServers, ...this.#options.iceServers],
      iceTransportPolicy: this.#options.iceTransportPolicy ?? iceTransportPolicy,
    };
  }

  /** @param {string} sdp */
  #offer(sdp) {
    try {
      this.#peer ??= this.#createPeer();
    } catch (error) {
      this.#end({ cause: 'refused', message: `This browser refuses the connection: ${error}` });
      return;
    }
    if (!this.#media) this.#listener.onStep('negotiating');
    this.#peer.offer(sdp);
    this.#deadline(kNegotiationTimeout, () => this.#noPath());
  }

  #createPeer() {
    return new Peer(this.#configuration, {
      onAnswer: (sdp) => this.#socket.sendAnswer(sdp),
      onCandidate: (candidate) => this.#socket.sendCandidate(candidate),
      onTrack: (track) => this.#listener.onTrack(track),
      onMedia: () => this.#arrived(),
      onConnection: (state) => this.#connection(state),
      onCodecs: (rejection) => this.#codecs(rejection),
      onBadOffer: (message) => this.#end({
        cause: 'refused', message: `This browser cannot read the server’s offer: ${message}`,
      }),
    });
  }

  #arrived() {
    if (this.#ended || this.#media) return;
    this.#media = true;
    this.#listener.onStep('media');
  }

  /** @param {{ allRejected: boolean, message: string } | null} rejection */
  #codecs(rejection) {
    if (!rejection) return;
    if (!rejection.allRejected) {
      this.#refusedMedia = rejection.message;
      this.#listener.onWarning(rejection.message);
      return;
    }
    // The server closes after its own error; this browser's words are the more exact ones.
    this.#error = { cause: 'unusable', message: rejection.message };
    this.#deadline(kInterruptionTimeout, () => this.#end(/** @type {SessionEnd} */ (this.#error)));
  }

  /** @param {RTCPeerConnectionState} state */
  #connection(state) {
    if (state === 'connected') {
      this.#cancelTimer();
      this.#listener.onStep(this.#media ? 'media' : 'connected');
    } else if (state === 'disconnected') {
      this.#listener.onStep('interrupted');
      this.#deadline(kInterruptionTimeout, () => this.#end({ cause: 'lost', message: '' }));
    } else if (state === 'failed') {
      if (this.#media) this.#end({ cause: 'lost', message: '' });
      else this.#noPath();
    }
  }

  #noPath() {
    const { local, remote } = this.#peer?.candidates ?? { local: [], remote: [] };
    // Firefox looks for no path at all when it refuses the medium that leads the bundle.
    if (local.length === 0 && this.#refusedMedia) {
      this.#end({ cause: 'unusable', message: this.#refusedMedia });
      return;
    }
    const { iceServers = [], iceTransportPolicy } = this.#configuration;
    const message = explainIceFailure({
      local,
      remote,
      relayConfigured: iceServers.some(({ urls }) => [urls].flat().some((u) => /^turns?:/.test(u))),
      relayOnly: iceTransportPolicy === 'relay',
      host: new URL(this.#options.socketUrl).hostname,
    });
    this.#end({ cause: 'no-path', message });
  }

  /**
   * An error may be a mere complaint; it ends the session only when a bye or a close follows.
   *
   * @param {string} code
   * @param {string} message
   */
  #failed(code, message) {
    this.#error ??= { cause: kErrorCauses[code] ?? 'refused', message };
  }

  /**
   * @param {string} reason
   * @param {string} message
   */
  #bye(reason, message) {
    const cause = kByeCauses[reason] ?? 'lost';
    const explained = cause === 'refused' || cause === 'lost' ? this.#error : null;
    if (explained?.cause === 'no-path') this.#noPath();
    else this.#end(explained ?? { cause, message });
  }

  /**
   * @param {number} delay  milliseconds
   * @param {() => void} callback
   */
  #deadline(delay, callback) {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(delay, callback);
  }
}
