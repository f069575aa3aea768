// SPDX-License-Identifier: LGPL-2.1-or-later
// From a place on a <video> to a pixel of its picture. Pure, but for reading the styles.

/**
 * @typedef {object} Size
 * @property {number} width
 * @property {number} height
 *
 * @typedef {{ x: number, y: number }} Point
 * @typedef {Size & { left: number, top: number }} Box
 *
 * @typedef {object} Layout  how CSS puts the picture into the element
 * @property {Box} content  the content box; left and top count from the inner edge of the border
 * @property {string} fit  `object-fit`
 * @property {string} position  `object-position`, as it is computed
 */

/**
 * Where a picture begins in a box that has `room` more than it; less than none when it is cut.
 *
 * @param {string} text  `50%`, `10px` or, of both, `calc(100% - 10px)`
 * @param {number} room
 */
function offset(text, room) {
  const percent = /(-?[\d.]+)%/.exec(text)?.[1];
  const pixels = /([+-]?)\s*([\d.]+)px/.exec(text);
  if (percent === undefined && !pixels) return room / 2;
  const sign = pixels?.[1] === '-' ? -1 : 1;
  return room * Number(percent ?? 0) / 100 + sign * Number(pixels?.[2] ?? 0);
}

/**
 * The box of the whole picture, some of which may be cut off.
 *
 * @param {Layout} layout
 * @param {Size} picture  in its own pixels
 * @returns {Box}
 */
export function pictureBox({ content, fit, position }, picture) {
  const across = content.width / picture.width;
  const down = content.height / picture.height;
  let { width, height } = content;
  if (fit !== 'fill') {
    let scale = Math.min(across, down);
    if (fit === 'cover') scale = Math.max(across, down);
    else if (fit === 'none') scale = 1;
    else if (fit === 'scale-down') scale = Math.min(1, scale);
    width = picture.width * scale;
    height = picture.height * scale;
  }
  const [x = '50%', y = '50%'] = position.match(/calc\([^)]*\)|\S+/g) ?? [];
  return {
    left: content.left + offset(x, content.width - width),
    top: content.top + offset(y, content.height - height),
    width,
    height,
  };
}

/**
 * @param {Point} point  as `offsetX` and `offsetY` are: from the inner edge of the border, before
 *   any transform
 * @param {Layout} layout
 * @param {Size} picture
 * @returns {Point & { inside: boolean }} in pixels of the picture; `inside`: on a part that shows
 */
export function toPicture(point, layout, picture) {
  const box = pictureBox(layout, picture);
  const { content } = layout;
  /** @param {number} at @param {number} from @param {number} length */
  const within = (at, from, length) => at >= from && at < from + length;
  return {
    x: (point.x - box.left) * picture.width / box.width,
    y: (point.y - box.top) * picture.height / box.height,
    inside: within(point.x, box.left, box.width) && within(point.y, box.top, box.height)
      && within(point.x, content.left, content.width)
      && within(point.y, content.top, content.height),
  };
}

/**
 * The used sizes with their fractions, which `clientWidth` rounds.
 *
 * @param {HTMLVideoElement} video
 * @returns {Layout}
 */
export function layoutOf(video) {
  const style = getComputedStyle(video);
  /** @param {string} name */
  const pixels = (name) => Number.parseFloat(style.getPropertyValue(name)) || 0;
  const outer = style.boxSizing === 'border-box';
  /** @param {string} size @param {string} from @param {string} to */
  const inner = (size, from, to) => pixels(size) - (outer
    ? pixels(`padding-${from}`) + pixels(`padding-${to}`)
      + pixels(`border-${from}-width`) + pixels(`border-${to}-width`) : 0);
  return {
    content: {
      left: pixels('padding-left'),
      top: pixels('padding-top'),
      width: inner('width', 'left', 'right'),
      height: inner('height', 'top', 'bottom'),
    },
    fit: style.objectFit,
    position: style.objectPosition,
  };
}
