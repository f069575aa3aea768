// SPDX-License-Identifier: LGPL-2.1-or-later
// The token of this page: taken out of the address, kept while the tab lives, asked for where the
// server wants one.

import { StreamDirectory } from '../webrtc-client.js';
import { h, setText } from '../webrtc-client/dom.js';
import { createIcon } from '../webrtc-client/icons.js';
import { addressWithoutToken, readToken, writeToken } from './token-storage.js';

export class Access {
  button;
  #base;
  #directory;
  #words = h('p', { id: 'access-words', role: 'alert' });
  #input = h('input', {
    'type': 'password', 'name': 'token', 'required': true, 'autocomplete': 'off',
    'spellcheck': 'false', 'aria-describedby': 'access-words',
  });
  #dialog;
  /** The token and the complaint that the user has closed the dialog on. */
  #declined = '';

  /** @param {string} base  address of the server, ends with a slash */
  constructor(base) {
    this.#base = base;
    this.#directory = StreamDirectory.at(base);
    const { address, token } = addressWithoutToken(location.href);
    if (token !== null) {
      // At once: addresses are copied, shown to others and kept in the history.
      history.replaceState(history.state, '', address);
      writeToken(base, token);
    }
    this.#directory.token = token ?? readToken(base);
    this.#dialog = this.#createDialog();
    this.button = h('button', {
      'type': 'button', 'class': 'icon-button', 'aria-label': 'Token', 'title': 'Token',
      'aria-haspopup': 'dialog', 'hidden': true, 'onclick': () => this.#ask(),
    }, createIcon('key'));
  }

  /** Asks as soon as the server does. Nothing is requested for this alone. */
  watch() {
    this.#directory.addEventListener('change', () => this.#update());
    this.#update();
  }

  #update() {
    const { status, token, known } = this.#directory;
    this.button.hidden = token === '' && status !== 'denied';
    if (status === 'denied' && this.#situation !== this.#declined) this.#ask();
    if (known && this.#dialog.open) this.#dialog.close();
  }

  get #situation() {
    return `${this.#directory.token} ${this.#directory.denial}`;
  }

  #ask() {
    const { status, denial } = this.#directory;
    setText(this.#words, status === 'denied' ? denial
      : 'Another token may let you see other streams, or do more with them.');
    if (this.#dialog.open) {
      this.#input.select();
      return;
    }
    this.#input.value = '';
    document.body.append(this.#dialog);
    this.#dialog.showModal();
  }

  #accept() {
    const token = this.#input.value.trim();
    if (token === '') return;
    writeToken(this.#base, token);
    setText(this.#words, 'Asking the server…');
    if (token !== this.#directory.token) this.#directory.token = token;
    else if (this.#directory.status === 'denied') setText(this.#words, this.#directory.denial);
    else this.#dialog.close();
  }

  #createDialog() {
    const dialog = h('dialog', { 'class': 'help access', 'aria-labelledby': 'access-title' },
      h('form', {
        method: 'dialog',
        onsubmit: (event) => {
          event.preventDefault();
          this.#accept();
        },
      },
      h('header', {}, h('h2', { id: 'access-title' }, 'Token'),
        h('button', {
          'type': 'button', 'class': 'icon-button', 'aria-label': 'Close', 'title': 'Close (Esc)',
          'onclick': () => dialog.close(),
        }, createIcon('close'))),
      this.#words,
      h('label', {}, 'Token', this.#input),
      h('p', { class: 'help-note' }, 'Whoever runs the server gives it to you. It is kept until '
        + 'this tab is closed.'),
      h('button', { class: 'button' }, 'Continue')));
    dialog.addEventListener('close', () => {
      this.#declined = this.#situation;
    });
    return dialog;
  }
}
