// SPDX-License-Identifier: LGPL-2.1-or-later
// Full screen, picture-in-picture and snapshots, across the ways browsers have for them.

/** @typedef {HTMLVideoElement & { webkitEnterFullscreen?: () => void }} PhoneVideo */

/** @param {PhoneVideo} video */
export function canFullscreen(video) {
  return Boolean(document.fullscreenEnabled || video.webkitEnterFullscreen);
}

/** @param {Element} element */
export function isFullscreen(element) {
  return document.fullscreenElement === element || element.matches(':fullscreen');
}

/**
 * @param {Element} element  shown with its controls where the browser can do that
 * @param {PhoneVideo} video  shown alone on an iPhone
 */
export async function toggleFullscreen(element, video) {
  if (isFullscreen(element)) await document.exitFullscreen();
  else if (document.fullscreenEnabled) await element.requestFullscreen();
  else video.webkitEnterFullscreen?.();
}

/**
 * @param {HTMLVideoElement} video
 * @returns {boolean} not while Chromium shows the 2 × 2 black of a track without frames
 */
export function hasPicture(video) {
  return video.videoWidth > 2;
}

export function canPictureInPicture() {
  return document.pictureInPictureEnabled === true;
}

/** @param {HTMLVideoElement} video */
export async function togglePictureInPicture(video) {
  // Inside a shadow tree the document names the host, so leaving is asked of the root.
  const root = /** @type {Document | ShadowRoot} */ (video.getRootNode());
  if (root.pictureInPictureElement === video) await document.exitPictureInPicture();
  else await video.requestPictureInPicture();
}

/**
 * @param {HTMLVideoElement} video
 * @param {HTMLCanvasElement} canvas  gets the picture and the size of the video
 * @returns {boolean} false when there is no picture yet
 */
export function drawPicture(video, canvas) {
  const context = canvas.getContext('2d');
  if (!context || !hasPicture(video)) return false;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  context.drawImage(video, 0, 0);
  return true;
}

/**
 * @param {HTMLVideoElement | HTMLCanvasElement} picture
 * @returns {Promise<Blob>} the picture as PNG in its own size
 * @throws {Error} when there is no picture yet
 */
export async function takeSnapshot(picture) {
  const video = picture instanceof HTMLVideoElement;
  const canvas = video ? document.createElement('canvas') : picture;
  if (video && !drawPicture(picture, canvas)) {
    throw new Error('There is no picture to take a snapshot of yet');
  }
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('This browser could not write a PNG'));
    }, 'image/png');
  });
}

/**
 * @param {string} stream
 * @param {Date} time
 * @returns {string} such as `output-2025-11-21T09-30-00.png`, in local time
 */
export function snapshotName(stream, time) {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60000);
  return `${stream}-${local.toISOString().slice(0, 19).replaceAll(':', '-')}.png`;
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The click starts the download within this task; one more gives slow browsers the time.
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
