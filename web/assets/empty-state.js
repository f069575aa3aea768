// SPDX-License-Identifier: LGPL-2.1-or-later
// What the page shows while the server has no stream: how to start one.

import { h, setText } from '../webrtc-client/dom.js';
import { createIcon } from '../webrtc-client/icons.js';
import { copyText } from './clipboard.js';

/**
 * @param {string} port  of this server
 * @param {(message: string) => void} notify
 */
export function createEmptyState(port, notify) {
  const command = h('code', {}, 'gst-launch-1.0 videotestsrc is-live=true ! '
    + `webrtcsink uri=webrtc://@:${port}/output`);
  const words = h('span', {}, 'Copy');
  const copy = h('button', {
    type: 'button',
    class: 'button',
    onclick: async () => {
      if (await copyText(command)) notify('Copied the command');
      else setText(words, 'Press Ctrl+C');
    },
  }, createIcon('copy'), words);
  return h('section', { class: 'empty', hidden: true },
    h('div', { 'class': 'bars', 'aria-hidden': 'true' }, ...Array.from('1234567', () => h('i'))),
    h('h2', {}, 'No streams yet'),
    h('p', {}, 'This page shows a stream as soon as a pipeline sends one. To try it, run:'),
    h('div', { class: 'command' }, command, copy));
}
