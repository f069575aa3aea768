// SPDX-License-Identifier: LGPL-2.1-or-later
// What only <webrtc-publisher> looks like: the button to send, and the choices under the picture.

import { lazyStyleSheet } from './frame-style.js';

export const publisherStyleSheet = lazyStyleSheet(`
.frame {
  height: auto;
  max-height: var(--webrtc-stream-max-height, none);
  overflow: hidden;
  border-radius: var(--webrtc-stream-radius, 10px);
  background: var(--webrtc-stream-background, #0b0e10);
  color: #f3f5f4;
}
.status { gap: .6rem; padding: 3rem 1.25rem }
.status .pulse { flex: none }
.status .message:empty { display: none }
.status .hint { margin-top: .3rem }
.device svg { width: 2.4rem; height: 2.4rem; opacity: .8 }
.send {
  display: inline-flex;
  flex: none;
  align-items: center;
  gap: .55rem;
  min-height: 3rem;
  margin-top: .35rem;
  padding: .5rem 1.4rem .5rem 1.1rem;
  border-radius: 99px;
  background: #f3f5f4;
  color: #14191b;
  font-weight: 650;
  pointer-events: auto;
  transition: background .15s;
}
.send:hover { background: #fff }
.send svg { filter: none }
.controls button[aria-pressed=true] { background: #f3f5f4; color: #14191b }
.controls button[aria-pressed=true] svg { filter: none }
.notice {
  position: absolute;
  right: .75rem;
  bottom: 3.6rem;
  left: .75rem;
  width: fit-content;
  margin: 0 auto;
  padding: .5rem .9rem;
  border-radius: 10px;
  background: #f3f5f4;
  color: #14191b;
  font-size: .85rem;
  font-weight: 550;
  overflow-wrap: anywhere;
}
.curtain {
  position: absolute;
  inset: 0;
  display: grid;
  place-content: center;
  justify-items: center;
  gap: .4rem;
  background: #0b0e10;
  color: #94a09f;
  font-size: .9rem;
}
.curtain svg { width: 2.6rem; height: 2.6rem }

.choices {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 8.2rem), 1fr));
  gap: .6rem .75rem;
  margin: 0;
  padding: .75rem 0 .25rem;
  border: 0;
}
.choices label { display: grid; gap: .2rem; min-width: 0 }
.choices .words { font-size: .8rem; opacity: .72 }
select {
  width: 100%;
  min-width: 0;
  min-height: 2.75rem;
  padding: .35rem .5rem;
  border: 1px solid color-mix(in srgb, currentColor 22%, transparent);
  border-radius: 10px;
  background: var(--webrtc-publisher-field, Field);
  color: inherit;
  font: inherit;
  font-size: .92rem;
  text-overflow: ellipsis;
}
select:disabled { opacity: .5 }

@container (max-width: 26rem) {
  .status { padding: 2.6rem .75rem 3rem; gap: .4rem }
  .device { display: none }
}
@media (forced-colors: active) { .send { border: 1px solid } }
`);
