// SPDX-License-Identifier: LGPL-2.1-or-later
// The WebSocket of one session: JSON messages {type, data}, each checked before it is passed on.

import { isObject, parseState } from './stream-info.js';

/**
 * @typedef {object} SignallingListener
 * @property {(configuration: RTCConfiguration, role: string, navigation: boolean) => void} onHello
 *   `navigation`: the pipeline takes navigation events of this browser
 * @property {(sdp: string) => void} onOffer
 * @property {(candidate: RTCIceCandidateInit) => void} onCandidate
 * @property {(state: import('./stream-info.js').PipelineState, message: string) => void} onStream
 * @property {(code: string, message: string) => void} onError
 * @property {(reason: string, message: string) => void} onBye
 * @property {(text: string) => void} onControl  a message, a reply or something of controls, as on
 *   the data channel
 * @property {(opened: boolean) => void} onClosed  the socket closed without `close` being called;
 *   `opened` tells whether the server had accepted it
 */

const kOpenTimeout = 8000;  // ms

/** @param {unknown} value */
function words(value) {
  return typeof value === 'string' ? value.slice(0, 1000) : '';
}

export class SignallingSocket {
  #socket;
  #listener;
  #opened = false;
  #session = '';
  #cancelTimeout;

  /**
   * @param {string} url
   * @param {SignallingListener} listener
   * @param {import('./clock.js').Clock} clock
   * @throws {DOMException} when the browser refuses the address
   */
  constructor(url, listener, clock) {
    this.#listener = listener;
    this.#socket = new WebSocket(url);
    this.#socket.onopen = () => {
      this.#opened = true;
      this.#cancelTimeout();
    };
    this.#socket.onmessage = ({ data }) => this.#receive(data);
    this.#socket.onclose = () => this.#closed();
    this.#cancelTimeout = clock.after(kOpenTimeout, () => this.#closed());
  }

  /** What the server calls this session; empty before its hello. */
  get session() {
    return this.#session;
  }

  /** @param {string} sdp */
  sendAnswer(sdp) {
    this.#send('sdp', { type: 'answer', sdp });
  }

  /** @param {RTCIceCandidate} candidate */
  sendCandidate({ candidate, sdpMLineIndex }) {
    this.#send('ice', { candidate, sdpMLineIndex });
  }

  /**
   * @param {string} text  JSON that is no `{type, data}`
   * @returns {boolean} false when the socket is not open
   */
  sendText(text) {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** Leaves; the listener hears nothing more. */
  close() {
    this.#send('bye', {});
    this.#detach();
  }

  /**
   * @param {string} type
   * @param {object} data
   */
  #send(type, data) {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ type, data }));
    }
  }

  #closed() {
    this.#detach();
    this.#listener.onClosed(this.#opened);
  }

  #detach() {
    this.#cancelTimeout();
    this.#socket.onopen = null;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    this.#socket.close();
  }

  /** @param {unknown} text */
  #receive(text) {
    /** @type {unknown} */
    let message;
    try {
      message = JSON.parse(String(text));
    } catch {
      return;  // What cannot be read cannot be answered either; the session goes on.
    }
    if (!isObject(message)) return;
    const data = isObject(message.data) ? message.data : {};
    const listener = this.#listener;
    if (message.type === 'hello') this.#session = words(data.session);
    switch (message.type) {
      case 'hello':
        listener.onHello(parseConfiguration(data), words(data.role),
          data.navigation === true && [data.allow].flat().includes('control'));
        break;
      case 'sdp':
        if (data.type === 'offer' && typeof data.sdp === 'string') listener.onOffer(data.sdp);
        break;
      case 'ice':
        if (typeof data.candidate === 'string' && Number.isInteger(data.sdpMLineIndex)) {
          listener.onCandidate({
            candidate: data.candidate, sdpMLineIndex: Number(data.sdpMLineIndex),
          });
        }
        break;
      case 'stream': {
        const state = parseState(data.state);
        if (state) listener.onStream(state, words(data.message));
        break;
      }
      case 'error':
        listener.onError(words(data.code), words(data.message));
        break;
      case 'bye':
        listener.onBye(words(data.reason), words(data.message));
        break;
      case 'message':
      case 'controls':
      case 'changed':
      case 'holder':
      case 'state':
      case 'ControlResponseMessage':
        listener.onControl(String(text));
        break;
      default:  // A newer server may say more than this client knows.
    }
  }
}

/**
 * @param {Record<string, unknown>} hello
 * @returns {RTCConfiguration}
 */
export function parseConfiguration(hello) {
  /** @type {RTCIceServer[]} */
  const iceServers = [];
  for (const server of Array.isArray(hello.ice_servers) ? hello.ice_servers : []) {
    if (!isObject(server)) continue;
    const urls = [server.urls].flat().filter((url) => typeof url === 'string');
    if (urls.length === 0) continue;
    const { username, credential } = server;
    iceServers.push({
      urls,
      ...typeof username === 'string' && { username },
      ...typeof credential === 'string' && { credential },
    });
  }
  return {
    iceServers,
    iceTransportPolicy: hello.ice_transport_policy === 'relay' ? 'relay' : 'all',
  };
}
