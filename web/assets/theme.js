// SPDX-License-Identifier: LGPL-2.1-or-later
// Dark, light, or as the system has it.

import { changeIcon, createIcon } from '../webrtc-client/icons.js';
import { h, setAttributes } from '../webrtc-client/dom.js';
import { readPreference, writePreference } from './preferences.js';

/** @typedef {'auto' | 'light' | 'dark'} Theme */

/** @typedef {import('../webrtc-client/icons.js').IconName} IconName */

/** @type {{ theme: Theme, icon: IconName, label: string }} */
const kAuto = { theme: 'auto', icon: 'auto', label: 'Theme: as the system (t)' };

/** @type {Array<{ theme: Theme, icon: IconName, label: string }>} */
const kThemes = [
  kAuto,
  { theme: 'light', icon: 'sun', label: 'Theme: light (t)' },
  { theme: 'dark', icon: 'moon', label: 'Theme: dark (t)' },
];

/** Dispatched on the document whenever colours change, whoever changed them. */
export const kThemeChange = 'themechange';

export class ThemeSwitch {
  button;
  #index;
  #icon = createIcon('auto');

  constructor() {
    const kept = readPreference('theme');
    this.#index = Math.max(0, kThemes.findIndex(({ theme }) => theme === kept));
    this.button = h('button', {
      type: 'button', class: 'icon-button', onclick: () => this.next(),
    }, this.#icon);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', announce);
    this.#apply();
  }

  next() {
    this.#index = (this.#index + 1) % kThemes.length;
    const theme = kThemes[this.#index]?.theme ?? 'auto';
    writePreference('theme', theme === 'auto' ? null : theme);
    this.#apply();
    announce();
  }

  #apply() {
    const { theme, icon, label } = kThemes[this.#index] ?? kAuto;
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    changeIcon(this.#icon, icon);
    setAttributes(this.button, { 'aria-label': label, 'title': label });
  }
}

function announce() {
  document.dispatchEvent(new Event(kThemeChange));
}
