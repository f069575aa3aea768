// SPDX-License-Identifier: LGPL-2.1-or-later
// The controls of a stream, as this browser knows them: what its pipeline lets browsers see and
// change (docs/controls.md).

import { isObject } from './stream-info.js';

/**
 * Lists by the value of the choice, flags as `a+b`, colours as `#rrggbb` or `#aarrggbb`, fractions
 * as `30/1`.
 *
 * @typedef {string | number | boolean} ControlValue
 *
 * @typedef {'string' | 'number' | 'boolean' | 'enum' | 'flags' | 'color' | 'fraction'} ControlType
 *
 * @typedef {object} ControlSpec
 * @property {string} name
 * @property {string} label  for people
 * @property {ControlType} type
 * @property {number} min  of a number
 * @property {number} max
 * @property {number} step  how far a slider goes at once; 0 where nothing is known
 * @property {number} maxLength  characters of a string
 * @property {Array<{ value: string, label: string }>} choices  of an enumeration, or flags
 * @property {boolean} readOnly  an indicator
 */

const kTypes = new Set(['string', 'number', 'boolean', 'enum', 'flags', 'color', 'fraction']);

/**
 * @param {unknown} value
 * @returns {value is ControlValue}
 */
function isValue(value) {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/**
 * @param {unknown} value
 * @param {number} absent
 */
function number(value, absent) {
  return typeof value === 'number' ? value : absent;
}

/**
 * @param {unknown} control  of the server's list
 * @returns {ControlSpec | null} null for what this client does not know
 */
function parseSpec(control) {
  if (!isObject(control) || typeof control.name !== 'string' || !isValue(control.value)
    || !kTypes.has(String(control.type))) return null;
  const choices = Array.isArray(control.choices) ? control.choices.filter(isObject) : [];
  return {
    name: control.name,
    label: typeof control.label === 'string' && control.label ? control.label : control.name,
    type: /** @type {ControlType} */ (control.type),
    min: number(control.min, -Infinity),
    max: number(control.max, Infinity),
    step: number(control.step, 0),
    maxLength: number(control.maxLength, 1024),
    choices: choices.map(({ value, label }) => ({
      value: String(value), label: String(label ?? value),
    })),
    readOnly: control.readOnly === true,
  };
}

/**
 * Events (`CustomEvent`):
 * - `controls`, detail `{ controls }`: other controls than before, or the first, or none any more
 * - `change`, detail `{ values, by, rev }`: those values are other ones. `by` is the name of the
 *   session that wished so, `http` for a request, and empty where the pipeline did it
 */
export class Controls extends EventTarget {
  #send;
  /** @type {Map<string, ControlSpec>} */
  #specs = new Map();
  /** @type {Record<string, ControlValue>} */
  #values = {};
  // Of each control. The WebSocket and the data channel may overtake each other, and what is old
  // news of one control is no reason to miss the news of another.
  /** @type {Map<string, number>} */
  #revisions = new Map();
  #rev = 0;
  #role = '';
  #state = '';
  #expecting = false;

  /** @param {(values: Record<string, ControlValue>) => Promise<void>} send */
  constructor(send) {
    super();
    this.#send = send;
  }

  /** In the order of the pipeline's author; empty for a stream without controls. */
  get names() {
    return [...this.#specs.keys()];
  }

  /** @returns {ReadonlyMap<string, Readonly<ControlSpec>>} by name */
  get specs() {
    return this.#specs;
  }

  /** @returns {Readonly<Record<string, ControlValue>>} by name; another object at every change */
  get values() {
    return this.#values;
  }

  /** How many changes the stream had, as far as this browser knows. */
  get rev() {
    return this.#rev;
  }

  /** `control`: this browser may change them; empty before anything is known. */
  get role() {
    return this.#role;
  }

  /** What the pipeline does: `playing` or `stopped`; empty before anything is known. */
  get state() {
    return this.#state;
  }

  /**
   * All or nothing.
   *
   * @param {Record<string, ControlValue>} values  by name
   * @returns {Promise<void>} fulfilled when the pipeline has them; rejected with a `MessageError`,
   *   whose `code`, `control` and `message` say what was refused and why
   */
  async set(values) {
    await this.#send(values);
  }

  /** A session begins; its server may be another one, that counts anew. */
  expect() {
    this.#expecting = true;
  }

  /** By now the session's server has told which controls there are, if any. */
  settle() {
    if (!this.#expecting) return;
    this.#expecting = false;
    if (this.#specs.size === 0) return;
    this.#specs = new Map();
    this.#values = {};
    this.#dispatch('controls', { controls: this });
  }

  /** @param {'playing' | 'stopped'} state  of the pipeline */
  follow(state) {
    this.#state = state;
  }

  /** @param {Record<string, unknown>} message  of the server, `controls` or `changed` */
  receive(message) {
    if (message.type === 'controls') this.#take(message);
    else this.#change(message);
  }

  /** @param {Record<string, unknown>} snapshot */
  #take(snapshot) {
    if (!Array.isArray(snapshot.controls)) return;
    if (this.#expecting) this.#revisions.clear();
    else if (number(snapshot.rev, 0) < this.#rev) return;
    this.#expecting = false;
    this.#rev = number(snapshot.rev, 0);
    this.#role = String(snapshot.role ?? '');
    this.#state = String(snapshot.state ?? '');
    this.#specs = new Map();
    this.#values = {};
    for (const control of snapshot.controls) {
      const spec = parseSpec(control);
      if (!spec) continue;
      this.#specs.set(spec.name, spec);
      this.#values[spec.name] = control.value;
      this.#revisions.set(spec.name, this.#rev);
    }
    this.#dispatch('controls', { controls: this });
  }

  /** @param {Record<string, unknown>} message */
  #change({ rev, values, by }) {
    // Before the first snapshot there is nothing to change, and that will know better.
    if (this.#expecting || !isObject(values)) return;
    const revision = number(rev, 0);
    /** @type {Record<string, ControlValue>} */
    const fresh = {};
    for (const [name, value] of Object.entries(values)) {
      const known = this.#revisions.get(name);
      if (known === undefined || revision <= known || !isValue(value)) continue;
      this.#revisions.set(name, revision);
      fresh[name] = value;
    }
    this.#rev = Math.max(this.#rev, revision);
    if (Object.keys(fresh).length === 0) return;
    this.#values = { ...this.#values, ...fresh };
    this.#dispatch('change', { values: fresh, by: String(by ?? ''), rev: revision });
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
