// SPDX-License-Identifier: LGPL-2.1-or-later
// What <webrtc-publisher> shows: preview, badge, words, the button to send, controls and choices.

import { h, setAttributes, setText } from './dom.js';
import { frameStyleSheet } from './frame-style.js';
import { iconButton, relabel } from './icon-button.js';
import { changeIcon, createIcon } from './icons.js';
import {
  pictureChoices, rateChoices, sendWords, sizeChoices, soundChoices,
} from './publisher-choices.js';
import { publisherStyleSheet } from './publisher-style.js';
import { isBusy, stateLabel, stateTone } from './states.js';

/**
 * @typedef {import('./publisher-choices.js').Choices} Choices
 *
 * @typedef {object} PublisherModel
 * @property {import('./states.js').StreamState} state
 * @property {string} message
 * @property {string} hint
 * @property {boolean} possible  whether the button can change anything
 * @property {string} notice  what is missing although it goes on
 * @property {string} label  name of the stream for people
 * @property {readonly ('video' | 'audio')[]} kinds  that the stream takes
 * @property {boolean} started
 * @property {boolean} muted
 * @property {boolean} paused
 * @property {import('./capture.js').Sources} sources
 * @property {readonly import('./publisher-choices.js').Device[]} devices
 * @property {MediaStream | null} mediaStream  what is captured
 * @property {boolean} screens  whether this browser can send screens
 *
 * @typedef {object} PublisherActions
 * @property {() => void} send  begins, or tries again
 * @property {() => void} stop
 * @property {() => void} toggleMute
 * @property {() => void} togglePause
 * @property {(picture: string, size: string, rate: string) => void} chooseVideo  by the values
 * @property {(sound: string) => void} chooseAudio
 */

/**
 * @param {string} words
 * @param {string} part
 * @param {() => void} action
 */
function choice(words, part, action) {
  const select = h('select', { part: `choice ${part}`, onchange: action });
  return { select, label: h('label', {}, h('span', { class: 'words' }, words), select) };
}

/**
 * @param {HTMLSelectElement} select
 * @param {Choices} choices
 */
function fill(select, { choices, chosen }) {
  const same = select.options.length === choices.length && choices.every(({ value, words }, i) => (
    select.options[i]?.value === value && select.options[i]?.text === words));
  // An open list closes when its options are replaced.
  if (!same) {
    select.replaceChildren(...choices.map(({ value, words }) => h('option', { value }, words)));
  }
  if (select.value !== chosen) select.value = chosen;
}

export class PublisherView {
  video;
  #frame;
  #nodes;

