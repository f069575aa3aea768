// SPDX-License-Identifier: LGPL-2.1-or-later
// One live chart: a title, a legend with the newest values, and uPlot's curves.

import uPlot from './vendor/uplot/uPlot.esm.js';
import { h, setText } from '../webrtc-client/dom.js';

/** @typedef {import('./charts.js').ChartDefinition<any>} ChartDefinition */

const kHeight = 115;  // CSS pixels, axes included
const kAxisSize = 46;
const kFont = '11px system-ui, sans-serif';

/**
 * @param {Element} element
 * @param {string} name
 */
function colour(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

const kTick = 30;  // s

/** @param {number} seconds */
function clockTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });
}

export class Chart {
  element;
  #definition;
  #span;
  #plot;
  #values;
  #time = h('span', { class: 'chart-time' });
  #canvas = h('div', { class: 'chart-canvas' });
  #observer;

  /**
   * @param {ChartDefinition} definition
   * @param {number} span  seconds that are shown
   */
  constructor(definition, span) {
    this.#definition = definition;
    this.#span = span;
    this.#values = definition.curves.map(() => h('b'));
    this.element = h('figure', { class: 'chart' },
      h('figcaption', {}, h('span', { class: 'chart-title' }, definition.title), this.#time,
        h('span', { class: 'legend' }, ...definition.curves.map((curve, index) => h('span',
          { class: `curve curve-${index + 1}` }, `${curve.label} `, this.#values[index])))),
      this.#canvas);
    this.#canvas.setAttribute('role', 'img');
    this.#canvas.setAttribute('aria-label',
      `${definition.title} of the last ${span} seconds; the newest values are in the text before`);
    this.#plot = new uPlot(this.#options(), [[]], this.#canvas);
    this.#observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0) this.#plot.setSize({ width, height: kHeight });
    });
    this.#observer.observe(this.#canvas);
  }

  /**
   * @param {import('./history.js').StatisticsHistory<any>} history
   */
  update(history) {
    const end = history.latest;
    if (end === null) return;
    this.#plot.setData(history.columns(this.#definition.curves.map(({ key }) => key)), false);
    this.#plot.setScale('x', { min: end - this.#span, max: end });
    this.#legend();
  }

  /** Draws again in the colours of the present theme. */
  recolour() {
    this.#plot.redraw(false);
  }

  destroy() {
    this.#observer.disconnect();
    this.#plot.destroy();
  }

  /** Shows the values under the pointer, or else the newest ones. */
  #legend() {
    const { data, cursor } = this.#plot;
    const chosen = typeof cursor.idx === 'number' ? cursor.idx : null;
    const index = chosen ?? data[0].length - 1;
    this.#definition.curves.forEach((_, curve) => {
      const node = this.#values[curve];
      if (node) setText(node, this.#definition.format(data[curve + 1]?.[index]));
    });
    const time = data[0][index];
    setText(this.#time, chosen === null || time === undefined ? '' : clockTime(time));
  }

  /**
   * The grid stands still while the curves move.
   *
   * @param {number} min  s
   * @param {number} max  s
   */
  #ticks(min, max) {
    const ticks = [];
    for (let time = max - kTick; time > min; time -= kTick) ticks.unshift(time);
    return ticks;
  }

  /** @param {number} time  s */
  #ago(time) {
    return `−${Math.round((this.#plot.scales.x?.max ?? time) - time)} s`;
  }

  /** @returns {uPlot.Options} */
  #options() {
    const { curves, tick, least } = this.#definition;
    const grid = { stroke: () => colour(this.#canvas, '--chart-grid'), width: 1 };
    /** @type {uPlot.Axis} */
    const axis = {
      stroke: () => colour(this.#canvas, '--muted'), grid, font: kFont, ticks: { show: false },
    };
    return {
      width: 300,
      height: kHeight,
      padding: [9, 2, 2, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 5 } },
      hooks: { setCursor: [() => this.#plot && this.#legend()] },
      scales: {
        x: { time: true },
        y: { range: (_plot, _min, max) => [0, Math.max(least, max * 1.15 || 0)] },
      },
      axes: [
        {
          ...axis, size: 22, gap: 6, splits: (_plot, _axis, min, max) => this.#ticks(min, max),
          values: (_plot, ticks) => ticks.map((time) => this.#ago(time)),
        },
        {
          ...axis, size: kAxisSize, gap: 4, space: 28,
          values: (_plot, ticks) => ticks.map((value) => tick(value)),
        },
      ],
      series: [{}, ...curves.map((curve, index) => this.#series(curve, index))],
    };
  }

  /**
   * @param {import('./charts.js').CurveDefinition<any>} curve
   * @param {number} index
   * @returns {uPlot.Series}
   */
  #series(curve, index) {
    const stroke = () => colour(this.#canvas, `--curve-${index + 1}`);
    if (curve.bars) {
      const paths = uPlot.paths.bars?.({ size: [0.5, 6], align: 1 });
      return { label: curve.label, stroke, fill: stroke, width: 0, points: { show: false }, paths };
    }
    return { label: curve.label, stroke, width: 1.6, points: { show: false } };
  }
}
