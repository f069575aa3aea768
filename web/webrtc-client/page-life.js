// SPDX-License-Identifier: LGPL-2.1-or-later
// What the page lives through: seen or hidden, online or not, left and come back to.

/**
 * @typedef {object} PageLife
 * @property {() => boolean} hidden  whether nobody can see the page
 * @property {() => boolean} offline  whether the device says it has no network
 * @property {boolean} framed  whether the page lies inside another one
 * @property {(callback: () => void) => () => void} onWake  calls back when the page is shown or
 *   hidden and when the network comes or goes; returns how to stop that
 * @property {(callback: () => void) => () => void} onLeave  the page is being left, perhaps into
 *   the back-forward cache
 * @property {(callback: () => void) => () => void} onReturn  back from the back-forward cache
 */

/**
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} callback
 */
function listen(target, type, callback) {
  target.addEventListener(type, callback);
  return () => target.removeEventListener(type, callback);
}

/** @type {PageLife} */
export const kBrowserPage = {
  hidden: () => document.visibilityState === 'hidden',
  offline: () => navigator.onLine === false,
  get framed() {
    return window.top !== window;
  },
  onWake(callback) {
    const stops = [
      listen(document, 'visibilitychange', callback),
      listen(window, 'online', callback),
      listen(window, 'offline', callback),
    ];
    return () => stops.forEach((stop) => stop());
  },
  onLeave: (callback) => listen(window, 'pagehide', callback),
  onReturn: (callback) => listen(window, 'pageshow', (event) => {
    if (event.persisted) callback();
  }),
};
