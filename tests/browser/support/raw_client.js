// SPDX-License-Identifier: LGPL-2.1-or-later
// raw_client.js — a WebSocket without a browser behind it, that may send anything.
import { once } from 'node:events';
import WebSocket from 'ws';
import { kDeadline, until, within } from './until.js';

export class RawClient {
  /** @type {Array<{ type: string, [field: string]: any }>} */
  messages = [];
  closed = false;
  #socket;

  /** @param {string} url */
  static async open(url) {
    const client = new RawClient(url);
    await within('a socket', once(client.#socket, 'open'));
    return client;
  }

  constructor(url) {
    this.#socket = new WebSocket(url, { perMessageDeflate: false });
    this.#socket.on('message', (text) => {
      const { type, data } = JSON.parse(text.toString());
      this.messages.push({ ...data, type });
    });
    this.#socket.on('close', () => {
      this.closed = true;
    });
    this.#socket.on('error', () => {});  // Refusals are looked at with `refusal`.
  }

  sendText(text) {
    this.#socket.send(text);
  }

  sendBytes(bytes) {
    this.#socket.send(bytes);
  }

  /** Past the WebSocket protocol. */
  sendRawBytes(bytes) {
    this.#socket._socket.write(bytes);
  }

  send(type, data) {
    this.sendText(JSON.stringify({ type, data }));
  }

  answer(sdp) {
    this.send('sdp', { type: 'answer', sdp });
  }

  candidate(candidate, sdpMLineIndex = 0) {
    this.send('ice', { candidate, sdpMLineIndex });
  }

  /** The first message of this type. */
  message(type) {
    return until(`a message “${type}”`,
      () => this.messages.find((message) => message.type === type),
      { otherwise: () => this.messages });
  }

  /** One more error than there have been. */
  async nextError() {
    const errors = () => this.messages.filter(({ type }) => type === 'error');
    const { length } = errors();
    await until('a further error', () => errors().length > length,
      { otherwise: () => this.messages });
  }

  untilClosed() {
    return until('the server closes the socket', () => this.closed,
      { otherwise: () => this.messages.slice(-5) });
  }

  close() {
    this.#socket.terminate();
  }
}

/**
 * How the server refuses a socket.
 *
 * @param {string} url
 * @param {Record<string, string>} [headers]
 */
export async function refusal(url, headers = {}) {
  const socket = new WebSocket(url, { headers, handshakeTimeout: kDeadline });
  socket.on('error', () => {});
  socket.on('open', () => socket.terminate());
  const [, response] = await within('a refusal', once(socket, 'unexpected-response'));
  let body = '';
  for await (const chunk of response) body += chunk;
  return {
    status: response.statusCode, headers: response.headers, body,
    type: response.headers['content-type'],
  };
}
