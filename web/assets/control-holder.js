// SPDX-License-Identifier: LGPL-2.1-or-later
// Who has control of a stream that lets one browser at a time have it, and the button that takes
// it or gives it back.

import { h, setText } from '../webrtc-client/dom.js';

/** @typedef {import('../webrtc-client/controls.js').Controls} Controls */

/**
 * @param {Pick<Controls, 'mine' | 'holder'>} controls
 * @returns {string} for people
 */
export function holderWords({ mine, holder }) {
  if (mine) return 'You';
  return holder === null ? 'Nobody' : 'Another viewer';
}

/**
 * @param {Pick<Controls, 'mine' | 'holder' | 'policy' | 'role'>} controls
 * @returns {'acquire' | 'release' | null} what the button does; null: there is none
 */
export function holderAction({ mine, holder, policy, role }) {
  if (policy !== 'exclusive' || role !== 'control') return null;
  if (mine) return 'release';
  return holder === null ? 'acquire' : null;
}

export class ControlHolder {
  element;
  #words = h('strong');
  #button = h('button', { type: 'button', class: 'control-action' });
  #error = h('span', { 'class': 'control-error', 'aria-live': 'polite' });
  /** @type {Controls | null} */
  #controls = null;

  constructor() {
    this.#button.addEventListener('click', () => this.#press());
    this.element = h('div', { class: 'control-holder', hidden: true },
      h('span', { 'aria-live': 'polite' }, 'In control: ', this.#words), this.#button, this.#error);
  }

  /** @param {Controls} controls  which are other ones, or have another holder */
  follow(controls) {
    this.#controls = controls;
    const action = holderAction(controls);
    this.element.hidden = controls.policy === 'all' || controls.role === '';
    setText(this.#words, holderWords(controls));
    setText(this.#error, '');
    this.#button.hidden = action === null;
    setText(this.#button, action === 'release' ? 'Release' : 'Take control');
  }

  async #press() {
    const controls = this.#controls;
    if (!controls) return;
    try {
      await (holderAction(controls) === 'release' ? controls.release() : controls.acquire());
    } catch (error) {
      setText(this.#error, error instanceof Error ? error.message : String(error));
    }
  }
}
