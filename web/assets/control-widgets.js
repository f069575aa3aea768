// SPDX-License-Identifier: LGPL-2.1-or-later
// How each type of control is shown and changed. A widget knows nothing of servers: it shows
// values, tells wishes, and tells when its user holds it no longer.

import { h, setText } from '../webrtc-client/dom.js';
import { fitsSlider, joinColour, plainNumber, splitColour, valueWords } from './control-values.js';

/**
 * @typedef {import('../webrtc-client/controls.js').ControlSpec} ControlSpec
 * @typedef {import('../webrtc-client/controls.js').ControlValue} ControlValue
 *
 * @typedef {object} Widget
 * @property {HTMLElement} element
 * @property {HTMLElement[]} inputs  the first is what the label names
 * @property {(value: ControlValue) => void} show
 * @property {() => boolean} held  whether its user is at it: then nothing is to be shown
 * @property {() => void} [taken]  the last wish was done
 * @property {() => void} [close]
 *
 * @typedef {object} WidgetActions
 * @property {(value: ControlValue) => void} wish
 * @property {() => void} release  its user holds it no longer
 */

const kTypingPause = 400;  // ms

/**
 * A field to type in. What is typed counts after a pause, and at once with Enter or on leaving.
 *
 * @param {HTMLInputElement} input
 * @param {WidgetActions} actions
 * @param {object} how
 * @param {() => ControlValue | null} how.read  null: nothing to be sent
 * @param {(value: ControlValue) => boolean} how.early  whether it may be sent while somebody types
 * @returns {Widget}
 */
function entry(input, { wish, release }, { read, early }) {
  let edited = false;
  let committed = false;
  /** @type {ControlValue | null} */
  let known = null;  // shown, or sent
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const send = () => {
    clearTimeout(timer);
    const value = read();
    if (value === null || value === known) return;
    known = value;
    wish(value);
  };
  const leave = () => {
    clearTimeout(timer);
    edited = false;
    release();
  };
  input.addEventListener('input', () => {
    edited = true;
    committed = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const value = read();
      if (value !== null && early(value)) send();
    }, kTypingPause);
  });
  input.addEventListener('keydown', ({ key, isComposing }) => {
    if (isComposing) return;
    if (key === 'Enter') {
      committed = true;
      send();
    } else if (key === 'Escape') {
      leave();
    }
  });
  input.addEventListener('blur', () => {
    if (edited) send();
    leave();
  });
  return {
    element: input,
    inputs: [input],
    show(value) {
      known = value;
      if (read() !== value) input.value = String(value);
    },
    held: () => edited,
    taken() {
      if (committed) edited = false;
    },
    close: () => clearTimeout(timer),
  };
}

/**
 * @param {HTMLInputElement} input  a range or a colour
 * @param {() => void} onInput
 * @param {() => void} onRelease
 * @returns {() => boolean} whether it is being dragged, or its picker is open
 */
function draggable(input, onInput, onRelease) {
  let held = false;
  input.addEventListener('pointerdown', () => {
    held = input.type === 'range';
  });
  input.addEventListener('input', () => {
    held = true;
    onInput();
  });
  // A slider that is back where it was does not say `change`.
  for (const type of ['change', 'pointerup', 'pointercancel', 'blur']) {
    input.addEventListener(type, () => {
      held = false;
      onRelease();
    });
  }
  return () => held;
}

/** @type {(spec: ControlSpec, actions: WidgetActions) => Widget} */
function text({ maxLength }, actions) {
  const input = h('input', { type: 'text', maxlength: maxLength, autocomplete: 'off' });
  return entry(input, actions, { read: () => input.value, early: () => true });
}

/** @type {(spec: ControlSpec, actions: WidgetActions) => Widget} */
function fraction(_, actions) {
  const input = h('input', { type: 'text', maxlength: 24, autocomplete: 'off', inputmode: 'text' });
  return entry(input, actions, { read: () => input.value.trim(), early: () => false });
}

