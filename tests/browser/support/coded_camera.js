// SPDX-License-Identifier: LGPL-2.1-or-later
// coded_camera.js — a film for Chromium to take for a camera: every frame carries its number, as
// eight columns that are white above black for a one and black above white for a zero. media_log.hpp
// reads it in the pipeline, `readCodes` in a page.
import { closeSync, openSync, writeSync } from 'node:fs';

export const kCodes = 32;  // frames until the film begins anew

/**
 * @param {string} path  of the film to write, as .y4m
 * @param {{ width?: number, height?: number, rate?: number }} [options]
 */
export function writeCodedFilm(path, { width = 1280, height = 720, rate = 30 } = {}) {
  const file = openSync(path, 'w');
  writeSync(file, `YUV4MPEG2 W${width} H${height} F${rate}:1 Ip A1:1 C420jpeg\n`);
  const colour = Buffer.alloc((width / 2) * (height / 2) * 2, 128);
  for (let code = 0; code < kCodes; code += 1) {
    const rows = [false, true].map((lower) => {
      const row = Buffer.alloc(width);
      for (let bit = 0; bit < 8; bit += 1) {
        const one = ((code >> (7 - bit)) & 1) === 1;
        row.fill(one === lower ? 16 : 235, (width * bit) / 8, (width * (bit + 1)) / 8);
      }
      return row;
    });
    writeSync(file, 'FRAME\n');
    writeSync(file, Buffer.concat(
      Array.from({ length: height }, (_, y) => rows[y < height / 2 ? 0 : 1])));
    writeSync(file, colour);
  }
  closeSync(file);
}

/**
 * The codes that videos of a page show now. Runs in the page.
 *
 * @param {HTMLVideoElement[]} videos
 * @returns {Array<number | null>} null where there is none that can be read
 */
export function readCodes(videos) {
  return videos.map((video) => {
    const { videoWidth: width, videoHeight: height } = video;
    if (width < 256) return null;
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0);
    let code = 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const x = Math.round((width * (2 * bit + 1)) / 16);
      const [upper, lower] = [0.25, 0.75].map((y) => (
        context.getImageData(x, Math.round(height * y), 1, 1).data[1]));
      if (Math.abs(upper - lower) < 60) return null;
      code = code * 2 + (upper > lower ? 1 : 0);
    }
    return code;
  });
}
