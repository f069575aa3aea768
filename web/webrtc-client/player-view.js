// SPDX-License-Identifier: LGPL-2.1-or-later
// What <webrtc-stream> shows: picture, badge, status, click-to-play, and the bar of controls.

import { h, setAttributes, setText } from './dom.js';
import { frameStyleSheet } from './frame-style.js';
import { iconButton, relabel } from './icon-button.js';
import { createIcon } from './icons.js';
import { playerStyleSheet } from './player-style.js';
import { drawPicture, hasPicture } from './screen.js';
import { isBusy, stateLabel, stateTone } from './states.js';

/**
 * @typedef {object} PlayerModel
 * @property {import('./states.js').StreamState} state
 * @property {string} message
 * @property {string} hint
 * @property {string} label  name of the stream for people
 * @property {boolean} controls
 * @property {boolean} started  whether the stream is wanted
 * @property {boolean} blocked  whether only a gesture can begin the playback
 * @property {boolean} startable  whether its user may start the pipeline, which is stopped
 * @property {boolean} silenced  whether the browser's policy took the sound
 * @property {boolean} picture  whether there is a picture, perhaps an old one
 * @property {boolean} soundOnly
 * @property {boolean} audible  whether there is sound to control
 * @property {boolean} muted
 * @property {number} volume  0 to 1
 * @property {boolean} fullscreen
 * @property {boolean} canFullscreen
 * @property {boolean} canPictureInPicture
 * @property {number} videoTracks
 * @property {number} videoTrack  index
 *
 * @typedef {object} PlayerActions
 * @property {() => void} toggle
 * @property {() => void} unblock
 * @property {() => void} startPipeline
 * @property {() => void} toggleMute
 * @property {(volume: number) => void} setVolume
 * @property {() => void} snapshot
 * @property {() => void} pictureInPicture
 * @property {() => void} fullscreen
 * @property {() => void} nextVideo
 */

const kQuietAfter = 2800;  // ms without a movement until the controls of a playing stream fade

export class PlayerView {
  video;
  #still = h('canvas', { 'class': 'still', 'aria-hidden': 'true', 'hidden': true });
  #frame;
  #nodes;
  #live = false;
  #playing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #quietTimer;

