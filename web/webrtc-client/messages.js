// SPDX-License-Identifier: LGPL-2.1-or-later
// The messages of one session: JSON both ways over the data channel `control`, or over the
// WebSocket while that is not open; and over `lossy`, where the server opens that too, what is
// worth nothing a moment later.

import { isObject } from './stream-info.js';

/**
 * @typedef {object} MessagesOptions
 * @property {(text: string) => boolean} sendText  over the WebSocket; false when it is not open
 * @property {(data: unknown) => void} onMessage  the application says something
 * @property {(message: Record<string, unknown>) => void} onControls  for `Controls` and `Pipeline`
 * @property {(message: Record<string, unknown>) => void} onFrame  a `frame`
 * @property {import('./clock.js').Clock} clock
 */

/** @type {Set<unknown>} */
const kControls = new Set(['controls', 'changed', 'holder', 'state']);
const kMaxLossyBuffered = 16_384;  // bytes; more of what is old already is not added
const kReplyTimeout = 10_000;  // ms
// What the pipeline, or its application, has to do first; behind what others asked of it.
const kDeedTimeout = 60_000;  // ms
const kDeeds = new Set(['set', 'action', 'start', 'stop']);
const kMaxRequest = 16_384;  // bytes that the server takes

/**
 * Why a message, or a control's value, was not taken: `code` is the server's, or `unconnected`,
 * `lost` or `timeout`; `control` is the name of the control that it is about, or empty.
 */
export class MessageError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {string} [control]
   */
  constructor(code, message, control = '') {
    super(message);
    this.name = 'MessageError';
    this.code = code;
    this.control = control;
  }
}

/**
 * @template Connection
 * @param {Connection | null} connection
 * @returns {Connection}
 * @throws {MessageError} when there is none
 */
export function connected(connection) {
  if (!connection) throw new MessageError('unconnected', 'Not connected');
  return connection;
}

export class Messages {
  #options;
  /** @type {RTCDataChannel | null} */
  #channel = null;
  /** @type {RTCDataChannel | null} */
  #lossy = null;
  #lastId = 0;
  /** @type {Map<number, (error: MessageError | null) => void>} */
  #waiting = new Map();

  /** @param {MessagesOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** @param {RTCDataChannel} channel  that the server opened */
  attach(channel) {
    if (channel.label === 'control') this.#channel = channel;
    else if (channel.label === 'lossy') this.#lossy = channel;
    else return;
    channel.onmessage = ({ data }) => this.receive(data);
    channel.onclose = () => this.#detach(channel);
  }

  /** @param {RTCDataChannel} channel */
  #detach(channel) {
    channel.onmessage = null;
    channel.onclose = null;
    if (this.#channel === channel) this.#channel = null;
    if (this.#lossy === channel) this.#lossy = null;
  }

  /** @param {unknown} text  of a data channel, or of the WebSocket */
  receive(text) {
    /** @type {unknown} */
    let message;
    try {
      message = JSON.parse(String(text));
    } catch {
      return;
    }
    if (!isObject(message)) return;
    if (message.type === 'message') this.#options.onMessage(message.data);
    else if (message.type === 'frame') this.#options.onFrame(message);
    else if (message.type === 'ControlResponseMessage') this.#replied(message);
    else if (kControls.has(message.type)) {
      this.#options.onControls(message);
    }
  }

  /**
   * @param {unknown} data  whatever JSON can say
   * @returns {Promise<void>} rejected with a {@link MessageError}
   * @throws {TypeError} when JSON cannot say it
   */
  async send(data) {
    const written = JSON.stringify(data);
    if (written === undefined) throw new TypeError('JSON cannot say this');
    await this.#request(`{"type":"message","data":${written}}`);
  }

  /**
   * @param {Record<string, unknown>} request  that is the server's to fulfil, such as `set`
   * @returns {Promise<void>} rejected with a {@link MessageError}. Then it had no effect, but for
   *   `lost` and `timeout`, after which it may have one yet, and `unchanged`, which is about one
   *   value of several
   */
  async ask(request) {
    await this.#request(JSON.stringify(request),
      kDeeds.has(String(request.type)) ? kDeedTimeout : kReplyTimeout);
  }

  /**
   * @param {'start' | 'stop'} type  what the pipeline is to do
   * @returns {Promise<void>} rejected as that of {@link ask}
   */
  async run(type) {
    await this.ask({ type });
  }

  /**
   * @param {import('./navigation.js').NavigationEvent} event
   * @param {number} track  which of the stream's pictures
   * @param {boolean} lossy  whether the next one makes it obsolete
   * @returns {Promise<void>} rejected with a {@link MessageError}
   */
  async navigate(event, track, lossy) {
    const request = JSON.stringify({ type: 'navigationEvent', event, track });
    if (!lossy || !this.tell(request)) await this.#request(request);
  }

  /**
   * Asks for something over the lossy channel: it may be lost, overtake others, and nobody replies.
   *
   * @param {string} request  as JSON
   * @returns {boolean} false where there is no such channel, and nothing was sent
   */
  tell(request) {
    const channel = this.#lossy;
    if (channel?.readyState !== 'open') return false;
    const text = `{"id":${this.#lastId += 1},"request":${request}}`;
    const fits = text.length <= kMaxRequest && channel.bufferedAmount <= kMaxLossyBuffered;
    if (fits) channel.send(text);
    return true;
  }

  /**
   * @param {string} request  as JSON
   * @param {number} [timeout]  ms until nobody replies any more
   * @returns {Promise<void>}
   */
  async #request(request, timeout = kReplyTimeout) {
    const id = this.#lastId += 1;
    const text = `{"id":${id},"request":${request}}`;
    // Not left to others: a WebSocket ends for a text that is much too large, and a channel throws
    // errors of its own.
    if (new TextEncoder().encode(text).length > kMaxRequest) {
      throw new MessageError('too-large', `The message has more than ${kMaxRequest} bytes.`);
    }
    if (this.#channel?.readyState === 'open') this.#channel.send(text);
    else if (!this.#options.sendText(text)) throw new MessageError('unconnected', 'Not connected');
    await new Promise((/** @type {(value?: undefined) => void} */ resolve, reject) => {
      const cancel = this.#options.clock.after(timeout, () => {
        this.#waiting.get(id)?.(new MessageError('timeout', 'The server does not reply'));
      });
      this.#waiting.set(id, (error) => {
        cancel();
        this.#waiting.delete(id);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** The session is over. */
  close() {
    for (const channel of [this.#channel, this.#lossy]) if (channel) this.#detach(channel);
    for (const settle of [...this.#waiting.values()]) {
      settle(new MessageError('lost', 'The connection ended before the server replied'));
    }
  }

  /** @param {Record<string, unknown>} reply */
  #replied({ id, error }) {
    const settle = this.#waiting.get(Number(id));
    if (!settle) return;
    if (isObject(error)) {
      settle(new MessageError(String(error.code), String(error.message),
        String(error.control ?? '')));
    } else {
      settle(null);
    }
  }
}
