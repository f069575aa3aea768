// SPDX-License-Identifier: LGPL-2.1-or-later
// The whole page: header, cards, stage. It keeps the address bar in step with what plays.

import { StreamDirectory, isPublishable, isWatchable } from '../webrtc-client.js';
import { h, setAttributes, setText } from '../webrtc-client/dom.js';
import { createEmptyState } from './empty-state.js';
import { pageAddress, parsePageParameters } from './page-parameters.js';
import { Shortcuts } from './shortcuts.js';
import { Stage } from './stage.js';
import { StreamList } from './stream-list.js';
import { streamTitle } from './stream-words.js';
import { ThemeSwitch } from './theme.js';
import { Toaster } from './toast.js';

const kPictureInterval = 4000;  // ms between two pictures on one card

export class Page {
  #base;
  #parameters;
  #directory;
  #toaster = new Toaster();
  #theme = new ThemeSwitch();
  #list;
  #stage;
  #shortcuts;
  #access;
  #empty;
  #main;
  #count = h('span', { class: 'count' });
  #status = h('p', { class: 'server-status', role: 'status', hidden: true });
  #listed;
  /** @type {(() => void) | null} */
  #unsubscribe = null;
  #settled = false;
  #following = false;
  /** @type {Map<string, number>} */
  #pictureTimes = new Map();

