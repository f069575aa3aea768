// SPDX-License-Identifier: LGPL-2.1-or-later
// Start and Stop of one stream's pipeline, where its viewers decide when it runs.

import { h, setAttributes, setText } from '../webrtc-client/dom.js';
import { createIcon } from '../webrtc-client/icons.js';

/** @typedef {import('../webrtc-client/pipeline.js').Pipeline} Pipeline */

export class RunButton {
  element;
  #words = h('span', {});
  #icons = { start: createIcon('play-solid'), stop: createIcon('stop-solid') };
  /** @type {Pipeline | null} */
  #pipeline = null;
  #busy = false;

  /** @param {(message: string) => void} notify  what did not work */
  constructor(notify) {
    this.element = h('button', {
      'type': 'button', 'class': 'button run-button', 'hidden': true,
      'onclick': () => this.#toggle(notify),
    }, this.#icons.start, this.#icons.stop, this.#words);
  }

  /** @param {Pipeline} pipeline  of which something is known, the first or something else */
  follow(pipeline) {
    this.#pipeline = pipeline;
    this.#show();
  }

  #show() {
    const pipeline = this.#pipeline;
    this.element.hidden = !pipeline?.mayControl;
    const stopped = pipeline?.state === 'stopped';
    this.#icons.start.toggleAttribute('hidden', !stopped);
    this.#icons.stop.toggleAttribute('hidden', stopped);
    setText(this.#words, stopped ? 'Start' : 'Stop');
    setAttributes(this.element, {
      'title': stopped ? 'Start the pipeline' : 'Stop the pipeline for everybody',
      // It keeps the focus, unlike one that is disabled.
      'aria-disabled': this.#busy ? 'true' : null,
    });
  }

  /** @param {(message: string) => void} notify */
  async #toggle(notify) {
    const pipeline = this.#pipeline;
    if (!pipeline || this.#busy) return;
    this.#busy = true;
    this.#show();
    try {
      await (pipeline.state === 'stopped' ? pipeline.start() : pipeline.stop());
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error));
    }
    this.#busy = false;
    this.#show();
  }
}