/** @type {(spec: ControlSpec, actions: WidgetActions) => Widget} */
function number(spec, actions) {
  const { min, max, step } = spec;
  // Whether a value between two steps is taken, and one that is out of range, the server says.
  const field = h('input', { type: 'number', step: 'any', autocomplete: 'off' });
  const typed = entry(field, actions, {
    read: () => (Number.isNaN(field.valueAsNumber) ? null : field.valueAsNumber),
    early: (value) => Number(value) >= min && Number(value) <= max,
  });
  /** @param {ControlValue} value */
  const show = (value) => typed.show(plainNumber(value));
  if (!fitsSlider(spec)) return { ...typed, show };
  const slider = h('input', { type: 'range', min, max, step: step || 'any' });
  const dragged = draggable(slider, () => {
    show(slider.valueAsNumber);
    actions.wish(slider.valueAsNumber);
  }, actions.release);
  return {
    element: h('div', { class: 'control-pair' }, slider, field),
    inputs: [slider, field],
    show(value) {
      show(value);
      slider.value = String(value);
    },
    held: () => dragged() || typed.held(),
    taken: typed.taken,
    close: typed.close,
  };
}

/** @type {(spec: ControlSpec, actions: WidgetActions) => Widget} */
function boolean(spec, { wish }) {
  const input = h('input', { type: 'checkbox' });
  const words = h('span', { 'aria-hidden': 'true' });
  const say = () => setText(words, valueWords(spec, input.checked));
  input.addEventListener('change', () => {
    say();
    wish(input.checked);
  });
  return {
    element: h('label', { class: 'control-check' }, input, words),
    inputs: [input],
    show(value) {
      input.checked = value === true;
      say();
    },
    held: () => false,
  };
}

/** @type {(spec: ControlSpec, actions: WidgetActions) => Widget} */
function list({ choices }, { wish }) {
  const select = h('select', {}, ...choices.map(({ value, label }) => (
    h('option', { value }, label))));
  select.addEventListener('change', () => wish(select.value));
  return {
    element: select,
    inputs: [select],
    show(value) {
      select.value = String(value);
    },
    held: () => false,
  };
}

/** @type {(spec: ControlSpec, actions: WidgetActions) => Widget} */
function flags({ choices }, { wish }) {
  const boxes = choices.map(({ value }) => h('input', { type: 'checkbox', value }));
  const element = h('div', { class: 'control-flags' }, ...choices.map(({ label }, i) => (
    h('label', { class: 'control-check' }, boxes[i], label))));
  element.addEventListener('change', () => {
    wish(boxes.filter((box) => box.checked).map((box) => box.value).join('+'));
  });
  return {
    element,
    inputs: boxes,
    show(value) {
      const set = String(value).split('+');
      for (const box of boxes) box.checked = set.includes(box.value);
    },
    held: () => false,
  };
}

/** @type {(spec: ControlSpec, actions: WidgetActions) => Widget} */
function colour({ label }, { wish, release }) {
  const input = h('input', { type: 'color' });
  const opacity = h('input', {
    'type': 'range', 'min': 0, 'max': 255, 'aria-label': `${label}: opacity`,
  });
  const percent = h('output', { class: 'control-percent' });
  let transparent = false;
  const say = () => setText(percent, `${Math.round(opacity.valueAsNumber / 2.55)} %`);
  const tell = () => {
    say();
    wish(joinColour(input.value, transparent ? opacity.valueAsNumber : null));
  };
  const held = [draggable(input, tell, release), draggable(opacity, tell, release)];
  return {
    element: h('div', { class: 'control-pair' }, input, opacity, percent),
    inputs: [input, opacity],
    show(value) {
      const { colour: opaque, alpha } = splitColour(value);
      input.value = opaque;
      transparent = alpha !== null;
      opacity.hidden = percent.hidden = !transparent;
      opacity.value = String(alpha ?? 255);
      say();
    },
    held: () => held.some((one) => one()),
  };
}

/** @type {(spec: ControlSpec) => Widget} */
function indicator(spec) {
  const words = h('output', { class: 'control-value' });
  return {
    element: words,
    inputs: [words],
    show: (value) => setText(words, valueWords(spec, value)),
    held: () => false,
  };
}

/** @type {(spec: ControlSpec, actions: WidgetActions) => Widget} */
function action({ label }, { wish }) {
  const button = h('button', { type: 'button', class: 'control-action' }, label);
  button.addEventListener('click', () => wish(true));
  return { element: button, inputs: [button], show() {}, held: () => false };
}

/** @type {Record<ControlSpec['type'], (spec: ControlSpec, actions: WidgetActions) => Widget>} */
const kWidgets = {
  string: text, number, boolean, enum: list, flags, color: colour, fraction, action,
};

/**
 * @param {ControlSpec} spec
 * @param {boolean} writable  whether this user may change it
 * @param {WidgetActions} actions
 * @returns {Widget}
 */
export function createWidget(spec, writable, actions) {
  return writable || spec.type === 'action' ? kWidgets[spec.type](spec, actions) : indicator(spec);
}
