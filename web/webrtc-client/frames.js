// SPDX-License-Identifier: LGPL-2.1-or-later
// What the pipeline knows of frames beside their pixels, brought together with the frames on
// screen: both have the frame's RTP timestamp (docs/frame-metadata.md).

/**
 * @typedef {object} FrameDetail
 * @property {unknown} data  what is known: `{ regions }`, or whatever the application says
 * @property {number} width  of the frame in the pipeline, whose pixels are counted; 0: not known
 * @property {number} height
 * @property {string} media  of the pipeline: `video_0`
 * @property {boolean} exact  whether that very frame is on screen now
 *
 * @typedef {{ rtp: number, detail: Omit<FrameDetail, 'exact'> }} Waiting
 */

// A browser plays within a second or two, and a hidden page shows nothing at all.
const kMaxWaiting = 256;
// Of a frame's time that went through an encoder with coarser units; frames are further apart.
const kTolerance = 45;  // of 90,000 a second
// What is further away belongs to another picture, whose timestamps have another beginning.
const kRange = 90_000 * 60;

/**
 * How much later than `b` the timestamp `a` is; they begin anew every 13 hours.
 *
 * @param {number} a
 * @param {number} b
 */
function after(a, b) {
  return (a - b) | 0;
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isSize(value) {
  return typeof value === 'number' && value >= 0;
}

/**
 * Events (`CustomEvent`):
 * - `frame`, detail {@link FrameDetail}: with `exact`, when that frame comes on screen. Without,
 *   when it is heard: the frame has gone already, or this browser does not tell which it shows
 */
export class Frames extends EventTarget {
  /** @type {HTMLVideoElement | null} */
  #video = null;
  #callback = 0;
  /** @type {Waiting[]} */
  #waiting = [];
  /** The timestamp of the frame on screen. @type {number | null} */
  #shown = null;
  /** Whether the browser says which frames it shows, as far as that is known. */
  #sees = false;

  /** @param {HTMLVideoElement} video  that shows the stream; in place of the one before */
  attach(video) {
    if (video === this.#video) return;
    this.detach();
    this.#video = video;
    this.#sees = typeof video.requestVideoFrameCallback === 'function';
    if (this.#sees) this.#watch(video);
  }

  detach() {
    this.#video?.cancelVideoFrameCallback?.(this.#callback);
    this.#video = null;
    this.#sees = false;
    this.reset();
  }

  /** A session begins, with timestamps of its own. */
  reset() {
    this.#waiting = [];
    this.#shown = null;
  }

  /** @param {Record<string, unknown>} message  of the server, `frame` */
  receive({ rtp, data, width, height, media }) {
    if (typeof rtp !== 'number' || data === undefined) return;
    const detail = {
      data,
      width: isSize(width) ? width : 0,
      height: isSize(height) ? height : 0,
      media: String(media ?? ''),
    };
    const ahead = this.#shown === null ? Infinity : after(rtp, this.#shown);
    if (!this.#sees) this.#tell(detail, false);
    else if (Math.abs(ahead) <= kTolerance) this.#tell(detail, true);
    else if (ahead < 0 && ahead > -kRange) this.#tell(detail, false);
    else {
      this.#waiting.push({ rtp, detail });
      if (this.#waiting.length > kMaxWaiting) this.#waiting.shift();
    }
  }

  /** @param {HTMLVideoElement} video */
  #watch(video) {
    this.#callback = video.requestVideoFrameCallback((_now, { rtpTimestamp }) => {
      if (video !== this.#video) return;
      this.#watch(video);
      if (rtpTimestamp === undefined) this.#giveUp();
      else this.#show(rtpTimestamp);
    });
  }

  /** @param {number} rtp  of the frame that comes on screen */
  #show(rtp) {
    this.#sees = true;
    this.#shown = rtp;
    const due = [];
    const later = [];
    for (const item of this.#waiting) {
      const ahead = after(item.rtp, rtp);
      if (Math.abs(ahead) <= kTolerance) due.push(item);
      // Of those between, the browser has left out the frames.
      else if (ahead > 0 || ahead < -kRange) later.push(item);
    }
    this.#waiting = later;
    for (const { detail } of due) this.#tell(detail, true);
  }

  /** This browser does not say which frames it shows, or the video shows something else still. */
  #giveUp() {
    this.#sees = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { detail } of waiting.slice(-1)) this.#tell(detail, false);
  }

  /**
   * @param {Omit<FrameDetail, 'exact'>} detail
   * @param {boolean} exact
   */
  #tell(detail, exact) {
    this.dispatchEvent(new CustomEvent('frame', { detail: { ...detail, exact } }));
  }
}
