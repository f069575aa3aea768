// SPDX-License-Identifier: LGPL-2.1-or-later
// The server's streams as cards. A card opens its stream alone; its plus adds it to the others.

import { h, setAttributes, setText } from '../webrtc-client/dom.js';
import { changeIcon, createIcon } from '../webrtc-client/icons.js';
import { mediaWords, peerWords, streamStateWords, streamTitle } from './stream-words.js';

/** @typedef {import('../webrtc-client/stream-info.js').StreamInfo} StreamInfo */

/**
 * @typedef {object} StreamListActions
 * @property {(name: string) => void} open  this stream alone
 * @property {(name: string) => void} toggle  beside the others, or no longer
 */

class StreamCard {
  element;
  canvas = h('canvas', { 'width': 320, 'height': 180, 'aria-hidden': 'true', 'hidden': true });
  #main;
  #side;
  #sideIcon = createIcon('plus');
  #kindIcon = createIcon('video');
  #title = h('span', { class: 'card-title' });
  #state = h('span', { class: 'card-state' });
  #peers = h('span');
  #peersIcon = createIcon('viewers');
  #name = h('span', { class: 'card-name' });
  #media = h('span', { class: 'card-media' });

  /**
   * @param {string} name
   * @param {StreamListActions} actions
   */
  constructor(name, actions) {
    setText(this.#name, `/${name}`);
    this.#main = h('button', {
      type: 'button',
      class: 'card-main',
      // A held key means here what it means for files: add to what is chosen.
      onclick: (event) => {
        if (event.shiftKey || event.ctrlKey || event.metaKey) actions.toggle(name);
        else actions.open(name);
      },
    },
    h('span', { class: 'thumb' }, this.#kindIcon, this.canvas),
    h('span', { class: 'card-text' },
      this.#title,
      h('span', { class: 'card-line' }, this.#state,
        h('span', { class: 'card-peers' }, this.#peersIcon, this.#peers)),
      this.#media, this.#name));
    this.#side = h('button', {
      type: 'button', class: 'icon-button card-side', onclick: () => actions.toggle(name),
    }, this.#sideIcon);
    this.element = h('li', { class: 'card' }, this.#main, this.#side);
  }

  /**
   * @param {StreamInfo} info
   * @param {boolean} playing
   * @param {boolean} stale  whether the server may have changed its mind since
   */
  update(info, playing, stale) {
    const title = streamTitle(info, info.name);
    const input = info.direction === 'in';
    setText(this.#title, title);
    setText(this.#state, streamStateWords(info));
    setText(this.#peers, peerWords(info));
    changeIcon(this.#peersIcon, input ? 'video' : 'viewers');
    setText(this.#media, mediaWords(info).join(' · '));
    this.#name.hidden = title === info.name;
    setAttributes(this.element, {
      'data-state': input && info.state === 'waiting' ? 'input' : info.state,
      'data-playing': playing,
      'data-stale': stale,
    });
    const soundOnly = info.flags.includes('audio') && !info.flags.includes('video');
    changeIcon(this.#kindIcon, input ? (soundOnly ? 'microphone' : 'camera')
      : soundOnly ? 'audio' : 'video');
    setAttributes(this.#main, { 'aria-pressed': String(playing) });
    const words = playing ? `Close ${title}` : `Show ${title} beside the others`;
    setAttributes(this.#side, { 'aria-label': words, 'title': words });
    changeIcon(this.#sideIcon, playing ? 'minus' : 'plus');
  }
}

export class StreamList {
  element = h('ul', { class: 'cards' });
  #actions;
  /** @type {Map<string, StreamCard>} */
  #cards = new Map();

  /** @param {StreamListActions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  /** @returns {string[]} names in the order of the cards */
  get names() {
    return [...this.#cards.keys()];
  }

  /**
   * @param {ReadonlyMap<string, StreamInfo>} streams
   * @param {readonly string[]} playing
   * @param {boolean} stale
   */
  update(streams, playing, stale) {
    for (const [name, card] of this.#cards) {
      if (streams.has(name)) continue;
      card.element.remove();
      this.#cards.delete(name);
    }
    for (const [name, info] of streams) {
      let card = this.#cards.get(name);
      if (!card) {
        card = new StreamCard(name, this.#actions);
        this.#cards.set(name, card);
        this.element.append(card.element);
      }
      card.update(info, playing.includes(name), stale);
    }
  }

  /**
   * Keeps the last picture of a playing stream on its card, at no cost for the server.
   *
   * @param {string} name
   * @param {HTMLVideoElement} video
   */
  picture(name, video) {
    const card = this.#cards.get(name);
    const context = card?.canvas.getContext('2d');
    if (!card || !context || video.videoWidth === 0) return;
    const { width, height } = card.canvas;
    // Cropped like object-fit: cover, so that cards are alike whatever the shape of the video.
    const scale = Math.max(width / video.videoWidth, height / video.videoHeight);
    const [w, t] = [video.videoWidth * scale, video.videoHeight * scale];
    context.drawImage(video, (width - w) / 2, (height - t) / 2, w, t);
    card.canvas.hidden = false;
  }
}
