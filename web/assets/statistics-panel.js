// SPDX-License-Identifier: LGPL-2.1-or-later
// The statistics of one stream: numbers in groups, and live charts.

import { h, setText } from '../webrtc-client/dom.js';
import { Chart } from './chart.js';
import { StatisticsHistory } from './history.js';
import { kThemeChange } from './theme.js';

/**
 * What is shown of one direction.
 *
 * @template {import('./history.js').Timed} Statistics
 * @typedef {object} PanelDefinition
 * @property {Array<import('./charts.js').ChartDefinition<Statistics>>} charts
 * @property {Array<import('./number-groups.js').Group<Statistics>>} groups
 */

const kSpan = 90;  // s that charts show
/** @template {import('./history.js').Timed} Statistics */
export class StatisticsPanel {
  element;
  #definition;
  /** @type {StatisticsHistory<Statistics>} */
  #history;
  #numbers = h('div', { class: 'numbers' });
  #plots = h('div', { class: 'plots' });
  #empty = h('p', { class: 'statistics-empty' },
    'Numbers come with the first second of the stream.');
  /** @type {Map<string, HTMLElement>} */
  #values = new Map();
  /** @type {Map<string, Chart>} */
  #charts = new Map();
  #shape = '';
  /** @type {Statistics | null} */
  #latest = null;
  #recolour = () => this.#charts.forEach((chart) => chart.recolour());

  /**
   * @param {string} id  of the panel's element, for the button that opens it
   * @param {PanelDefinition<Statistics>} definition
   */
  constructor(id, definition) {
    this.#definition = definition;
    this.#history = new StatisticsHistory(definition.charts.flatMap(({ curves }) => curves),
      kSpan * 2);
    this.element = h('section', {
      id, 'class': 'statistics', 'aria-label': 'Statistics', 'hidden': true, 'tabindex': -1,
    }, this.#empty, this.#plots, this.#numbers);
    document.addEventListener(kThemeChange, this.#recolour);
  }

  get open() {
    return !this.element.hidden;
  }

  set open(value) {
    this.element.hidden = !value;
    if (value) this.#show();
    else this.#removeCharts();
  }

  /** @returns {Statistics | null} */
  get latest() {
    return this.#latest;
  }

  /** @param {Statistics} statistics */
  add(statistics) {
    this.#latest = statistics;
    this.#history.add(statistics);
    if (this.open) this.#show();
  }

  destroy() {
    document.removeEventListener(kThemeChange, this.#recolour);
    this.#removeCharts();
  }

  #removeCharts() {
    for (const chart of this.#charts.values()) chart.destroy();
    this.#charts.clear();
    this.#plots.replaceChildren();
  }

  #show() {
    const statistics = this.#latest;
    this.#empty.hidden = statistics !== null;
    if (!statistics) return;
    this.#showNumbers(statistics);
    for (const definition of this.#definition.charts) {
      let chart = this.#charts.get(definition.title);
      if (!chart && definition.applies(statistics)) {
        chart = new Chart(definition, kSpan);
        this.#charts.set(definition.title, chart);
        this.#plots.append(chart.element);
      }
      chart?.update(this.#history);
    }
  }

  /** @param {Statistics} statistics */
  #showNumbers(statistics) {
    const groups = this.#definition.groups.flatMap(({ title, rows }) => {
      const shown = rows(statistics);
      return shown ? [{ title, rows: shown }] : [];
    });
    const shape = groups.map(({ title }) => title).join();
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#values.clear();
      this.#numbers.replaceChildren(...groups.map(({ title, rows }) => h('section', {},
        h('h3', {}, title), h('dl', {}, ...rows.flatMap(([name]) => {
          const value = h('dd');
          this.#values.set(`${title}/${name}`, value);
          return [h('div', {}, h('dt', {}, name), value)];
        })))));
    }
    for (const { title, rows } of groups) {
      for (const [name, text] of rows) {
        const node = this.#values.get(`${title}/${name}`);
        if (node) setText(node, text);
      }
    }
  }
}
