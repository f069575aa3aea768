// SPDX-License-Identifier: LGPL-2.1-or-later
// Boxes around the regions of a frame, on a canvas over the <video> that shows it.

import { kSystemClock } from './clock.js';
import { h } from './dom.js';
import { layoutOf, pictureBox } from './navigation-geometry.js';
import { isObject } from './stream-info.js';

/**
 * @typedef {import('./navigation-geometry.js').Box} Box
 *
 * @typedef {object} Region
 * @property {string} label
 * @property {number} x  in pixels of the frame
 * @property {number} y
 * @property {number} width
 * @property {number} height
 */

const kMaxRegions = 256;
const kMaxLabel = 40;  // characters
// A detector may see to every other frame only, and a message may be lost.
const kHold = 500;  // ms

/**
 * @param {Record<string, unknown>} region
 * @returns {string} what it is, and how sure that is
 */
function labelOf({ type, params }) {
  const words = [String(type ?? '')];
  for (const found of isObject(params) ? Object.values(params) : []) {
    if (!isObject(found) || typeof found.confidence !== 'number') continue;
    words.push(`${Math.round(found.confidence * 100)} %`);
    break;
  }
  return words.filter(Boolean).join(' ').slice(0, kMaxLabel);
}

/**
 * @param {unknown} data  of a frame
 * @returns {Region[] | null} null for data that is not about regions
 */
export function readRegions(data) {
  if (!isObject(data) || !Array.isArray(data.regions)) return null;
  /** @type {Region[]} */
  const regions = [];
  for (const region of data.regions.slice(0, kMaxRegions)) {
    if (!isObject(region)) continue;
    const { x, y, width, height } = region;
    const [left, top, across, down] = [x, y, width, height].map(Number);
    if (![left, top, across, down].every(Number.isFinite)) continue;
    regions.push({
      label: labelOf(region),
      x: Number(left),
      y: Number(top),
      width: Number(across),
      height: Number(down),
    });
  }
  return regions;
}

/**
 * @param {Region} region
 * @param {{ width: number, height: number }} frame
 * @param {Box} box  of the whole picture
 * @returns {Box}
 */
export function place({ x, y, width, height }, frame, box) {
  const across = box.width / frame.width;
  const down = box.height / frame.height;
  return {
    left: box.left + x * across,
    top: box.top + y * down,
    width: width * across,
    height: height * down,
  };
}

/**
 * The same colour for the same word.
 *
 * @param {string} text
 */
function hueOf(text) {
  let hue = 140;  // green, for what has no name
  for (const letter of text) hue = (hue * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return hue;
}

/**
 * @param {{ media: string, exact: boolean }} frame
 * @param {string} media  that is shown; empty: the only one
 */
export function isShown(frame, media) {
  return frame.exact || media === '' || frame.media === '' || frame.media === media;
}

export class FrameBoxes {
  #video;
  /** @type {import('./frames.js').Frames | null} */
  #frames = null;
  #media = '';
  /** @type {HTMLCanvasElement | null} */
  #canvas = null;
  /** @type {{ regions: Region[], width: number, height: number }} */
  #shown = { regions: [], width: 0, height: 0 };
  #resized;
  #cancelHold = () => {};
  #onFrame = (/** @type {Event} */ event) => {
    this.#take(/** @type {CustomEvent} */ (event).detail);
  };

  /** @param {HTMLVideoElement} video  whose parent is, or has around it, a positioned element */
  constructor(video) {
    this.#video = video;
    this.#resized = new ResizeObserver(() => this.#draw());
  }

  /**
   * @param {import('./frames.js').Frames | null} frames  whose regions are drawn; null: none
   * @param {string} [media]  which of the pipeline's pictures the video shows, where a frame's
   *   timestamp does not tell; empty: the only one
   */
  show(frames, media = '') {
    if (frames === this.#frames && media === this.#media) return;
    this.#media = media;
    this.#frames?.removeEventListener('frame', this.#onFrame);
    this.#frames = frames;
    frames?.addEventListener('frame', this.#onFrame);
    this.#clear();
    if (frames) return;
    this.#resized.disconnect();
    this.#canvas?.remove();
    this.#canvas = null;
  }

  /** @param {import('./frames.js').FrameDetail} detail */
  #take({ data, width, height, media, exact }) {
    if (!isShown({ media, exact }, this.#media)) return;
    const regions = readRegions(data);
    if (!regions) return;
    this.#shown = {
      regions,
      width: width || this.#video.videoWidth,
      height: height || this.#video.videoHeight,
    };
    this.#cancelHold();
    this.#cancelHold = regions.length > 0
      ? kSystemClock.after(kHold, () => this.#clear()) : () => {};
    this.#draw();
  }

  #clear() {
    this.#cancelHold();
    this.#cancelHold = () => {};
    this.#shown = { regions: [], width: 0, height: 0 };
    this.#draw();
  }

  /** There is none before there is something to draw. */
  #ensureCanvas() {
    if (!this.#canvas) {
      this.#canvas = h('canvas', { 'class': 'boxes', 'part': 'boxes', 'aria-hidden': 'true' });
      Object.assign(this.#canvas.style, { position: 'absolute', pointerEvents: 'none' });
      this.#video.after(this.#canvas);
      this.#resized.observe(this.#video);
    }
    return this.#canvas;
  }

  #draw() {
    const { regions, width, height } = this.#shown;
    if (regions.length === 0 && !this.#canvas) return;
    const canvas = this.#ensureCanvas();
    const video = this.#video;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(canvas.style, {
      left: `${video.offsetLeft + video.clientLeft}px`,
      top: `${video.offsetTop + video.clientTop}px`,
      width: `${video.clientWidth}px`,
      height: `${video.clientHeight}px`,
    });
    // This also wipes it.
    canvas.width = Math.round(video.clientWidth * ratio);
    canvas.height = Math.round(video.clientHeight * ratio);
    const context = canvas.getContext('2d');
    if (!context || regions.length === 0 || width <= 0 || height <= 0) return;
    context.scale(ratio, ratio);
    const layout = layoutOf(video);
    const { content } = layout;
    context.beginPath();
    context.rect(content.left, content.top, content.width, content.height);
    context.clip();
    const picture = { width: video.videoWidth || width, height: video.videoHeight || height };
    const box = pictureBox(layout, picture);
    for (const region of regions) drawRegion(context, region, place(region, this.#shown, box));
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Region} region
 * @param {Box} box
 */
function drawRegion(context, { label }, { left, top, width, height }) {
  const hue = hueOf(label.split(' ')[0] ?? '');
  context.lineWidth = 3;
  context.strokeStyle = `hsl(${hue} 90% 55%)`;
  context.strokeRect(left, top, width, height);
  if (!label) return;
  context.font = '600 13px system-ui, sans-serif';
  const tall = 18;
  const wide = context.measureText(label).width + 8;
  const above = Math.max(0, top - tall);
  context.fillStyle = `hsl(${hue} 90% 30% / .85)`;
  context.fillRect(left - 1.5, above, wide, tall);
  context.fillStyle = '#fff';
  context.fillText(label, left + 2.5, above + tall - 5);
}