  /**
   * @param {string} base  address of the server, ends with a slash
   * @param {import('./page-parameters.js').PageParameters} parameters
   * @param {import('./access.js').Access} access
   */
  constructor(base, parameters, access) {
    this.#base = base;
    this.#access = access;
    this.#parameters = parameters;
    this.#directory = StreamDirectory.at(base);
    /** @param {string} message */
    const notify = (message) => this.#toaster.show(message);
    this.#list = new StreamList({
      open: (name) => this.#stage.show(this.#together(name)),
      toggle: (name) => this.#stage.toggle(name),
    });
    this.#stage = new Stage({
      base,
      parameters,
      onChange: () => this.#changed(),
      onPicture: (name, video) => this.#picture(name, video),
      notify,
    });
    this.#shortcuts = new Shortcuts({
      active: () => this.#stage.active,
      open: (index, beside) => this.#open(index, beside),
      step: (step) => this.#step(step),
      close: (tile) => this.#stage.toggle(tile.name),
      theme: () => this.#theme.next(),
    });
    const { port, protocol } = new URL(base);
    this.#empty = createEmptyState(port || (protocol === 'https:' ? '443' : '80'), notify);
    this.#listed = h('nav', { class: 'list', 'aria-label': 'Streams of this server' },
      h('h2', { class: 'list-title' }, 'Streams', this.#count), this.#list.element);
    this.#main = h('main', { class: 'main' }, this.#listed, this.#stage.element, this.#empty);
  }

  start() {
    const logo = h('img', {
      src: new URL('assets/favicon.svg', this.#base).href, alt: '', width: 32, height: 32,
    });
    document.body.append(
      h('header', { class: 'header' },
        h('a', { class: 'brand', href: this.#base, onclick: (event) => this.#home(event) }, logo,
          h('span', { class: 'brand-words' }, h('h1', {}, 'Live streams'),
            h('span', { class: 'brand-host' }, new URL(this.#base).host))),
        this.#status,
        h('div', { class: 'header-actions' },
          this.#access.button, this.#theme.button, this.#shortcuts.button)),
      this.#main, this.#toaster.element, this.#shortcuts.dialog,
    );
    if (this.#parameters.invalid.length > 0) {
      this.#toaster.show(`No stream can be called “${this.#parameters.invalid.join('”, “')}”`);
    }
    addEventListener('popstate', () => {
      const { streams } = parsePageParameters(location.href, this.#base);
      this.#settled = true;
      this.#follow(() => this.#stage.show(streams));
    });
    // Nobody reads the cards of a hidden page; players that wait ask for themselves.
    document.addEventListener('visibilitychange', () => this.#listen());
    this.#listen();
  }

  #listen() {
    if (document.visibilityState === 'hidden' && this.#settled) {
      this.#unsubscribe?.();
      this.#unsubscribe = null;
    } else {
      this.#unsubscribe ??= this.#directory.subscribe(() => this.#update());
    }
  }

  /**
   * Runs an action that follows the address instead of changing it.
   *
   * @param {() => void} action
   */
  #follow(action) {
    this.#following = true;
    action();
    this.#following = false;
  }

  #changed() {
    if (!this.#following) {
      this.#settled = true;
      history.pushState(null, '', pageAddress(this.#base, this.#stage.names, location.search));
    }
    this.#update();
  }

  #update() {
    const { streams, known, status } = this.#directory;
    this.#stage.describe(streams);
    if (!this.#settled && status !== 'idle' && status !== 'connecting'
      && status !== 'denied') this.#begin();
    const playing = this.#stage.names;
    this.#list.update(streams, playing, !known);
    // Where everything is shown already, there is nothing to choose from.
    const whole = playing.length === streams.size && playing.every((name) => streams.has(name))
      && this.#together(playing[0] ?? '').length === streams.size;
    this.#listed.hidden = streams.size === 0 || whole;
    setText(this.#count, String(streams.size));
    this.#empty.hidden = !known || streams.size > 0 || playing.length > 0;
    this.#status.hidden = status !== 'unreachable' && status !== 'blind' && status !== 'denied';
    setText(this.#status, status === 'unreachable' ? 'The server is not reachable – trying again'
      : status === 'blind' ? 'The server does not tell its streams'
        : status === 'denied' ? this.#directory.denial : '');
    setAttributes(this.#main, { 'data-playing': playing.length > 0 });
    const titles = playing.map((name) => streamTitle(streams.get(name), name));
    document.title = `${titles.join(', ') || 'Live streams'} – ${new URL(this.#base).host}`;
  }

  /**
   * Shows what the address asks for, and waits for the directory with that: whether a name stands
   * for a stream to watch or for one to send to, the server alone knows. Without a name, what there
   * is no choice about is shown.
   */
  #begin() {
    const { streams, known } = this.#directory;
    const all = [...streams.values()];
    const outputs = all.filter(isWatchable);
    const inputs = all.filter(isPublishable);
    const [asked, ...more] = this.#parameters.streams;
    let names = this.#parameters.streams;
    if (asked !== undefined && more.length === 0) names = this.#together(asked);
    else if (asked === undefined && outputs.length < 2 && inputs.length < 2) {
      names = [...inputs, ...outputs].map(({ name }) => name);
    }
    // A server without streams may get its first one; what was named is waited for by its tile.
    this.#settled = known ? names.length > 0 : asked !== undefined;
    if (this.#settled) this.#follow(() => this.#stage.show(names));
  }

  /**
   * Who sends to a server that has one picture to give back sees both, side by side.
   *
   * @param {string} name
   * @returns {string[]}
   */
  #together(name) {
    const { streams } = this.#directory;
    const outputs = [...streams.values()].filter(isWatchable);
    const info = streams.get(name);
    const [only] = outputs;
    return info && isPublishable(info) && only && outputs.length === 1 ? [name, only.name] : [name];
  }

  /**
   * @param {string} name
   * @param {HTMLVideoElement} video
   */
  #picture(name, video) {
    const now = performance.now();
    if (now - (this.#pictureTimes.get(name) ?? -Infinity) < kPictureInterval) return;
    this.#pictureTimes.set(name, now);
    this.#list.picture(name, video);
  }

  /**
   * @param {number} index
   * @param {boolean} beside
   */
  #open(index, beside) {
    const name = this.#names()[index];
    if (name === undefined) return;
    if (beside) this.#stage.toggle(name);
    else this.#stage.show(this.#together(name));
  }

  /** @param {1 | -1} step */
  #step(step) {
    const names = this.#names();
    if (names.length === 0) return;
    const at = names.indexOf(this.#stage.active?.name ?? '');
    const next = at < 0 ? 0 : (at + step + names.length) % names.length;
    this.#stage.show(this.#together(names[next] ?? ''));
  }

  #names() {
    return [...this.#directory.streams.keys()];
  }

  /** @param {MouseEvent} event */
  #home(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#stage.show([]);
  }
}
