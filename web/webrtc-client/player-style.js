// SPDX-License-Identifier: LGPL-2.1-or-later
// What only <webrtc-stream> looks like.

import { lazyStyleSheet } from './frame-style.js';

export const playerStyleSheet = lazyStyleSheet(`
:host {
  position: relative;
  overflow: hidden;
  border-radius: var(--webrtc-stream-radius, 10px);
  background: var(--webrtc-stream-background, #0b0e10);
  color: #f3f5f4;
  contain: content;
}
:host(:fullscreen) { border-radius: 0 }
:host(:fullscreen) .frame { aspect-ratio: auto }
.still {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  object-fit: var(--webrtc-stream-fit, contain);
  transition: opacity .25s;
}
.frame[data-dim] .still { opacity: .35 }
.still:not([hidden]) + video { visibility: hidden }
video[data-navigation] { cursor: default; -webkit-user-select: none; user-select: none }
video[data-navigation]:focus {
  outline: 3px solid var(--_accent);
  outline-offset: -3px;
}
/* All of the picture is the pipeline's, but for what there is to press. */
video[data-navigation] ~ .controls { pointer-events: none }
video[data-navigation] ~ .controls :is(button, input), ::slotted(button) { pointer-events: auto }
.captured {
  position: absolute;
  top: .75rem;
  left: 50%;
  display: none;
  padding: .22em .8em;
  border-radius: 99px;
  background: var(--_scrim);
  font-size: .8rem;
  transform: translateX(-50%);
  pointer-events: none;
}
video[data-navigation]:focus ~ .captured { display: block }
.sound-only {
  position: absolute;
  inset: 0;
  display: grid;
  place-content: center;
  padding-bottom: 14%;
  color: #94a09f;
}
.sound-only svg { width: 4rem; height: 4rem }

.start {
  position: absolute;
  inset: 0;
  width: 100%;
  border-radius: inherit;
}
.start span {
  display: grid;
  place-items: center;
  width: 4.5rem;
  height: 4.5rem;
  border-radius: 50%;
  background: var(--_scrim);
  box-shadow: inset 0 0 0 2px rgb(255 255 255 / .85);
  transition: background .15s, color .15s;
}
.start:hover span { background: #f3f5f4; color: #14191b }
.start svg { width: 2.2rem; height: 2.2rem }
.run {
  display: inline-flex;
  align-items: center;
  gap: .5rem;
  min-height: 2.75rem;
  padding: 0 1.2rem 0 .9rem;
  border: 0;
  border-radius: 99px;
  background: #f3f5f4;
  color: #14191b;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
  pointer-events: auto;
}
.run[hidden] { display: none }
.run svg { width: 1.2rem; height: 1.2rem }
.notice {
  position: absolute;
  bottom: 3.6rem;
  left: 50%;
  display: flex;
  align-items: center;
  gap: .5rem;
  width: max-content;
  max-width: calc(100% - 1.5rem);
  min-height: 2.75rem;
  padding: .4rem 1rem .4rem .8rem;
  border-radius: 99px;
  background: #f3f5f4;
  color: #14191b;
  font-size: .88rem;
  font-weight: 600;
  transform: translateX(-50%);
  box-shadow: 0 4px 18px rgb(0 0 0 / .35);
}
:host(:not([controls])) .notice { bottom: .9rem }

::slotted(button:focus-visible) {
  outline: 3px solid var(--_accent);
  outline-offset: -2px;
}
::slotted(button) {
  flex: none;
  width: 2.75rem;
  height: 2.75rem;
  border-radius: 8px;
  display: inline-grid;
  place-items: center;
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  cursor: pointer;
}
::slotted(button:hover), ::slotted(button[aria-pressed=true]) {
  background: rgb(255 255 255 / .16);
}
.volume {
  width: 5.5rem;
  height: 2.75rem;
  margin: 0 .4rem 0 0;
  accent-color: #f3f5f4;
  cursor: pointer;
}
@container (max-width: 26rem) { .volume { display: none } }
@media (pointer: coarse) { .volume { display: none } }
@media (forced-colors: active) { .start span { border: 1px solid } }
`);
