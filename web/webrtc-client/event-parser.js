// SPDX-License-Identifier: LGPL-2.1-or-later
// Server-sent events out of a text stream (HTML Standard, section 9.2.6). Pure.

/** @typedef {{ type: string, data: string }} ServerEvent */

// A server that never ends a line or an event must not fill the browser's memory.
const kMaxSize = 1 << 20;  // characters

export class EventParser {
  #pending = '';
  #type = '';
  /** @type {string[]} */
  #data = [];
  #dataSize = 0;

  /**
   * @param {string} text  the next piece of the stream, cut anywhere
   * @returns {ServerEvent[]} the events that it completed
   * @throws {RangeError} when an event is larger than a megabyte
   */
  push(text) {
    this.#pending += text;
    /** @type {ServerEvent[]} */
    const events = [];
    // A CR at the very end may be the first half of CRLF; it stays until more text tells.
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(this.#pending);
      if (!end) break;
      const line = this.#pending.slice(0, end.index);
      this.#pending = this.#pending.slice(end.index + end[0].length);
      this.#line(line, events);
    }
    if (this.#pending.length + this.#dataSize > kMaxSize) {
      throw new RangeError('an event is too large');
    }
    return events;
  }

  /**
   * @param {string} line
   * @param {ServerEvent[]} events
   */
  #line(line, events) {
    if (line === '') {
      if (this.#data.length > 0) {
        events.push({ type: this.#type || 'message', data: this.#data.join('\n') });
      }
      this.#type = '';
      this.#data = [];
      this.#dataSize = 0;
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;  // A comment, which servers send as a sign of life.
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') {
      this.#type = value;
    } else if (field === 'data') {
      this.#data.push(value);
      this.#dataSize += value.length + 1;
    }
  }
}
