// SPDX-License-Identifier: LGPL-2.1-or-later
// Icons drawn for this project on a 24 × 24 grid, as strokes of the current colour.

const kSvg = 'http://www.w3.org/2000/svg';

/** Path data; names that end in `-solid` are filled instead of stroked. */
const kPaths = {
  'play-solid': 'M8 5.2v13.6a.9.9 0 0 0 1.4.75l10-6.8a.9.9 0 0 0 0-1.5l-10-6.8A.9.9 0 0 0 8 5.2Z',
  'pause': 'M9 5.5v13M15 5.5v13',
  'sound': 'M4 9.5v5h3.2L12 18.5v-13L7.2 9.5ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11',
  'sound-off': 'M4 9.5v5h3.2L12 18.5v-13L7.2 9.5ZM16 9.8l4.5 4.5M20.5 9.8 16 14.3',
  'fullscreen': 'M4.5 9V5.5a1 1 0 0 1 1-1H9M15 4.5h3.5a1 1 0 0 1 1 1V9M19.5 15v3.5a1 1 0 0 1-1 1H15'
    + 'M9 19.5H5.5a1 1 0 0 1-1-1V15',
  'fullscreen-exit': 'M9 4.5V8a1 1 0 0 1-1 1H4.5M19.5 9H16a1 1 0 0 1-1-1V4.5M15 19.5V16a1 '
    + '1 0 0 1 1-1h3.5'
    + 'M4.5 15H8a1 1 0 0 1 1 1v3.5',
  'picture-in-picture': 'M20.5 10V6.5a1.5 1.5 0 0 0-1.5-1.5H5a1.5 1.5 0 0 0-1.5 '
    + '1.5v11A1.5 1.5 0 0 0 5 19h4.5'
    + 'M13.5 13h7v6h-7Z',
  'camera': 'M4 8.5A1.5 1.5 0 0 1 5.5 7H8l1.5-2.2h5L16 7h2.5A1.5 1.5 0 0 1 20 8.5v8.8'
    + 'a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.3ZM12 16'
    + 'a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6Z',
  'microphone': 'M12 14.5a3 3 0 0 0 3-3V6.8a3 3 0 0 0-6 0v4.7a3 3 0 0 0 3 3ZM5.8 11.5'
    + 'a6.2 6.2 0 0 0 12.4 0M12 17.7v2.8',
  'microphone-off': 'M9 9.5v2a3 3 0 0 0 4.6 2.5M15 11V6.8a3 3 0 0 0-5.7-1.3M5.8 11.5'
    + 'a6.2 6.2 0 0 0 9.9 5M18.2 11.5a6 6 0 0 1-.3 1.9M12 17.7v2.8M4.5 4.5l15 15',
  'video-off': 'M9.5 6.5h4A1.5 1.5 0 0 1 15 8v4M15 15.5v.5a1.5 1.5 0 0 1-1.5 1.5h-9'
    + 'A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.2-1.47M15 11l6-3.2v8.4l-2.6-1.4M4.5 4.5l15 15',
  'screen': 'M4.5 5h15A1.5 1.5 0 0 1 21 6.5v8.7a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 15.2V6.5'
    + 'A1.5 1.5 0 0 1 4.5 5ZM8.5 20h7M12 16.7V20',
  'stop-solid': 'M7.5 6.2h9a1.3 1.3 0 0 1 1.3 1.3v9a1.3 1.3 0 0 1-1.3 1.3h-9'
    + 'a1.3 1.3 0 0 1-1.3-1.3v-9a1.3 1.3 0 0 1 1.3-1.3Z',
  'chart': 'M4.5 4.5v13a2 2 0 0 0 2 2h13M8.5 14.5l3.2-4 3 2.4 4-5.4',
  'key': 'M14.5 4.5a5 5 0 1 1-3.3 8.8L9 15.5H7v2H5v2H3.5v-2.7l7-7a5 5 0 0 1 4-5.3ZM16 8.2h.01',
  'sliders': 'M4 7.5h8.5M16.5 7.5H20M14.5 9.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM4 16.5h3.5M11.5 16.5H20'
    + 'M9.5 18.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  'close': 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  'plus': 'M12 5.5v13M5.5 12h13',
  'minus': 'M5.5 12h13',
  'check': 'M5 12.5l4.5 4.5L19 7.5',
  'copy': 'M9 9V6a1.5 1.5 0 0 1 1.5-1.5H18A1.5 1.5 0 0 1 19.5 6v7.5A1.5 1.5 0 0 1 18 15h-3M6 9h7.5'
    + 'A1.5 1.5 0 0 1 15 10.5V18a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18v-7.5'
    + 'A1.5 1.5 0 0 1 6 9Z',
  'viewers': 'M2.8 12S6 6.5 12 6.5 21.2 12 21.2 12 18 17.5 12 17.5 2.8 12 2.8 12ZM12 14.6'
    + 'a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2Z',
  'video': 'M4.5 6.5h9A1.5 1.5 0 0 1 15 8v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8'
    + 'a1.5 1.5 0 0 1 1.5-1.5ZM15 11l6-3.2v8.4L15 13',
  'audio': 'M5 10v4M9 7v10M13 4.5v15M17 8v8M21 10.5v3',
  'switch': 'M4.5 9.5h13M14 6l3.5 3.5L14 13M19.5 14.5h-13M10 11l-3.5 3.5L10 18',
  'help': 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM9.8 9.7a2.3 2.3 0 0 1 4.5.6c0 1.6-2.3 1.9-2.3 3.4'
    + 'M12 16.4v.1',
  'sun': 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.8v1.7M12 19.5v1.7M2.8 12h1.7M19.5 12h1.7'
    + 'M5.5 5.5l1.2 1.2M17.3 17.3l1.2 1.2M18.5 5.5l-1.2 1.2M6.7 17.3l-1.2 1.2',
  'moon': 'M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7Z',
  'auto': 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM12 4v16M15 5.2v13.6M18 7.6v8.8',
  'warning': 'M12 9.5v4.2M12 16.8v.1M10.6 4.8 3.2 17.6a1.6 1.6 0 0 0 1.4 2.4h14.8'
    + 'a1.6 1.6 0 0 0 1.4-2.4L13.4 4.8a1.6 1.6 0 0 0-2.8 0Z',
};

/** @typedef {keyof typeof kPaths} IconName */

/**
 * @param {IconName} name
 * @returns {SVGSVGElement} decorative: the control around it carries the words
 */
export function createIcon(name) {
  const svg = document.createElementNS(kSvg, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(kSvg, 'path');
  const solid = name.endsWith('-solid');
  for (const [attribute, value] of Object.entries({
    'd': kPaths[name],
    'fill': solid ? 'currentColor' : 'none',
    'stroke': solid ? 'none' : 'currentColor',
    'stroke-width': '1.7',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  })) path.setAttribute(attribute, value);
  svg.append(path);
  return svg;
}

/**
 * @param {SVGSVGElement} icon  made by `createIcon`
 * @param {IconName} name
 */
export function changeIcon(icon, name) {
  const path = icon.querySelector('path');
  const fresh = createIcon(name).querySelector('path');
  if (path && fresh && path.getAttribute('d') !== fresh.getAttribute('d')) path.replaceWith(fresh);
}