  /**
   * @param {ShadowRoot} root
   * @param {PublisherActions} actions
   */
  constructor(root, actions) {
    root.adoptedStyleSheets = [frameStyleSheet(), publisherStyleSheet()];
    this.video = h('video', { part: 'video', playsinline: true, disableremoteplayback: true });
    // The own sound, played back to the microphone, would howl.
    this.video.muted = true;
    const chooseVideo = () => {
      const { picture, size, rate } = nodes;
      actions.chooseVideo(picture.select.value, size.select.value, rate.select.value);
    };
    const nodes = {
      curtain: h('div', { 'class': 'curtain', 'aria-hidden': 'true' }),
      curtainIcon: createIcon('video-off'),
      curtainWords: h('span'),
      badge: h('div', { 'class': 'badge', 'part': 'badge', 'aria-hidden': 'true' }),
      device: h('div', { class: 'device' }, createIcon('video')),
      warning: h('div', { class: 'warning' }, createIcon('warning')),
      pulse: h('div', { 'class': 'pulse', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
      message: h('p', { class: 'message', part: 'message' }),
      hint: h('p', { class: 'hint', part: 'hint' }),
      sendIcon: createIcon('video'),
      sendWords: h('span'),
      send: h('button', { type: 'button', class: 'send', part: 'send', onclick: actions.send }),
      notice: h('p', { class: 'notice', part: 'notice', role: 'status', hidden: true }),
      stop: iconButton('stop-solid', 'Stop sending (k)', 'stop', actions.stop),
      mute: iconButton('microphone', 'Mute the microphone (m)', 'mute', actions.toggleMute),
      pause: iconButton('video', 'Pause the picture (c)', 'pause', actions.togglePause),
      label: h('span', { class: 'label', part: 'label' }),
      picture: choice('Picture', 'picture', chooseVideo),
      size: choice('Size', 'size', chooseVideo),
      rate: choice('Frame rate', 'rate', chooseVideo),
      sound: choice('Sound', 'sound', () => actions.chooseAudio(nodes.sound.select.value)),
    };
    nodes.curtain.append(nodes.curtainIcon, nodes.curtainWords);
    nodes.send.append(nodes.sendIcon, nodes.sendWords);
    const words = h('div', { part: 'status', role: 'status' }, nodes.message, nodes.hint);
    const status = h('div', { class: 'status' },
      nodes.device, nodes.warning, nodes.pulse, words, nodes.send);
    const controls = h('div', {
      'class': 'controls', 'part': 'controls', 'role': 'group', 'aria-label': 'Sending',
    }, nodes.stop, nodes.mute, nodes.pause, nodes.label, h('span', { class: 'space' }),
    h('slot', { name: 'controls' }));
    this.#nodes = { ...nodes, status, controls };
    this.#frame = h('div', { class: 'frame', part: 'frame', role: 'group', tabindex: 0 },
      this.video, nodes.curtain, nodes.badge, status, h('slot', { name: 'overlay' }), controls,
      nodes.notice);
    this.video.addEventListener('resize', () => {
      const { videoWidth, videoHeight } = this.video;
      // A phone held upright keeps the form of the page.
      if (videoWidth > videoHeight) {
        this.#frame.style.setProperty('--_ratio', `${videoWidth} / ${videoHeight}`);
      }
    });
    root.append(this.#frame, h('slot', { name: 'caption' }),
      h('fieldset', { 'class': 'choices', 'part': 'choices', 'aria-label': 'What to send' },
        nodes.picture.label, nodes.sound.label, nodes.size.label, nodes.rate.label));
  }

  /** @param {PublisherModel} model */
  update(model) {
    const nodes = this.#nodes;
    const { state, started, sources } = model;
    const live = state === 'live';
    const tracks = model.mediaStream?.getTracks() ?? [];
    const video = tracks.find(({ kind }) => kind === 'video');
    const audio = tracks.find(({ kind }) => kind === 'audio');
    setAttributes(this.#frame, {
      'aria-label': `Sending to ${model.label}`,
      'data-empty': !video,
      'data-dim': !live && state !== 'idle',
    });
    // Without a picture of its own, the frame says why it is dark.
    const curtain = live && (model.paused ? 'The picture is paused' : video ? ''
      : 'Sending sound only');
    nodes.curtain.hidden = !curtain;
    setText(nodes.curtainWords, curtain || '');
    changeIcon(nodes.curtainIcon, model.paused ? 'video-off' : 'audio');
    nodes.badge.hidden = state === 'idle';
    setText(nodes.badge, live && model.paused ? 'Live, paused' : stateLabel(state, 'publish'));
    setAttributes(nodes.badge, { 'data-tone': stateTone(state) });
    nodes.status.hidden = live;
    const bad = stateTone(state) === 'bad';
    nodes.device.hidden = state !== 'idle';
    nodes.warning.hidden = !bad;
    nodes.pulse.hidden = !isBusy(state);
    setText(nodes.message, state === 'idle' ? '' : model.message);
    setText(nodes.hint, state === 'idle' ? 'Nothing is sent, and nobody is asked for anything, '
      + 'until you press the button.' : model.hint);
    nodes.send.hidden = !model.possible || (started && state !== 'lost');
    const words = sendWords(sources);
    const screen = words.includes('screen');
    setText(nodes.sendWords, state === 'replaced' ? 'Send again'
      : state === 'failed' || state === 'lost' ? 'Try again' : words);
    nodes.send.disabled = !sources.video && !sources.audio;
    changeIcon(nodes.sendIcon, screen ? 'screen' : sources.video ? 'video' : 'microphone');
    nodes.controls.hidden = !started;
    setText(nodes.label, model.label);
    this.#updateSwitches(model, Boolean(audio), Boolean(video));
    this.#updateChoices(model, video?.getSettings?.().deviceId, audio?.getSettings?.().deviceId);
    nodes.notice.hidden = !model.notice;
    setText(nodes.notice, model.notice);
  }

  /**
   * @param {PublisherModel} model
   * @param {boolean} audible
   * @param {boolean} visible
   */
  #updateSwitches({ muted, paused }, audible, visible) {
    const { mute, pause } = this.#nodes;
    mute.hidden = !audible;
    relabel(mute, muted ? 'Turn the microphone on (m)' : 'Mute the microphone (m)',
      muted ? 'microphone-off' : 'microphone');
    setAttributes(mute, { 'aria-pressed': String(muted) });
    pause.hidden = !visible;
    relabel(pause, paused ? 'Go on with the picture (c)' : 'Pause the picture (c)',
      paused ? 'video-off' : 'video');
    setAttributes(pause, { 'aria-pressed': String(paused) });
  }

  /**
   * @param {PublisherModel} model
   * @param {string | undefined} camera  id of what is open
   * @param {string | undefined} microphone
   */
  #updateChoices({ sources, devices, kinds, screens }, camera, microphone) {
    const { picture, size, rate, sound } = this.#nodes;
    const video = kinds.includes('video');
    for (const { label } of [picture, size, rate]) label.hidden = !video;
    sound.label.hidden = !kinds.includes('audio');
    fill(picture.select, pictureChoices(devices, sources.video, camera, screens));
    fill(sound.select, soundChoices(devices, sources.audio, microphone));
    fill(size.select, sizeChoices(sources.video));
    fill(rate.select, rateChoices(sources.video));
    const fixed = !sources.video || 'readyState' in sources.video;
    size.select.disabled = fixed;
    rate.select.disabled = fixed;
  }
}
