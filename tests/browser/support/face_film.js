// SPDX-License-Identifier: LGPL-2.1-or-later
// face_film.js — a film for Chromium to take for a camera: a drawn face, at rest, which OpenCV's
// frontal-face cascade finds.
import { writeFileSync } from 'node:fs';

/** Where the face is in the film. */
export const kFace = { x: 237, y: 100, width: 168, height: 168 };
export const kSize = { width: 640, height: 360 };

// Each over the one before: offset from the middle of the face, radii, brightness.
const kEllipses = [
  [0, -15, 78, 105, 40],  // hair
  [0, 10, 64, 88, 205],
  ...[-28, 28].flatMap((x) => [[x, -14, 19, 10, 120], [x, -27, 20, 5, 70], [x, -12, 9, 6, 40]]),
  [0, 12, 7, 20, 225], [0, 32, 13, 5, 130],  // nose
  [0, 58, 25, 8, 95],
];
const kMiddle = [320, 180];
const kSoftness = 4;  // pixels over which an edge runs

/** @param {number} x @param {number} y */
function brightness(x, y) {
  let value = 150;
  for (const [dx, dy, a, b, inside] of kEllipses) {
    const distance = Math.hypot((x - kMiddle[0] - dx) / a, (y - kMiddle[1] - dy) / b);
    const share = Math.min(1, Math.max(0, ((1 - distance) * Math.min(a, b)) / kSoftness + 0.5));
    value += (inside - value) * share;
  }
  return value;
}

/** @param {string} path  of the film to write, as .y4m */
export function writeFaceFilm(path) {
  const { width, height } = kSize;
  const luma = Buffer.alloc(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) luma[y * width + x] = Math.round(brightness(x, y));
  }
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'), luma, Buffer.alloc((width / 2) * (height / 2) * 2, 128)]);
  writeFileSync(path, Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F15:1 Ip A1:1 C420jpeg\n`), frame, frame]));
}
