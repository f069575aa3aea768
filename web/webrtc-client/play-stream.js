// SPDX-License-Identifier: LGPL-2.1-or-later
// The two-argument way to a picture, as in the jetson-inference server's webrtc.js.

import { WebRTCStream } from './stream.js';

/**
 * Tries to play with sound and, where the browser's autoplay policy forbids that, without.
 *
 * @param {HTMLMediaElement} element
 * @returns {Promise<'playing' | 'muted' | 'blocked'>} `muted`: only without sound, and it is muted
 *   now; `blocked`: only after a gesture of the user
 */
export async function playWhereAllowed(element) {
  try {
    await element.play();
    return 'playing';
  } catch (error) {
    if (!isForbidden(error)) return 'playing';  // A newer source took over; it is played as well.
  }
  if (element.muted) return 'blocked';
  element.muted = true;
  try {
    await element.play();
    return 'muted';
  } catch (error) {
    if (!isForbidden(error)) return 'muted';
    element.muted = false;
    return 'blocked';
  }
}

/** @param {unknown} error */
function isForbidden(error) {
  return error instanceof DOMException && error.name === 'NotAllowedError';
}

/**
 * Plays a stream in a video element of the page and keeps it playing.
 *
 * @param {string} url  `ws://host:8554/output`, `/output` and so on
 * @param {HTMLVideoElement} videoElement
 * @param {import('./connection.js').StreamOptions} [options]
 * @returns {WebRTCStream} already started; `stop()` ends it
 * @throws {TypeError} when `url` names no stream
 */
export function playStream(url, videoElement, options) {
  const stream = new WebRTCStream(url, options);
  stream.frames.attach(videoElement);
  stream.addEventListener('track', () => {
    if (videoElement.srcObject === stream.mediaStream) return;
    videoElement.srcObject = stream.mediaStream;
    playWhereAllowed(videoElement);
  });
  stream.start();
  return stream;
}
