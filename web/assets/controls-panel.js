// SPDX-License-Identifier: LGPL-2.1-or-later
// The controls of one stream: a row for each, which shows what the pipeline has and sends what its
// user wishes.

import { kSystemClock } from '../webrtc-client/clock.js';
import { h, setAttributes, setText } from '../webrtc-client/dom.js';
import { ControlHolder } from './control-holder.js';
import { createWidget } from './control-widgets.js';
import { PacedWishes } from './paced-wishes.js';

/**
 * @typedef {import('../webrtc-client/controls.js').Controls} Controls
 * @typedef {import('../webrtc-client/controls.js').ControlSpec} ControlSpec
 */

class ControlRow {
  element;
  spec;
  #controls;
  #widget;
  #wishes;
  #error;

  /**
   * @param {Readonly<ControlSpec>} spec
   * @param {Controls} controls
   * @param {string} id  of the elements, for those that name others
   */
  constructor(spec, controls, id) {
    const action = spec.type === 'action';
    this.spec = spec;
    this.#controls = controls;
    this.#wishes = new PacedWishes({
      clock: kSystemClock,
      send: (value) => (
        action ? controls.action(spec.name) : controls.set({ [spec.name]: value })),
      onSettled: (error) => this.#settled(error),
    });
    this.#error = h('p', { 'id': `${id}-error`, 'class': 'control-error', 'aria-live': 'polite' });
    const writable = !spec.readOnly && controls.role === 'control';
    this.#widget = createWidget(spec, writable, {
      wish: (value) => this.#wishes.wish(value),
      release: () => this.show(),
    });
    const { element, inputs } = this.#widget;
    const group = spec.type === 'flags' && writable;
    if (!group) inputs[0]?.setAttribute('id', id);
    for (const input of inputs) {
      setAttributes(input, { 'aria-describedby': `${id}-error` });
      // Whoever is not in control sees the widgets, and what others do with them.
      if ((writable || action) && !controls.mine) setAttributes(input, { disabled: true });
      if (input !== inputs[0] && !group && !input.hasAttribute('aria-label')) {
        setAttributes(input, { 'aria-labelledby': `${id}-label` });
      }
    }
    this.element = h('div', {
      'class': 'control',
      'data-type': spec.type,
      'data-name': spec.name,
      'role': group ? 'group' : null,
      'aria-labelledby': group ? `${id}-label` : null,
    },
    h(group || action ? 'span' : 'label', {
      'id': `${id}-label`, 'class': 'control-label', 'title': spec.name,
      'for': group || action ? null : id,
    }, !action && spec.label),  // which is on the button
    h('div', { class: 'control-field' }, element), this.#error);
    this.show();
  }

  /** Shows what the pipeline has, unless its user is at it or waits for what was wished. */
  show() {
    const value = this.#controls.values[this.spec.name];
    if (value === undefined || this.#widget.held() || this.#wishes.busy) return;
    this.#widget.show(value);
    this.#mark(null);  // Words about what was wished may stay; what is shown now is right.
  }

  /** Somebody changed it: what was wrong with an earlier value is over. */
  changed() {
    if (!this.#widget.held() && !this.#wishes.busy) this.#complain('');
    this.show();
  }

  close() {
    this.#wishes.close();
    this.#widget.close?.();
  }

  /** @param {Error | null} error */
  #settled(error) {
    this.#complain(error?.message ?? '');
    if (!error) this.#widget.taken?.();
    this.show();
  }

  /** @param {string} words */
  #complain(words) {
    setText(this.#error, words);
    this.#mark(words ? 'true' : null);
  }

  /** @param {'true' | null} invalid */
  #mark(invalid) {
    for (const input of this.#widget.inputs) setAttributes(input, { 'aria-invalid': invalid });
  }
}

export class ControlsPanel {
  element;
  #id;
  #onShape;
  /** @type {Controls | null} */
  #controls = null;
  #holder = new ControlHolder();
  #shape = '';
  /** @type {Map<string, ControlRow>} */
  #rows = new Map();
  #open = true;
  /** @param {Event} event */
  #onChange = (event) => {
    const { values } = /** @type {CustomEvent} */ (event).detail;
    for (const name of Object.keys(values)) this.#rows.get(name)?.changed();
  };
  #onHolder = () => {
    if (this.#controls) this.follow(this.#controls);
  };

  /**
   * @param {string} id  of the panel's element, for the button that opens it
   * @param {() => void} onShape  it is empty now, or no longer
   */
  constructor(id, onShape) {
    this.#id = id;
    this.#onShape = onShape;
    this.element = h('section', {
      id, 'class': 'controls', 'aria-label': 'Controls', 'hidden': true,
    }, this.#holder.element);
  }

  /** Whether the stream has no controls. */
  get empty() {
    return this.#rows.size === 0 && this.#holder.element.hidden;
  }

  get open() {
    return this.#open;
  }

  set open(value) {
    this.#open = value;
    this.element.hidden = !value || this.empty;
  }

  /** @param {Controls} controls  of which there is a snapshot, the first or another one */
  follow(controls) {
    if (controls !== this.#controls) {
      this.#forget();
      controls.addEventListener('change', this.#onChange);
      controls.addEventListener('holder', this.#onHolder);
      this.#controls = controls;
      this.#shape = '';
    }
    // After a reconnection these are mostly the same, and somebody may be typing.
    this.#holder.follow(controls);
    const shape = JSON.stringify(
      [controls.role, controls.policy, controls.mine, ...controls.specs.values()]);
    if (shape === this.#shape) {
      for (const row of this.#rows.values()) row.changed();
      return;
    }
    this.#shape = shape;
    this.#clear();
    for (const spec of controls.specs.values()) {
      const row = new ControlRow(spec, controls, `${this.#id}-${this.#rows.size}`);
      this.#rows.set(spec.name, row);
      this.element.append(row.element);
    }
    this.open = this.#open;
    this.#onShape();
  }

  destroy() {
    this.#forget();
    this.#clear();
  }

  #forget() {
    this.#controls?.removeEventListener('change', this.#onChange);
    this.#controls?.removeEventListener('holder', this.#onHolder);
  }

  #clear() {
    for (const row of this.#rows.values()) {
      row.close();
      row.element.remove();
    }
    this.#rows.clear();
  }
}
