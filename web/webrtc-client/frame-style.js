// SPDX-License-Identifier: LGPL-2.1-or-later
// What <webrtc-stream> and <webrtc-publisher> look like alike: a picture with a badge, words over
// it, and a bar of controls. Pages restyle it through the custom properties and the parts.

const kCss = `
:host {
  --_accent: var(--webrtc-stream-accent, #ff8a4c);
  --_scrim: rgb(9 12 14 / .62);
  display: block;
  font: 400 15px/1.45 system-ui, sans-serif;
  -webkit-tap-highlight-color: transparent;
}
:host([hidden]) { display: none }
* { box-sizing: border-box }
.frame {
  position: relative;
  width: 100%;
  height: 100%;
  min-height: 7.5rem;
  max-height: inherit;
  aspect-ratio: var(--_ratio, 16 / 9);
  outline: none;
}
.frame:focus-visible::after {
  content: '';
  position: absolute;
  inset: 0;
  border: 3px solid var(--_accent);
  border-radius: inherit;
  pointer-events: none;
}
video {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  object-fit: var(--webrtc-stream-fit, contain);
  transition: opacity .25s;
}
.frame[data-dim] video { opacity: .35 }
.frame[data-empty] video { visibility: hidden }
.badge {
  position: absolute;
  top: .75rem;
  left: .75rem;
  display: inline-flex;
  align-items: center;
  gap: .45em;
  max-width: calc(100% - 1.5rem);
  padding: .22em .7em .22em .55em;
  border-radius: 99px;
  background: var(--_scrim);
  font-size: .8rem;
  font-weight: 600;
  letter-spacing: .01em;
  white-space: nowrap;
  transition: opacity .2s;
  pointer-events: none;
}
.badge::before {
  content: '';
  width: .6em;
  height: .6em;
  border-radius: 50%;
  background: #9aa5a4;
}
.badge[data-tone=live]::before { background: #ff5a3c; box-shadow: 0 0 0 .2em rgb(255 90 60 / .25) }
.badge[data-tone=busy]::before { background: #f2b84b }
.badge[data-tone=bad]::before { background: #ff5a3c; border-radius: 2px }

.status {
  position: absolute;
  inset: 0;
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: .5rem;
  padding: 1rem 1.25rem 3.25rem;
  overflow: auto;
  text-align: center;
  pointer-events: none;
}
.status p { margin: 0; max-width: 34rem; overflow-wrap: anywhere; text-wrap: balance }
.message { font-size: 1.02rem; font-weight: 600 }
.hint { color: #c3cbca; font-size: .9rem }
.hint:empty { display: none }
.warning { color: #ffb49e }
.warning svg { width: 2rem; height: 2rem }
.pulse { display: flex; gap: .4rem; height: .6rem; margin-bottom: .35rem }
.pulse i {
  width: .5rem;
  height: .5rem;
  border-radius: 50%;
  background: var(--_accent);
  animation: pulse 1.2s infinite ease-in-out;
}
.pulse i:nth-child(2) { animation-delay: .16s }
.pulse i:nth-child(3) { animation-delay: .32s }
@keyframes pulse {
  0%, 70%, 100% { opacity: .25; transform: none }
  35% { opacity: 1; transform: translateY(-3px) }
}

button {
  display: inline-grid;
  place-items: center;
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
  touch-action: manipulation;
}
button:focus-visible, input:focus-visible, select:focus-visible {
  outline: 3px solid var(--_accent);
  outline-offset: -2px;
}
.controls {
  position: absolute;
  inset: auto 0 0;
  display: flex;
  align-items: center;
  gap: .1rem;
  padding: 1.6rem .4rem .3rem;
  background: linear-gradient(transparent, rgb(5 8 9 / .72));
  transition: opacity .2s;
}
.controls button {
  flex: none;
  width: 2.75rem;
  height: 2.75rem;
  border-radius: 8px;
}
.controls button:hover {
  background: rgb(255 255 255 / .16);
}
svg { width: 1.45rem; height: 1.45rem; filter: drop-shadow(0 1px 1px rgb(0 0 0 / .4)) }
.controls button:disabled { opacity: .35; cursor: default }
.controls .space { flex: 1 }
.label {
  min-width: 0;
  overflow: hidden;
  padding-left: .35rem;
  font-size: .85rem;
  font-weight: 600;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.frame[data-quiet] .controls, .frame[data-quiet] .badge { opacity: 0 }
.frame[data-quiet]:focus-within .controls { opacity: 1 }
.frame[data-quiet] { cursor: none }
[hidden] { display: none !important }

.frame { container-type: inline-size }
@container (max-width: 26rem) {
  .label { display: none }
  .status { padding: .75rem .75rem 3rem }
  .message { font-size: .92rem }
  .hint { font-size: .8rem }
}
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation: none !important; transition: none !important }
}
@media (forced-colors: active) {
  .badge, .notice { border: 1px solid }
}
`;

/**
 * A policy against inline styles does not touch constructed sheets.
 *
 * @param {string} css
 * @returns {() => CSSStyleSheet} one for all elements
 */
export function lazyStyleSheet(css) {
  /** @type {CSSStyleSheet | null} */
  let sheet = null;
  return () => {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    return sheet;
  };
}

export const frameStyleSheet = lazyStyleSheet(kCss);
