// SPDX-License-Identifier: LGPL-2.1-or-later
// A stream's description in the words of cards and captions. Pure.

import { codecName } from '../webrtc-client/codecs.js';

/** @typedef {import('../webrtc-client/stream-info.js').StreamInfo} StreamInfo */

/**
 * @param {StreamInfo | undefined} info
 * @param {string} name
 * @returns {string} the title that the pipeline's author gave, or the name
 */
export function streamTitle(info, name) {
  const title = info?.meta.title;
  return typeof title === 'string' && title.trim() !== '' ? title : name;
}

/** @type {Record<import('../webrtc-client/stream-info.js').PipelineState, string>} */
const kStates = {
  waiting: 'Waiting', live: 'Live', paused: 'Paused', ended: 'Ended', error: 'Error',
};

/** @param {StreamInfo} info */
export function streamStateWords({ direction, state, peers, maxPeers }) {
  if (direction === 'out' || state === 'error' || state === 'paused') return kStates[state];
  if (maxPeers !== null && peers >= maxPeers) return 'In use';
  return 'Takes a camera';
}

/** @param {StreamInfo} info */
export function peerWords({ direction, peers }) {
  if (direction === 'in') return peers === 0 ? 'nobody sends' : `${peers} sending`;
  return peers === 1 ? '1 viewer' : `${peers} viewers`;
}

/**
 * @param {StreamInfo} info
 * @returns {Array<'video' | 'audio'>} that the stream takes, or has
 */
export function streamKinds({ flags, media }) {
  const kinds = /** @type {const} */ (['video', 'audio']);
  const known = kinds.filter((kind) => flags.includes(kind)
    || media.some((item) => item.kind === kind));
  return known.length > 0 ? known : [...kinds];
}

/**
 * @param {StreamInfo} info
 * @returns {string[]} one piece per medium, such as `1280×720 30 fps H.264, VP8` and `Opus`
 */
export function mediaWords(info) {
  if (info.media.length === 0) {
    return ['video', 'audio'].filter((kind) => info.flags.includes(kind));
  }
  return info.media.map(({ kind, codecs, width, height, framerate }) => {
    const words = [];
    if (width && height) words.push(`${width}×${height}`);
    if (framerate) words.push(`${Math.round(framerate * 100) / 100} fps`);
    words.push(codecs.map(codecName).join(', ') || kind);
    return words.join(' ');
  });
}
