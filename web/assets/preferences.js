// SPDX-License-Identifier: LGPL-2.1-or-later
// What a user chose, kept in this browser. Frames of other sites may be refused a storage.

const kPrefix = 'gst-webrtc-server.';

/**
 * @param {string} name
 * @returns {string | null}
 */
export function readPreference(name) {
  try {
    return localStorage.getItem(kPrefix + name);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string | null} value  null forgets it
 */
export function writePreference(name, value) {
  try {
    if (value === null) localStorage.removeItem(kPrefix + name);
    else localStorage.setItem(kPrefix + name, value);
  } catch {
    // The choice then lasts as long as the page.
  }
}
