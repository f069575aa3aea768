// SPDX-License-Identifier: LGPL-2.1-or-later
// Which camera, microphone, size and rate a user chose, kept in this browser.

import { isObject } from '../webrtc-client/stream-info.js';
import { readPreference, writePreference } from './preferences.js';

/** @typedef {import('../webrtc-client/capture.js').Sources} Sources */

/**
 * @param {unknown} value
 * @param {number} most
 * @returns {number | undefined}
 */
function positive(value, most) {
  return typeof value === 'number' && value > 0 && value <= most ? value : undefined;
}

/**
 * @param {unknown} kept  as it was written, by whatever version
 * @param {Sources} absent
 * @returns {Sources}
 */
export function parseSources(kept, absent) {
  if (!isObject(kept)) return absent;
  const { video, audio } = kept;
  const camera = isObject(video) && typeof video.deviceId === 'string' ? video.deviceId : undefined;
  const microphone = isObject(audio) && typeof audio.deviceId === 'string'
    ? audio.deviceId : undefined;
  return {
    video: isObject(video) ? {
      ...camera && { deviceId: camera },
      ...positive(video.width, 16384) && { width: Number(video.width) },
      ...positive(video.height, 16384) && { height: Number(video.height) },
      ...positive(video.frameRate, 1000) && { frameRate: Number(video.frameRate) },
    } : video === null ? null : absent.video,
    audio: isObject(audio) ? { ...microphone && { deviceId: microphone } }
      : audio === null ? null : absent.audio,
  };
}

/**
 * @param {Sources} absent  used where nothing was chosen
 * @returns {Sources}
 */
export function readSources(absent) {
  try {
    return parseSources(JSON.parse(readPreference('sources') ?? 'null'), absent);
  } catch {
    return absent;
  }
}

/** @param {Sources} sources */
export function writeSources({ video, audio }) {
  // A screen is chosen each time anew.
  if (video && ('readyState' in video || video.from === 'screen')) return;
  if (audio && 'readyState' in audio) return;
  writePreference('sources', JSON.stringify({ video, audio }));
}
