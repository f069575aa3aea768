// SPDX-License-Identifier: LGPL-2.1-or-later
// As much of a browser as a connection needs, and a server that a test is.

import { FakeWebSocket } from './fake-socket.js';
import { FakeStream } from './fake-media.js';

export class FakePeerConnection extends EventTarget {
  /** @type {FakePeerConnection} */
  static last;
  connectionState = 'new';
  /** @type {any[]} */
  transceivers = [];
  /** @type {{ sdp: string } | null} */
  localDescription = null;
  /** @type {(() => void) | null} */
  onconnectionstatechange = null;
  /** @type {((event: { url: string, errorCode: number }) => void) | null} */
  onicecandidateerror = null;
  /** @type {((event: { candidate: { candidate: string } | null }) => void) | null} */
  onicecandidate = null;
  closed = false;

  constructor() {
    super();
    FakePeerConnection.last = this;
  }

  /** @param {{ sdp: string }} description */
  async setRemoteDescription({ sdp }) {
    this.transceivers = [...sdp.matchAll(/^m=(\w+)/gm)].map(([, kind]) => {
      const sender = {
        track: /** @type {any} */ (null),
        parameters: /** @type {any} */ ({ encodings: [{}] }),
        replaceTrack: async (/** @type {any} */ track) => {
          sender.track = track;
        },
        setStreams() {},
        getParameters: () => sender.parameters,
        setParameters: async (/** @type {any} */ parameters) => {
          sender.parameters = parameters;
        },
      };
      return { direction: 'recvonly', sender, receiver: { track: { kind } } };
    });
  }

  async setLocalDescription() {
    this.localDescription = {
      sdp: this.transceivers.map(({ direction, receiver }) => (
        `m=${receiver.track.kind} 9 X 96\r\na=${direction}\r\n`)).join(''),
    };
  }

  getTransceivers() {
    return this.transceivers;
  }

  async getStats() {
    return new Map();
  }

  async addIceCandidate() {}

  /** @param {string} state */
  becomes(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  close() {
    this.closed = true;
  }
}

/** The server's side of the socket that was opened last. */
export class FakeServer {
  /** What `GET /api/streams` says. @type {Record<string, object>} */
  static streams = {};

  /** @param {string} [role] */
  static accept(role = 'publish') {
    FakeWebSocket.last.open();
    FakeServer.send('hello', { role, session: 's1', ice_servers: [] });
  }

  /**
   * @param {string} type
   * @param {object} data
   */
  static send(type, data) {
    FakeWebSocket.last.receive({ type, data });
  }

  /** @param {...string} kinds */
  static offer(...kinds) {
    FakeServer.send('sdp', {
      type: 'offer',
      sdp: kinds.map((kind) => `m=${kind} 9 X 96\r\na=recvonly\r\n`).join(''),
    });
  }

  /** @param {string} type  @returns {any[]} the data of what the browser sent */
  static received(type) {
    return FakeWebSocket.last.sent.map((text) => JSON.parse(text))
      .filter((message) => message.type === type).map(({ data }) => data);
  }
}

/**
 * Puts the fakes in the place of a browser's own.
 *
 * @returns {() => void} puts back what was there
 */
export function installFakeBrowser() {
  const address = 'http://robot:8554/input';
  const page = Object.assign(new EventTarget(), {
    visibilityState: 'visible', baseURI: address,
  });
  const fakes = {
    WebSocket: FakeWebSocket,
    RTCPeerConnection: FakePeerConnection,
    RTCRtpSender: { getCapabilities: () => ({ codecs: [{ mimeType: 'video/VP8' }] }) },
    MediaStream: FakeStream,
    document: page,
    window: Object.assign(new EventTarget(), { top: null }),
    location: new URL(address),
    fetch: async () => Response.json(FakeServer.streams),
  };
  const before = Object.keys(fakes).map((name) => (
    /** @type {const} */ ([name, Object.getOwnPropertyDescriptor(globalThis, name)])));
  for (const [name, value] of Object.entries(fakes)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete (/** @type {any} */ (globalThis))[name];
    }
  };
}
