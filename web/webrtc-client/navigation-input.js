// SPDX-License-Identifier: LGPL-2.1-or-later
// What somebody does with mouse, pen, fingers and keyboard on a <video>, as navigation events.
// Whatever is held down is released when the element, or the page, cannot see its release any more.

import { kSystemClock } from './clock.js';
import { layoutOf, toPicture } from './navigation-geometry.js';
import { keysymOf } from './navigation-keys.js';
import { NavigationPacer } from './navigation-pacer.js';

/** @typedef {import('./navigation-pacer.js').NavigationEvent} NavigationEvent */

/** From the bits of `MouseEvent.buttons` to GstNavigation's numbers and modifiers. */
const kButtons = /** @type {const} */ ([
  [1, 1, 'button1-mask'], [4, 2, 'button2-mask'], [2, 3, 'button3-mask'],
  [8, 4, 'button4-mask'], [16, 5, 'button5-mask'],
]);

const kLine = 40;  // pixels that a wheel's line is; Firefox counts lines, three a notch
const kEscapes = 1000;  // ms within which two of them leave

export class NavigationInput {
  #video;
  #pacer;
  #held = 0;  // bits of the mouse's buttons that the pipeline knows to be pressed
  #outside = 0;  // those that were pressed beside the picture
  /** The name that a key was pressed by, by its place. @type {Map<string, string>} */
  #keys = new Map();
  /** @type {Set<number>} */
  #fingers = new Set();
  /** Where the pointer was seen last. @type {{ x: number, y: number } | null} */
  #last = null;
  #escaped = -Infinity;
  #listening = new AbortController();
  #before;

