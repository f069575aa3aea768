// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether the pipeline behind a stream runs, and the wish that it would (docs/start-stop.md).

/**
 * - `always`: it runs whether or not somebody watches
 * - `on-demand`: it runs while somebody watches
 * - `manual`: browsers start and stop it
 *
 * @typedef {'always' | 'on-demand' | 'manual'} RunPolicy
 */

const kPolicies = new Set(['always', 'on-demand', 'manual']);

/**
 * @param {import('./stream-info.js').PipelineState} state  of a stream
 * @returns {'playing' | 'stopped' | ''} what its pipeline does; empty where that says nothing of it
 */
export function runStateOf(state) {
  if (state === 'paused') return 'stopped';
  return state === 'live' ? 'playing' : '';
}

/**
 * Events (`CustomEvent`):
 * - `change`, detail `{ state, policy }`: one of them is another one, or `mayControl` is
 */
export class Pipeline extends EventTarget {
  #send;
  #mine;
  #state = '';
  /** @type {RunPolicy} */
  #policy = 'always';
  // Until the policy is known, the state alone is no news.
  #expecting = true;
  #told = '';

  /**
   * @param {(request: 'start' | 'stop') => Promise<void>} send
   * @param {() => boolean} mine  whether this browser may change something now
   */
  constructor(send, mine) {
    super();
    this.#send = send;
    this.#mine = mine;
  }

  /** `playing` or `stopped`; empty before anything is known. */
  get state() {
    return this.#state;
  }

  get policy() {
    return this.#policy;
  }

  /** Whether `start` and `stop` of this browser are heeded. */
  get mayControl() {
    return this.#policy === 'manual' && this.#mine();
  }

  /** Whether it is stopped, and this browser may start it. */
  get startable() {
    return this.mayControl && this.#state === 'stopped';
  }

  /** Why the picture stands still, where that is so by the policy; otherwise empty. */
  get words() {
    if (this.#state !== 'stopped' || this.#policy === 'always') return '';
    if (this.#policy === 'on-demand') return 'Starting…';
    return this.startable ? 'Stopped. Press Start.' : 'Stopped';
  }

  /**
   * @returns {Promise<void>} fulfilled when the pipeline runs; rejected with a `MessageError`,
   *   whose `code` and `message` say why it does not
   */
  async start() {
    await this.#send('start');
  }

  /** @returns {Promise<void>} fulfilled when it is stopped; rejected as `start()` is */
  async stop() {
    await this.#send('stop');
  }

  /** A session begins. What is known stays until its server has told more. */
  expect() {
    this.#expecting = true;
  }

  /** By now the session's server has told its policy, if it is not the usual one. */
  settle() {
    if (this.#expecting) this.#take(this.#state, 'always');
  }

  /** @param {import('./stream-info.js').PipelineState} state  of the stream */
  follow(state) {
    const known = runStateOf(state);
    if (known) this.#take(known);
  }

  /** @param {Record<string, unknown>} message  of the server: `controls`, `holder`, `state` */
  receive({ type, state, runPolicy }) {
    if (type === 'holder') this.#take(this.#state);
    if (state !== 'playing' && state !== 'stopped') return;
    if (type === 'state') {
      this.#take(state);
    } else if (type === 'controls') {
      const policy = String(runPolicy);
      this.#take(state, /** @type {RunPolicy} */ (kPolicies.has(policy) ? policy : 'always'));
    }
  }

  /**
   * @param {string} state
   * @param {RunPolicy} [policy]
   */
  #take(state, policy) {
    this.#state = state;
    if (policy) {
      this.#policy = policy;
      this.#expecting = false;
    }
    const news = `${this.#state} ${this.#policy} ${this.mayControl}`;
    if (this.#expecting || news === this.#told) return;
    this.#told = news;
    this.dispatchEvent(new CustomEvent('change', {
      detail: { state: this.#state, policy: this.#policy },
    }));
  }
}
