// SPDX-License-Identifier: LGPL-2.1-or-later
// The controls of a stream, as this browser knows them: what its pipeline lets browsers see and
// change (docs/controls.md).

import { runStateOf } from './pipeline.js';
import { isObject } from './stream-info.js';

/**
 * Lists by the value of the choice, flags as `a+b`, colours as `#rrggbb` or `#aarrggbb`, fractions
 * as `30/1`.
 *
 * @typedef {string | number | boolean} ControlValue
 *
 * @typedef {'string' | 'number' | 'boolean' | 'enum' | 'flags' | 'color' | 'fraction'
 *   | 'action'} ControlType  an action is a button, without a value
 *
 * @typedef {'all' | 'first' | 'exclusive'} ControlPolicy
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

const kTypes = new Set(
  ['string', 'number', 'boolean', 'enum', 'flags', 'color', 'fraction', 'action']);

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
  if (!isObject(control) || typeof control.name !== 'string'
    || !kTypes.has(String(control.type))) return null;
  if (control.type !== 'action' && !isValue(control.value)) return null;
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
 * - `holder`, detail `{ holder, mine }`: somebody else has control now, or nobody
 */
export class Controls extends EventTarget {
  #ask;
  #session;
  /** @type {Map<string, ControlSpec>} */
  #specs = new Map();
  /** @type {Record<string, ControlValue>} */
  #values = {};
  // The last word on each control, known or not. The WebSocket and the data channel may overtake
  // each other, and what is old news of one control is no reason to miss the news of another, nor
  // of the list of them.
  /** @type {Map<string, { rev: number, value: ControlValue }>} */
  #latest = new Map();
  #rev = 0;
  #listRevision = 0;
  #role = '';
  #state = '';
  /** @type {ControlPolicy} */
  #policy = 'all';
  /** @type {string | null} */
  #holder = null;
  #holderRevision = 0;
  #expecting = false;

  /**
   * @param {(request: Record<string, unknown>) => Promise<void>} ask  the server
   * @param {() => string} session  what the server calls this browser; empty before it is known
   */
  constructor(ask, session) {
    super();
    this.#ask = ask;
    this.#session = session;
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

  /** Which of those who may change something do so. */
  get policy() {
    return this.#policy;
  }

  /** The session that has control under this policy; null: nobody, or everybody under `all`. */
  get holder() {
    return this.#holder;
  }

  /** Whether this browser may change something now. */
  get mine() {
    if (this.#role !== 'control') return false;
    return this.#policy === 'all' || (this.#holder !== null && this.#holder === this.#session());
  }

  /**
   * Checked as a whole: with one value that is not taken, none is. Only `unchanged` is about one of
   * them, and the others are set all the same.
   *
   * @param {Record<string, ControlValue>} values  by name
   * @returns {Promise<void>} fulfilled when the pipeline has them; rejected with a `MessageError`,
   *   whose `code`, `control` and `message` say what was refused and why
   */
  async set(values) {
    await this.#ask({ type: 'set', values });
  }

  /**
   * Presses a button.
   *
   * @param {string} name
   * @returns {Promise<void>} fulfilled when it has been done; else rejected as by `set`
   */
  async action(name) {
    await this.#ask({ type: 'action', name });
  }

  /**
   * Takes control, where the policy has one session control at a time.
   *
   * @returns {Promise<void>} rejected with the code `held` while another one has it
   */
  async acquire() {
    await this.#ask({ type: 'acquire' });
  }

  /** Gives control back, if this browser has it. */
  async release() {
    await this.#ask({ type: 'release' });
  }

  /** A session begins; its server may be another one, that counts anew. */
  expect() {
    this.#expecting = true;
  }

  /** By now the session's server has told which controls there are, if any. */
  settle() {
    if (!this.#expecting) return;
    this.#begin();
    if (this.#specs.size === 0 && this.#role === '') return;
    this.#specs = new Map();
    this.#values = {};
    this.#role = '';
    this.#policy = 'all';
    this.#holder = null;
    this.#dispatch('controls', { controls: this });
  }

  /** @param {import('./stream-info.js').PipelineState} state  of the stream */
  follow(state) {
    this.#state = runStateOf(state) || this.#state;
  }

  /**
   * @param {Record<string, unknown>} message  of the server: `controls`, `changed`, `holder`,
   *   `state`
   */
  receive(message) {
    const { type, state } = message;
    if (type === 'controls') this.#take(message);
    else if (type === 'holder') this.#pass(message);
    else if (type === 'changed') this.#change(message);
    else if (state === 'playing' || state === 'stopped') this.#state = state;
  }

  /** What the server before counted says nothing of what this one does. */
  #begin() {
    this.#expecting = false;
    this.#latest.clear();
    this.#rev = 0;
    this.#listRevision = 0;
    this.#holderRevision = 0;
  }

  /** @param {Record<string, unknown>} snapshot */
  #take(snapshot) {
    if (!Array.isArray(snapshot.controls)) return;
    const rev = number(snapshot.rev, 0);
    if (this.#expecting) this.#begin();
    else if (rev < this.#listRevision) return;
    this.#listRevision = rev;
    this.#rev = Math.max(this.#rev, rev);
    this.#role = String(snapshot.role ?? '');
    this.#state = String(snapshot.state ?? '');
    this.#policy = snapshot.policy === 'first' || snapshot.policy === 'exclusive'
      ? snapshot.policy : 'all';
    if (rev >= this.#holderRevision) {
      this.#holder = typeof snapshot.holder === 'string' ? snapshot.holder : null;
      this.#holderRevision = rev;
    }
    this.#list(snapshot.controls, rev);
    this.#dispatch('controls', { controls: this });
  }

  /**
   * @param {unknown[]} controls
   * @param {number} rev
   */
  #list(controls, rev) {
    this.#specs = new Map();
    this.#values = {};
    const newer = new Map([...this.#latest].filter(([, told]) => told.rev > rev));
    this.#latest = newer;
    for (const control of controls) {
      const spec = parseSpec(control);
      if (!spec) continue;
      const { name, type } = spec;
      this.#specs.set(name, spec);
      if (type === 'action') continue;
      const value = newer.get(name)?.value
        ?? /** @type {{ value: ControlValue }} */ (control).value;
      this.#values[name] = value;
      if (!newer.has(name)) newer.set(name, { rev, value });
    }
  }

  /** @param {Record<string, unknown>} message */
  #pass({ rev, holder }) {
    const revision = number(rev, this.#holderRevision + 1);
    if (this.#expecting || revision <= this.#holderRevision) return;
    this.#holderRevision = revision;
    this.#rev = Math.max(this.#rev, revision);
    this.#holder = typeof holder === 'string' ? holder : null;
    this.#dispatch('holder', { holder: this.#holder, mine: this.mine });
  }

  /** @param {Record<string, unknown>} message */
  #change({ rev, values, by }) {
    // Before the first snapshot there is nothing to change, and that will know better.
    if (this.#expecting || !isObject(values)) return;
    const revision = number(rev, 0);
    /** @type {Record<string, ControlValue>} */
    const fresh = {};
    for (const [name, value] of Object.entries(values)) {
      const known = this.#latest.get(name);
      if ((known && revision <= known.rev) || !isValue(value)) continue;
      // Of a control that is not known, the list may still be on its way.
      this.#latest.set(name, { rev: revision, value });
      const spec = this.#specs.get(name);
      if (spec && spec.type !== 'action') fresh[name] = value;
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
