// SPDX-License-Identifier: LGPL-2.1-or-later
// One attempt to watch a stream or to send to it, from opening the socket to its end. It ends once,
// with a cause.

import { explainIceFailure } from './ice-report.js';
import { Messages } from './messages.js';
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
 * - `full`: as many viewers, or publishers, as the stream may have
 * - `dismissed`: the server does not want this browser back
 * - `replaced`: another publisher took over
 * - `denied`: its token has expired, or is not good for this any more
 *
 * @typedef {'restart' | 'ended' | 'lost' | 'unopened' | 'refused' | 'no-path' | 'unusable'
 *   | 'full' | 'dismissed' | 'replaced' | 'denied'} EndCause
 *
 * @typedef {object} SessionEnd
 * @property {EndCause} cause
 * @property {string} message  a sentence of the server or of the browser, may be empty
 *
 * @typedef {object} SessionListener
 * @property {(step: 'negotiating' | 'connected' | 'interrupted' | 'media') => void} onStep
 * @property {(state: import('./stream-info.js').PipelineState, message: string) => void} onPipeline
 * @property {(data: unknown) => void} onMessage  the application says something
 * @property {(message: Record<string, unknown>) => void} onControls  see {@link Messages}
 * @property {(message: Record<string, unknown>) => void} onFrame  what is known of a frame
 * @property {(available: boolean) => void} onNavigation  whether navigation events are taken
 * @property {(message: string) => void} onWarning  the session goes on, but something is missing
 * @property {(end: SessionEnd) => void} onEnd
 */

/**
 * @typedef {'view' | 'publish'} SessionRole
 *
 * @typedef {object} SessionOptions
 * @property {string} socketUrl
 * @property {SessionRole} role  what this browser is here for
 * @property {import('./peer.js').Media} media
 * @property {RTCIceServer[]} iceServers  used besides those that the server names
 * @property {RTCIceTransportPolicy | undefined} iceTransportPolicy  overrides the server's
 * @property {import('./clock.js').Clock} clock
 */

// ms from the offer to the connection. The server gives up after 15 s, looks for the reason and
// says it, which is worth waiting for.
const kNegotiationTimeout = 20000;
const kInterruptionTimeout = 5000;  // ms without contact until the connection counts as lost

/** @type {Record<string, EndCause>} */
const kErrorCauses = {
  'no-common-codec': 'unusable',
  'full': 'full',
  'busy': 'full',
  'ice-failed': 'no-path',
  'negotiation-timeout': 'no-path',
};

/** @type {Record<string, EndCause>} */
const kByeCauses = {
  restart: 'restart', ended: 'ended', kicked: 'dismissed', error: 'refused', busy: 'full',
  replaced: 'replaced', expired: 'denied', revoked: 'denied',
};

// Complaints about media; they say nothing about why a session ends later.
const kWarnings = new Set(['no-media', 'bad-media']);

/** @type {Record<SessionRole, string>} */
const kWrongRole = {
  view: 'This stream takes a camera or a microphone; there is nothing to watch',
  publish: 'This stream is there to be watched; it takes no camera and no microphone',
};

export class Session {
  #options;
  #listener;
  #socket;
  #messages;
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
    this.#configure({});
    this.#messages = new Messages({
      sendText: (text) => this.#socket.sendText(text),
      onMessage: (data) => listener.onMessage(data),
      onControls: (message) => listener.onControls(message),
      onFrame: (message) => listener.onFrame(message),
      clock: options.clock,
    });
    this.#socket = new SignallingSocket(options.socketUrl, {
      onHello: (configuration, role, navigation) => {
        this.#hello(configuration, role);
        if (!this.#ended) listener.onNavigation(navigation);
      },
      onOffer: (sdp) => this.#offer(sdp),
      onCandidate: (candidate) => this.#peer?.candidate(candidate),
      onStream: (state, message) => listener.onPipeline(state, message),
      onError: (code, message) => this.#failed(code, message),
      onBye: (reason, message) => this.#bye(reason, message),
      onControl: (text) => this.#messages.receive(text),
      onClosed: (opened) => this.#end(this.#error
        ?? { cause: opened ? 'lost' : 'unopened', message: '' }),
    }, options.clock);
  }

  /** @returns {Promise<RTCStatsReport> | null} null before the offer */
  getStats() {
    return this.#peer?.getStats() ?? null;
  }

  /** @param {unknown} data  whatever JSON can say */
  send(data) {
    return this.#messages.send(data);
  }

  /** @param {Record<string, unknown>} request  that is the server's to fulfil, such as `set` */
  ask(request) {
    return this.#messages.ask(request);
  }

  /** What the server calls this session; empty before it has said so. */
  get name() {
    return this.#socket.session;
  }

  /** @param {'start' | 'stop'} type  what the pipeline is to do */
  run(type) {
    return this.#messages.run(type);
  }

  /**
   * @param {import('./navigation.js').NavigationEvent} event
   * @param {number} track
   * @param {boolean} lossy
   */
  navigate(event, track, lossy) {
    return this.#messages.navigate(event, track, lossy);
  }

  /** Leaves politely; the listener hears nothing more. */
  close() {
    this.#ended = true;
    this.#cancelTimer();
    this.#socket.close();
    this.#messages.close();
    this.#peer?.close();
    this.#peer = null;
  }

  /** @param {SessionEnd} end */
  #end(end) {
    if (this.#ended) return;
    this.close();
    this.#listener.onEnd(end);
  }

  /**
   * @param {RTCConfiguration} configuration
   * @param {string} role
   */
  #hello(configuration, role) {
    const { role: own } = this.#options;
    if (role !== '' && role !== own) this.#end({ cause: 'refused', message: kWrongRole[own] });
    else this.#configure(configuration);
  }

  /** @param {RTCConfiguration} configuration  of the server; the jetson-inference one sends none */
  #configure({ iceServers = [], iceTransportPolicy = 'all' }) {
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
    return new Peer(this.#configuration, this.#options.media, {
      onAnswer: (sdp) => this.#socket.sendAnswer(sdp),
      onCandidate: (candidate) => this.#socket.sendCandidate(candidate),
      onMedia: () => this.#arrived(),
      onConnection: (state) => this.#connection(state),
      onCodecs: (rejection) => this.#codecs(rejection),
      onDataChannel: (channel) => this.#messages.attach(channel),
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

  /** @param {string} [served]  what the server says of it */
  #noPath(served = '') {
    const { local, remote, errors } = this.#peer?.candidates
      ?? { local: [], remote: [], errors: [] };
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
      errors,
      host: new URL(this.#options.socketUrl).hostname,
    });
    this.#end({
      cause: 'no-path', message: served ? `${message} The server says: ${served}` : message,
    });
  }

  /**
   * An error may be a mere complaint; it ends the session only when a bye or a close follows.
   *
   * @param {string} code
   * @param {string} message
   */
  #failed(code, message) {
    if (kWarnings.has(code)) this.#listener.onWarning(message);
    else this.#error ??= { cause: kErrorCauses[code] ?? 'refused', message };
  }

  /**
   * @param {string} reason
   * @param {string} message
   */
  #bye(reason, message) {
    const cause = kByeCauses[reason] ?? 'lost';
    const vague = cause === 'refused' || cause === 'lost';
    const explained = vague || this.#error?.cause === cause ? this.#error : null;
    if (explained?.cause === 'no-path') this.#noPath(explained.message);
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