  /**
   * @param {ShadowRoot} root
   * @param {PlayerActions} actions
   */
  constructor(root, actions) {
    root.adoptedStyleSheets = [frameStyleSheet(), playerStyleSheet()];
    this.video = h('video', { part: 'video', playsinline: true, disableremoteplayback: true });
    const nodes = {
      badge: h('div', { 'class': 'badge', 'part': 'badge', 'aria-hidden': 'true' }),
      soundOnly: h('div', { class: 'sound-only', hidden: true }, createIcon('audio')),
      warning: h('div', { class: 'warning' }, createIcon('warning')),
      pulse: h('div', { 'class': 'pulse', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
      message: h('p', { class: 'message', part: 'message' }),
      hint: h('p', { class: 'hint', part: 'hint' }),
      run: h('button', {
        type: 'button', class: 'run', part: 'run', onclick: actions.startPipeline,
      }, createIcon('play-solid'), 'Start'),
      start: h('button', {
        type: 'button', class: 'start', part: 'start', onclick: actions.unblock,
      }, h('span', {}, createIcon('play-solid'))),
      notice: h('button', {
        type: 'button', class: 'notice', part: 'notice', onclick: actions.toggleMute,
      }, createIcon('sound-off'), h('span', {}, 'Muted by the browser – turn sound on')),
      toggle: iconButton('play-solid', 'Play (k)', 'play', actions.toggle),
      mute: iconButton('sound', 'Mute (m)', 'mute', actions.toggleMute),
      volume: h('input', {
        'type': 'range', 'class': 'volume', 'part': 'volume', 'min': 0, 'max': 1, 'step': 0.05,
        'aria-label': 'Volume',
        'oninput': () => actions.setVolume(Number(nodes.volume.value)),
      }),
      label: h('span', { class: 'label', part: 'label' }),
      next: iconButton('switch', 'Next picture (v)', 'next', actions.nextVideo),
      snapshot: iconButton('camera', 'Save a snapshot (s)', 'snapshot', actions.snapshot),
      pip: iconButton('picture-in-picture', 'Picture in picture (p)', 'pip',
        actions.pictureInPicture),
      fullscreen: iconButton('fullscreen', 'Full screen (f)', 'fullscreen', actions.fullscreen),
    };
    const status = h('div', { class: 'status', part: 'status', role: 'status' },
      nodes.warning, nodes.pulse, nodes.message, nodes.hint, nodes.run);
    const controls = h('div', {
      'class': 'controls', 'part': 'controls', 'role': 'group', 'aria-label': 'Playback',
    }, nodes.toggle, nodes.mute, nodes.volume, nodes.label, h('span', { class: 'space' }),
    nodes.next, nodes.snapshot, h('slot', { name: 'controls' }), nodes.pip, nodes.fullscreen);
    this.#nodes = { ...nodes, status, controls };
    this.#frame = h('div', {
      class: 'frame', part: 'frame', role: 'group', tabindex: 0,
      onpointermove: () => this.#stir(),
      onpointerdown: () => this.#stir(),
      onfocusin: () => this.#stir(),
      onpointerleave: () => this.#hush(),
    }, this.#still, this.video, h('div', { class: 'captured' }, 'Esc twice frees the keyboard'),
    nodes.soundOnly, nodes.badge, status,
    h('slot', { name: 'overlay' }), nodes.start, controls, nodes.notice);
    this.#frame.addEventListener('dblclick', ({ target }) => {
      if (target === this.#frame || target === this.video) actions.fullscreen();
    });
    this.video.addEventListener('resize', () => this.#adopt());
    root.append(this.#frame);
  }

  /** What is on screen: the video, or its last picture. */
  get picture() {
    return this.#still.hidden ? this.video : this.#still;
  }

  /** @param {PlayerModel} model */
  update(model) {
    const nodes = this.#nodes;
    const live = model.state === 'live';
    if (live) this.#still.hidden = true;
    else if (this.#live) this.#keep();
    this.#live = live;
    const asks = model.blocked || (model.state === 'idle' && !model.started);
    this.#playing = live && !model.blocked;
    setAttributes(this.#frame, {
      'aria-label': `Player: ${model.label}`,
      'data-empty': !model.picture,
      'data-dim': !live && model.state !== 'idle' && model.state !== 'paused',
    });
    nodes.soundOnly.hidden = !(live && model.soundOnly);
    nodes.badge.hidden = model.state === 'idle';
    setText(nodes.badge, stateLabel(model.state));
    setAttributes(nodes.badge, { 'data-tone': stateTone(model.state) });
    nodes.status.hidden = live || asks;
    nodes.pulse.hidden = !isBusy(model.state);
    nodes.warning.hidden = model.state !== 'failed';
    setText(nodes.message, model.message);
    setText(nodes.hint, model.hint);
    nodes.run.hidden = !model.startable;
    nodes.start.hidden = !asks;
    setAttributes(nodes.start, { 'aria-label': `Play ${model.label}` });
    nodes.notice.hidden = !(live && model.silenced && model.audible);
    this.#updateControls(model);
    this.#stir();
  }

  /** @param {PlayerModel} model */
  #updateControls(model) {
    const nodes = this.#nodes;
    nodes.controls.hidden = !model.controls;
    const running = model.started && !model.blocked;
    relabel(nodes.toggle, running ? 'Stop (k)' : 'Play (k)', running ? 'pause' : 'play-solid');
    relabel(nodes.mute, model.muted ? 'Turn the sound on (m)' : 'Mute (m)',
      model.muted ? 'sound-off' : 'sound');
    nodes.mute.hidden = !model.audible;
    nodes.volume.hidden = !model.audible;
    nodes.volume.value = String(model.muted ? 0 : model.volume);
    setText(nodes.label, model.label);
    nodes.next.hidden = model.videoTracks < 2;
    setAttributes(nodes.next, {
      title: `Picture ${model.videoTrack + 1} of ${model.videoTracks}: show the next one (v)`,
    });
    nodes.snapshot.disabled = !model.picture;
    nodes.pip.hidden = !model.canPictureInPicture || model.soundOnly;
    nodes.pip.disabled = !model.picture;
    nodes.fullscreen.hidden = !model.canFullscreen;
    relabel(nodes.fullscreen, model.fullscreen ? 'Leave full screen (f)' : 'Full screen (f)',
      model.fullscreen ? 'fullscreen-exit' : 'fullscreen');
  }

  /** Browsers go black when the tracks end; the last picture stays until there is a new one. */
  #keep() {
    if (drawPicture(this.video, this.#still)) this.#still.hidden = false;
  }

  /** The element takes the shape of the picture unless the page gives it another one. */
  #adopt() {
    const { videoWidth, videoHeight } = this.video;
    if (hasPicture(this.video)) {
      this.#frame.style.setProperty('--_ratio', `${videoWidth} / ${videoHeight}`);
    }
  }

  #stir() {
    clearTimeout(this.#quietTimer);
    this.#frame.removeAttribute('data-quiet');
    if (this.#playing) this.#quietTimer = setTimeout(() => this.#hush(), kQuietAfter);
  }

  #hush() {
    clearTimeout(this.#quietTimer);
    if (this.#playing) this.#frame.toggleAttribute('data-quiet', true);
  }
}
