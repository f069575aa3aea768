// SPDX-License-Identifier: LGPL-2.1-or-later
// Short notices at the edge of the page, also for screen readers.

import { h } from '../webrtc-client/dom.js';

const kShown = 6000;  // ms

export class Toaster {
  element = h('div', { class: 'toasts', role: 'status' });

  /** @param {string} message */
  show(message) {
    const toast = h('p', { class: 'toast' }, message);
    this.element.replaceChildren(toast);
    setTimeout(() => toast.remove(), kShown);
  }
}
