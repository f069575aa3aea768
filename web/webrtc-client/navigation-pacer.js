// SPDX-License-Identifier: LGPL-2.1-or-later
// When a browser tells what its user does: moves once for each picture that it paints, with the
// last place; everything else at once, behind the moves that came before it.

/**
 * What `stream.navigation.send()` takes; docs/navigation.md lists the members.
 *
 * @typedef {{ event: string, [member: string]: unknown }} NavigationEvent
 *
 * @typedef {object} PacerOptions
 * @property {(event: NavigationEvent, move: boolean) => void} send  `move`: the next one makes it
 *   obsolete
 * @property {(callback: () => void) => (() => void)} nextFrame  returns what cancels it
 * @property {(delay: number, callback: () => void) => (() => void)} after  likewise, in ms
 * @property {() => number} now  ms
 */

// ms that each move takes of the server's patience, which is 200 messages a second. Screens of 240
// Hz and ten fingers would use it up.
const kInterval = 8;
const kRest = 150;  // ms after which a pointer that has not moved is told where it is for certain

/** @param {NavigationEvent} event */
function isOfMouse({ event }) {
  return event.startsWith('Mouse');
}

export class NavigationPacer {
  #options;
  /** By what moves: the mouse, a finger, the wheel. @type {Map<string, NavigationEvent>} */
  #waiting = new Map();
  #cancelFrame = () => {};
  /** Where the mouse is, told by what may be lost only. @type {NavigationEvent | null} */
  #place = null;
  #cancelRest = () => {};
  #planned = false;
  #nextTime = -Infinity;

  /** @param {PacerOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * @param {string} what  moves
   * @param {NavigationEvent} event
   */
  move(what, event) {
    this.#waiting.set(what, event);
    this.#plan();
  }

  /**
   * @param {NavigationEvent & { delta_x: number, delta_y: number }} event  of the wheel; those of
   *   one picture add up
   */
  scroll(event) {
    const before = this.#waiting.get('wheel');
    this.move('wheel', {
      ...event,
      delta_x: event.delta_x + Number(before?.delta_x ?? 0),
      delta_y: event.delta_y + Number(before?.delta_y ?? 0),
    });
  }

  /** @param {NavigationEvent} event  that must not be lost */
  send(event) {
    // The mouse's own say where it is.
    if (isOfMouse(event)) this.#forgetPlace();
    // What it follows must not come after it.
    this.flush(false);
    this.#options.send(event, false);
  }

  /** Tells what waits. @param {boolean} [lossy]  whether moves may be lost */
  flush(lossy = false) {
    this.#cancelFrame();
    this.#planned = false;
    const events = [...this.#waiting.values()];
    this.#waiting.clear();
    if (events.some(isOfMouse)) this.#forgetPlace();
    if (!lossy) this.#tellPlace();
    if (events.length === 0) return;
    const touched = events.some(({ event }) => event === 'TouchMotion');
    const count = events.length + (touched ? 1 : 0);
    this.#nextTime = this.#options.now() + Math.max(2, count) * kInterval;
    for (const event of events) this.#options.send(event, lossy && event.event !== 'MouseScroll');
    if (touched) this.#options.send({ event: 'TouchFrame' }, lossy);
    const moved = events.find(({ event }) => event === 'MouseMove');
    if (!lossy || !moved) return;
    this.#place = moved;
    this.#cancelRest = this.#options.after(kRest, () => this.#tellPlace());
  }

  /** Forgets what waits. */
  clear() {
    this.#cancelFrame();
    this.#forgetPlace();
    this.#planned = false;
    this.#waiting.clear();
  }

  #forgetPlace() {
    this.#cancelRest();
    this.#place = null;
  }

  /** So that it is certain. */
  #tellPlace() {
    const place = this.#place;
    this.#forgetPlace();
    if (place) this.#options.send(place, false);
  }

  #plan() {
    if (this.#planned) return;
    this.#planned = true;
    this.#cancelFrame = this.#options.nextFrame(() => {
      this.#planned = false;
      if (this.#options.now() < this.#nextTime) this.#plan();
      else this.flush(true);
    });
  }
}
