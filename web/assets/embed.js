// SPDX-License-Identifier: LGPL-2.1-or-later
// The page inside a frame of another page: only what plays or sends, edge to edge.

import { StreamDirectory, isWatchable } from '../webrtc-client.js';
import { h } from '../webrtc-client/dom.js';
import { tileKind } from './tile-kinds.js';

/**
 * @param {string} base  address of the server, ends with a slash
 * @param {import('./page-parameters.js').PageParameters} parameters
 */
export function startEmbed(base, parameters) {
  document.documentElement.classList.add('embedded');
  const grid = h('main', { class: 'embed' });
  document.body.append(grid);
  if (parameters.streams.length > 0) waitForDirections(grid, base, parameters);
  else waitForOnlyStream(grid, base, parameters);
}

/**
 * Whether a name stands for a stream to watch or for one to send to, the server alone knows; it is
 * asked until it has told of every name.
 *
 * @param {HTMLElement} grid
 * @param {string} base
 * @param {import('./page-parameters.js').PageParameters} parameters
 */
function waitForDirections(grid, base, parameters) {
  const directory = StreamDirectory.at(base);
  const names = parameters.streams;
  /** @type {Map<string, import('./tile-kinds.js').TileKind>} */
  const kinds = new Map();
  const stop = directory.subscribe(() => {
    if (directory.status === 'connecting') return;
    const infos = names.map((name) => directory.streams.get(name));
    names.forEach((name, index) => {
      const info = infos[index];
      const kind = tileKind(info);
      if (kinds.has(name) && (!info || kinds.get(name) === kind)) return;
      kinds.set(name, kind);
      const screen = create(kind, base, parameters, name, index);
      if (info) kind.describe(screen, info);
      const before = grid.children[index];
      if (before) before.replaceWith(screen);
      else grid.append(screen);
    });
    layOut(grid, names);
    if (directory.known && infos.every((info) => info !== undefined)) stop();
  });
}

/**
 * @param {import('./tile-kinds.js').TileKind} kind
 * @param {string} base
 * @param {import('./page-parameters.js').PageParameters} parameters
 * @param {string} name
 * @param {number} index
 */
function create(kind, base, parameters, name, index) {
  return kind.create({
    src: new URL(name, base).href,
    muted: parameters.muted || index > 0,
    controls: parameters.controls,
    autoplay: parameters.autoplay,
    statistics: false,
  });
}

/**
 * @param {HTMLElement} grid
 * @param {string[]} names
 */
function layOut(grid, names) {
  document.title = names.join(', ');
  grid.dataset.columns = String(Math.min(3, Math.ceil(Math.sqrt(names.length))));
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
    const infos = [...directory.streams.values()].filter(isWatchable);
    const names = infos.map(({ name }) => name);
    const [only] = names;
    if (only !== undefined && names.length === 1) {
      stop();
      grid.replaceChildren(create(tileKind(infos[0]), base, parameters, only, 0));
      layOut(grid, names);
    } else {
      words.textContent = names.length === 0 ? 'Waiting for a stream'
        : `Several streams are here. Add ?stream= and a name: ${names.join(', ')}`;
    }
  });
}
