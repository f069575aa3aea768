// SPDX-License-Identifier: LGPL-2.1-or-later
// Buttons that are an icon to some people and words to others.

import { h, setAttributes } from './dom.js';
import { changeIcon, createIcon } from './icons.js';

/** @typedef {import('./icons.js').IconName} IconName */

/**
 * @param {IconName} icon
 * @param {string} label
 * @param {string} part
 * @param {() => void} action
 */
export function iconButton(icon, label, part, action) {
  return h('button', {
    'type': 'button', 'part': `button ${part}`, 'aria-label': label, 'title': label,
    'onclick': action,
  }, createIcon(icon));
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} words
 * @param {IconName} icon
 */
export function relabel(button, words, icon) {
  setAttributes(button, { 'aria-label': words, 'title': words });
  const svg = button.querySelector('svg');
  if (svg) changeIcon(svg, icon);
}
