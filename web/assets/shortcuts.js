// SPDX-License-Identifier: LGPL-2.1-or-later
// The page's keys, and the dialog that explains them.

import { h } from '../webrtc-client/dom.js';
import { createIcon } from '../webrtc-client/icons.js';
import { readPreference, writePreference } from './preferences.js';

/** @type {Array<[string, Array<[string[], string]>]>} */
const kHelp = [
  ['Player', [
    [['Space', 'k'], 'Play, stop'],
    [['m'], 'Sound off, on'],
    [['↑', '↓'], 'Louder, softer'],
    [['f'], 'Full screen'],
    [['p'], 'Picture in picture'],
    [['s'], 'Save a snapshot'],
    [['v'], 'Next picture, of several'],
    [['c'], 'Controls, where the pipeline has some'],
    [['i'], 'Statistics'],
    [['x'], 'Close'],
  ]],
  ['Sending', [
    [['Space', 'k'], 'Send, stop'],
    [['m'], 'Microphone off, on'],
    [['c'], 'Picture paused, on'],
  ]],
  ['Page', [
    [['1', '…', '9'], 'Open a stream alone'],
    [['Shift', '1', '…', '9'], 'Show it beside the others'],
    [['[', ']'], 'Previous, next stream'],
    [['t'], 'Dark, light'],
    [['?'], 'This help'],
  ]],
];

/**
 * @typedef {object} ShortcutActions
 * @property {() => import('./tile.js').Tile | null} active
 * @property {(index: number, beside: boolean) => void} open  the card with this index
 * @property {(step: 1 | -1) => void} step  to the stream before or after the one that plays
 * @property {(tile: import('./tile.js').Tile) => void} close
 * @property {() => void} theme
 */

export class Shortcuts {
  button;
  dialog;
  #actions;
  #enabled = readPreference('shortcuts') !== 'off';

  /** @param {ShortcutActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.dialog = this.#createDialog();
    this.button = h('button', {
      'type': 'button', 'class': 'icon-button', 'aria-label': 'Keyboard and help (?)',
      'title': 'Keyboard and help (?)', 'aria-haspopup': 'dialog',
      'onclick': () => this.dialog.showModal(),
    }, createIcon('help'));
    document.addEventListener('keydown', (event) => {
      if (!event.defaultPrevented && this.#handle(event)) event.preventDefault();
    });
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key meant something
   */
  #handle(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    if (document.querySelector('dialog[open]')) return false;
    const target = event.composedPath()[0];
    if (target instanceof HTMLElement && target.closest('input, textarea, select')) return false;
    if (event.key === '?') {
      this.dialog.showModal();
      return true;
    }
    // Speech input types single letters by mistake, so people can turn these off (WCAG 2.1.4).
    if (!this.#enabled) return false;
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    if (digit) {
      this.#actions.open(Number(digit) - 1, event.shiftKey);
      return true;
    }
    if (event.key === '[' || event.key === ']') {
      this.#actions.step(event.key === ']' ? 1 : -1);
      return true;
    }
    if (event.key === 't') {
      this.#actions.theme();
      return true;
    }
    return this.#handlePlayer(event, target);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {EventTarget | undefined} target
   */
  #handlePlayer(event, target) {
    const tile = this.#actions.active();
    if (!tile) return false;
    if (event.key === 'i') {
      tile.toggleStatistics();
      return true;
    }
    if (event.key === 'c' && tile.toggleControls()) return true;
    if (event.key === 'x') {
      this.#actions.close(tile);
      return true;
    }
    // Outside of a player these keys scroll the page and press what has the focus.
    const elsewhere = target !== document.body;
    if (elsewhere && [' ', 'ArrowUp', 'ArrowDown'].includes(event.key)) return false;
    return tile.screen.handleKey(event);
  }

  #createDialog() {
    const toggle = h('input', { type: 'checkbox', checked: this.#enabled });
    toggle.addEventListener('change', () => {
      this.#enabled = toggle.checked;
      writePreference('shortcuts', toggle.checked ? null : 'off');
    });
    const dialog = h('dialog', { 'class': 'help', 'aria-labelledby': 'help-title' },
      h('form', { method: 'dialog' },
        h('header', {}, h('h2', { id: 'help-title' }, 'Keyboard'),
          h('button', { 'class': 'icon-button', 'aria-label': 'Close', 'title': 'Close (Esc)' },
            createIcon('close'))),
        h('div', { class: 'help-columns' }, ...kHelp.map(([title, keys]) => h('section', {},
          h('h3', {}, title),
          h('dl', {}, ...keys.map(([names, words]) => h('div', {},
            h('dt', {}, ...names.map((name) => (name === '…' ? name : h('kbd', {}, name)))),
            h('dd', {}, words))))))),
        h('p', { class: 'help-note' }, 'These keys go to the picture used last. On a card, hold '
          + 'Shift or Ctrl while choosing to show the stream beside the others.'),
        h('label', { class: 'help-toggle' }, toggle, 'Single-key shortcuts')));
    // A click on the backdrop closes, as people expect.
    dialog.addEventListener('click', ({ target }) => {
      if (target === dialog) dialog.close();
    });
    return dialog;
  }
}
