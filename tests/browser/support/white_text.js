// SPDX-License-Identifier: LGPL-2.1-or-later
// white_text.js — where the white text of remote-control's picture is. Nothing else of it is white.
import { until } from './until.js';

/** @typedef {import('puppeteer-core').Page} Page */
/** @typedef {{ count: number, x: number, y: number, width: number, height: number }} Box */

/**
 * @param {Page} page
 * @returns {Promise<Box | null>}  in shares of the picture; null without a picture
 */
export function findText(page) {
  return page.evaluate(() => {
    const video = probe.video();
    if (!video || video.videoWidth <= 2) return null;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [640, 360];
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const box = { count: 0, left: 640, top: 360, right: 0, bottom: 0 };
    for (let i = 0; i < data.length; i += 4) {
      if (Math.min(data[i], data[i + 1], data[i + 2]) < 200) continue;
      const [x, y] = [i / 4 % 640, Math.floor(i / 4 / 640)];
      box.count += 1;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y);
    }
    return {
      count: box.count,
      x: box.left / 640,
      y: box.top / 360,
      width: Math.max(0, box.right - box.left) / 640,
      height: Math.max(0, box.bottom - box.top) / 360,
    };
  });
}

/**
 * Waits for text that is so; null while there is no picture.
 *
 * @param {Page} page
 * @param {string} what
 * @param {(box: Box) => boolean} [test]
 * @returns {Promise<Box>}
 */
export async function untilText(page, what, test = ({ count }) => count > 100) {
  let box = null;
  await until(`text that ${what}`, async () => {
    box = await findText(page);
    return box && test(box);
  }, { otherwise: () => findText(page) });
  return box;
}

/** @param {Box} one @param {Box} other */
export function isThere(one, other) {
  return Math.abs(one.x - other.x) < 0.01 && Math.abs(one.y - other.y) < 0.015;
}

/**
 * Waits until the text has not moved for so many pictures; what was on its way is shown by then.
 *
 * @param {Page} page
 * @param {number} [pictures]
 */
export async function untilTextStands(page, pictures = 90) {
  const shown = () => page.evaluate(() => probe.video().getVideoPlaybackQuality().totalVideoFrames);
  let [place, since] = [await untilText(page, 'is there'), await shown()];
  await until('the text stands', async () => {
    const now = await findText(page);
    if (!now || !isThere(now, place)) [place, since] = [now ?? place, await shown()];
    return await shown() >= since + pictures;
  }, { otherwise: () => findText(page) });
  return place;
}
