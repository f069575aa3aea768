// SPDX-License-Identifier: LGPL-2.1-or-later
// The last minutes of a stream's statistics, as columns for charts. Pure.

/** @typedef {{ time: number, interval: number }} Timed */

/**
 * @template Any
 * @typedef {object} SeriesDefinition
 * @property {string} key
 * @property {(statistics: Any) => number | null | undefined} value
 */

// A gap longer than this breaks the curves instead of bridging it.
const kGap = 2.5;  // s

/** @template {Timed} Statistics */
export class StatisticsHistory {
  #definitions;
  #span;
  /** @type {number[]} */
  #times = [];
  /** @type {Map<string, Array<number | null>>} */
  #columns;

  /**
   * @param {ReadonlyArray<SeriesDefinition<Statistics>>} definitions
   * @param {number} span  seconds that are kept
   */
  constructor(definitions, span) {
    this.#definitions = definitions;
    this.#span = span;
    this.#columns = new Map(definitions.map(({ key }) => [key, []]));
  }

  /** Seconds since 1970 of the last sample, or null. */
  get latest() {
    return this.#times.at(-1) ?? null;
  }

  /** @param {Statistics} statistics */
  add(statistics) {
    const time = statistics.time / 1000;
    const before = this.latest;
    // Clocks of machines are set back now and then; the past that is now the future is dropped.
    if (before !== null && time <= before) this.#clear();
    else if (before !== null && time - before > kGap) this.#append(before + kGap / 2, () => null);
    // The first sample of a connection has counters but no rates yet.
    this.#append(time, ({ value }) => (statistics.interval > 0 ? value(statistics) ?? null : null));
    let old = 0;
    while ((this.#times[old] ?? time) < time - this.#span) old += 1;
    this.#times.splice(0, old);
    for (const column of this.#columns.values()) column.splice(0, old);
  }

  /**
   * @param {readonly string[]} keys
   * @returns {[number[], ...Array<Array<number | null>>]} times in seconds, then one column per key
   */
  columns(keys) {
    return [this.#times, ...keys.map((key) => this.#columns.get(key) ?? [])];
  }

  /**
   * @param {number} time
   * @param {(definition: SeriesDefinition<Statistics>) => number | null} value
   */
  #append(time, value) {
    this.#times.push(time);
    for (const definition of this.#definitions) {
      this.#columns.get(definition.key)?.push(value(definition));
    }
  }

  #clear() {
    this.#times.length = 0;
    for (const column of this.#columns.values()) column.length = 0;
  }
}
