// SPDX-License-Identifier: LGPL-2.1-or-later
// The messages of one session: JSON both ways over the data channel `control`, or over the
// WebSocket while that is not open.

import { isObject } from './stream-info.js';

/**
 * @typedef {object} MessagesOptions
 * @property {(text: string) => boolean} sendText  over the WebSocket; false when it is not open
 * @property {(data: unknown) => void} onMessage  the application says something
 * @property {(message: Record<string, unknown>) => void} onControls  a `controls` or a `changed`
 * @property {import('./clock.js').Clock} clock
 */

const kLabel = 'control';
const kReplyTimeout = 10_000;  // ms
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
  #lastId = 0;
  /** @type {Map<number, (error: MessageError | null) => void>} */
  #waiting = new Map();

  /** @param {MessagesOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** @param {RTCDataChannel} channel  that the server opened */
  attach(channel) {
    if (channel.label !== kLabel) return;
    this.#channel = channel;
    channel.onmessage = ({ data }) => this.receive(data);
    channel.onclose = () => {
      this.#channel = null;
    };
  }

  /** @param {unknown} text  of the data channel, or of the WebSocket */
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
    else if (message.type === 'ControlResponseMessage') this.#replied(message);
    else if (message.type === 'controls' || message.type === 'changed') {
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
   * @param {Record<string, import('./controls.js').ControlValue>} values  of controls, by name
   * @returns {Promise<void>} rejected with a {@link MessageError}; then none was changed
   */
  async set(values) {
    await this.#request(JSON.stringify({ type: 'set', values }));
  }

  /**
   * @param {import('./navigation.js').NavigationEvent} event
   * @param {number} track  which of the stream's pictures
   * @param {boolean} lossy  whether the next one makes it obsolete
   * @returns {Promise<void>} rejected with a {@link MessageError}
   */
  async navigate(event, track, lossy) {
    void lossy;
    await this.#request(JSON.stringify({ type: 'navigationEvent', event, track }));
  }

  /**
   * @param {string} request  as JSON
   * @returns {Promise<void>}
   */
  async #request(request) {
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
      const cancel = this.#options.clock.after(kReplyTimeout, () => {
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
    if (this.#channel) {
      this.#channel.onmessage = null;
      this.#channel.onclose = null;
      this.#channel = null;
    }
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