  /**
   * @param {HTMLVideoElement} video
   * @param {(event: NavigationEvent, move: boolean) => void} send  `move`: the next one makes it
   *   obsolete
   */
  constructor(video, send) {
    this.#video = video;
    this.#pacer = new NavigationPacer({
      send,
      nextFrame: (callback) => {
        const id = requestAnimationFrame(callback);
        return () => cancelAnimationFrame(id);
      },
      after: kSystemClock.after,
      now: () => performance.now(),
    });
    this.#before = { tabIndex: video.getAttribute('tabindex'), touch: video.style.touchAction };
    video.tabIndex = 0;
    video.style.touchAction = 'none';
    video.toggleAttribute('data-navigation', true);
    this.#listen();
  }

  /** Releases what is held, and lets go of the element. */
  stop() {
    this.release();
    this.#pacer.flush();
    this.#listening.abort();
    const { tabIndex, touch } = this.#before;
    if (tabIndex === null) this.#video.removeAttribute('tabindex');
    else this.#video.setAttribute('tabindex', tabIndex);
    this.#video.style.touchAction = touch;
    this.#video.removeAttribute('data-navigation');
  }

  /** Releases what is held. */
  release() {
    this.#releaseKeys();
    this.#dropButtons();
    if (this.#fingers.size > 0) this.#pacer.send({ event: 'TouchCancel' });
    this.#fingers.clear();
  }

  #listen() {
    const { signal } = this.#listening;
    /**
     * @template {Event} T
     * @param {EventTarget} target
     * @param {string[]} types
     * @param {(event: T) => void} listener
     */
    const on = (target, types, listener) => {
      for (const type of types) {
        target.addEventListener(type, /** @type {EventListener} */ (listener),
          { signal, passive: false });
      }
    };
    const video = this.#video;
    on(video, ['pointermove', 'pointerdown', 'pointerup'],
      (/** @type {PointerEvent} */ event) => this.#pointer(event));
    on(video, ['pointercancel', 'lostpointercapture'],
      (/** @type {PointerEvent} */ event) => this.#lose(event));
    on(video, ['wheel'], (/** @type {WheelEvent} */ event) => this.#wheel(event));
    on(video, ['keydown', 'keyup'], (/** @type {KeyboardEvent} */ event) => this.#key(event));
    // The page's menu, its history (buttons 4 and 5) and its double click are not meant.
    on(video, ['contextmenu', 'auxclick', 'dblclick', 'mousedown', 'mouseup', 'dragstart'],
      (event) => {
        event.preventDefault();
        if (event.type === 'dblclick') event.stopPropagation();
      });
    on(video, ['blur'], () => this.#releaseKeys());
    on(window, ['blur', 'pagehide'], () => this.release());
    on(document, ['visibilitychange'], () => {
      if (document.hidden) this.release();
    });
  }

  /** @param {MouseEvent | KeyboardEvent} event */
  #modifiers(event) {
    return [
      event.shiftKey && 'shift-mask',
      event.getModifierState('CapsLock') && 'lock-mask',
      event.ctrlKey && 'control-mask',
      event.altKey && 'mod1-mask',
      event.metaKey && 'meta-mask',
      ...kButtons.map(([bit, , mask]) => (this.#held & bit) !== 0 && mask),
    ].filter(Boolean).join('+');
  }

  /** @param {MouseEvent} event @returns {{ x: number, y: number, inside: boolean } | null} */
  #locate({ offsetX, offsetY }) {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (width === 0 || height === 0) return null;
    // CSS `zoom` is in an event's place, but not in the sizes of the computed style.
    const { currentCSSZoom: zoom = 1 } = /** @type {{ currentCSSZoom?: number }} */ (this.#video);
    const place = { x: offsetX / zoom, y: offsetY / zoom };
    return toPicture(place, layoutOf(this.#video), { width, height });
  }

  /** The place with the size of the picture that it is in. @param {{ x: number, y: number }} at */
  #placed({ x, y }) {
    const { videoWidth: width, videoHeight: height } = this.#video;
    return { x, y, width, height };
  }

  /** @param {PointerEvent} event */
  #pointer(event) {
    const at = this.#locate(event);
    if (!at || !Number.isFinite(at.x) || !Number.isFinite(at.y)) return;
    if (event.type === 'pointerdown') {
      this.#video.focus({ preventScroll: true });
      // Until it is released, the pointer is followed wherever it goes.
      this.#video.setPointerCapture(event.pointerId);
    }
    if (event.pointerType === 'touch') this.#touch(event, at);
    else this.#mouse(event, at);
  }

  /** @param {PointerEvent} event @param {{ x: number, y: number, inside: boolean }} at */
  #mouse(event, at) {
    const modifiers = this.#modifiers(event);
    if (at.inside || this.#held !== 0) {
      this.#last = at;
      if (event.type === 'pointermove') {
        this.#pacer.move('mouse', {
          event: 'MouseMove', ...this.#placed(at), modifier_state: modifiers,
        });
      }
    }
    // A second button comes as a move; what counts is what is pressed now.
    this.#outside &= event.buttons;
    if (!at.inside) this.#outside |= event.buttons & ~this.#held;
    this.#setButtons(event.buttons & ~this.#outside, modifiers);
  }

  /** @param {number} pressed  bits @param {string} modifiers */
  #setButtons(pressed, modifiers) {
    const changed = pressed ^ this.#held;
    this.#held = pressed;
    if (!this.#last) return;
    for (const [bit, button] of kButtons) {
      if ((changed & bit) === 0) continue;
      this.#pacer.send({
        event: (pressed & bit) === 0 ? 'MouseButtonRelease' : 'MouseButtonPress',
        ...this.#placed(this.#last),
        button,
        modifier_state: modifiers,
      });
    }
  }

  /** Those that are still pressed mean nothing until they have been released. */
  #dropButtons() {
    this.#outside |= this.#held;
    this.#setButtons(0, '');
  }

  /** @param {PointerEvent} event @param {{ x: number, y: number, inside: boolean }} at */
  #touch(event, at) {
    const { type, pointerId: identifier, pressure } = event;
    const place = { ...this.#placed(at), identifier, modifier_state: this.#modifiers(event) };
    if (type === 'pointerdown' && at.inside) {
      this.#fingers.add(identifier);
      this.#pacer.send({ event: 'TouchDown', ...place, pressure });
      this.#pacer.send({ event: 'TouchFrame' });
    } else if (type === 'pointermove' && this.#fingers.has(identifier)) {
      this.#pacer.move(`finger ${identifier}`, { event: 'TouchMotion', ...place, pressure });
    } else if (type === 'pointerup' && this.#fingers.delete(identifier)) {
      this.#pacer.send({ event: 'TouchUp', ...place });
      this.#pacer.send({ event: 'TouchFrame' });
    }
  }

  /** The browser has taken the pointer. @param {PointerEvent} event */
  #lose({ pointerType, pointerId }) {
    if (pointerType !== 'touch') {
      this.#dropButtons();
    } else if (this.#fingers.has(pointerId)) {
      this.#fingers.clear();
      this.#pacer.send({ event: 'TouchCancel' });
    }
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const at = this.#locate(event);
    if (!at?.inside) return;
    const page = this.#video.videoHeight;
    const unit = event.deltaMode === 1 ? kLine : event.deltaMode === 2 ? page : 1;
    this.#pacer.scroll({
      event: 'MouseScroll',
      ...this.#placed(at),
      // GstNavigation's wheel goes up where a page goes down. Zero has no sign here.
      delta_x: 0 - event.deltaX * unit,
      delta_y: 0 - event.deltaY * unit,
      modifier_state: this.#modifiers(event),
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    const place = event.code || event.key;
    const key = event.type === 'keyup' ? this.#keys.get(place) : keysymOf(event.key, event.code);
    if (!key) return;
    event.preventDefault();
    if (event.type === 'keydown') {
      if (event.key === 'Escape' && !event.repeat && this.#leaves(event.timeStamp)) return;
      this.#keys.set(place, key);
      this.#pacer.send({ event: 'KeyPress', key, modifier_state: this.#modifiers(event) });
      return;
    }
    this.#keys.delete(place);
    this.#pacer.send({ event: 'KeyRelease', key, modifier_state: this.#modifiers(event) });
    // macOS does not tell of the release of keys while Command is held.
    if (event.key === 'Meta') this.#releaseKeys();
  }

  /** @param {number} time  of an Escape @returns {boolean} whether it was the second */
  #leaves(time) {
    const second = time - this.#escaped < kEscapes;
    this.#escaped = second ? -Infinity : time;
    if (second) this.#video.blur();
    return second;
  }

  #releaseKeys() {
    for (const key of [...this.#keys.values()].reverse()) {
      this.#pacer.send({ event: 'KeyRelease', key });
    }
    this.#keys.clear();
  }
}
