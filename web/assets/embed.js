// SPDX-License-Identifier: LGPL-2.1-or-later
// The page inside a frame of another page: only players, edge to edge.

import { StreamDirectory, WebRTCStreamElement, isWatchable } from '../webrtc-client.js';
import { h, setAttributes } from '../webrtc-client/dom.js';

/**
 * @param {string} base  address of the server, ends with a slash
 * @param {import('./page-parameters.js').PageParameters} parameters
 */
export function startEmbed(base, parameters) {
  document.documentElement.classList.add('embedded');
  const grid = h('main', { class: 'embed' });
  document.body.append(grid);
  if (parameters.streams.length > 0) show(grid, base, parameters, parameters.streams);
  else waitForOnlyStream(grid, base, parameters);
}

/**
 * @param {HTMLElement} grid
 * @param {string} base
 * @param {import('./page-parameters.js').PageParameters} parameters
 * @param {string[]} names
 */
function show(grid, base, parameters, names) {
  document.title = names.join(', ');
  grid.dataset.columns = String(Math.min(3, Math.ceil(Math.sqrt(names.length))));
  grid.replaceChildren(...names.map((name, index) => {
    const player = new WebRTCStreamElement();
    setAttributes(player, {
      src: new URL(name, base).href,
      muted: parameters.muted || index > 0,
      controls: parameters.controls,
      autoplay: parameters.autoplay,
    });
    return player;
  }));
}

/**
 * Without a name there is no doubt only where the server has a single stream.
 *
 * @param {HTMLElement} grid
 * @param {string} base
 * @param {import('./page-parameters.js').PageParameters} parameters
 */
function waitForOnlyStream(grid, base, parameters) {
  const words = h('p', { class: 'embed-words', role: 'status' }, 'Looking for a stream…');
  grid.append(words);
  const directory = StreamDirectory.at(base);
  const stop = directory.subscribe(() => {
    if (!directory.known) return;
    const names = [...directory.streams.values()].filter(isWatchable).map(({ name }) => name);
    if (names.length === 1) {
      stop();
      show(grid, base, parameters, names);
    } else {
      words.textContent = names.length === 0 ? 'Waiting for a stream'
        : `Several streams are here. Add ?stream= and a name: ${names.join(', ')}`;
    }
  });
}
