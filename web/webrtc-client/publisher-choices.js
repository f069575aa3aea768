// SPDX-License-Identifier: LGPL-2.1-or-later
// What can be chosen to be sent: devices, sizes and rates, as lists for people. Pure.

/**
 * @typedef {import('./capture.js').Sources} Sources
 * @typedef {import('./capture.js').VideoSource} VideoSource
 * @typedef {import('./capture.js').AudioSource} AudioSource
 * @typedef {Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>} Device
 *
 * @typedef {object} Choice
 * @property {string} value
 * @property {string} words
 *
 * @typedef {object} Choices
 * @property {Choice[]} choices
 * @property {string} chosen  value
 */

const kSizes = [[640, 360], [1280, 720], [1920, 1080], [2560, 1440], [3840, 2160]];
const kRates = [10, 15, 24, 30, 50, 60];

/** @type {VideoSource} */
export const kDefaultVideo = { width: 1280, height: 720, frameRate: 30 };

/**
 * Browsers tell names only once their user has agreed; before, there is one nameless device.
 *
 * @param {readonly Device[]} devices
 * @param {'videoinput' | 'audioinput'} kind
 * @param {string} prefix
 * @param {string} fallback  for a device without a name
 * @returns {Choice[]}
 */
function listed(devices, kind, prefix, fallback) {
  const known = devices.filter((device) => device.kind === kind && device.deviceId !== ''
    && device.deviceId !== 'default' && device.deviceId !== 'communications');
  return known.map(({ deviceId, label }, index) => ({
    value: `${prefix}:${deviceId}`, words: label || `${fallback} ${index + 1}`,
  }));
}

/**
 * @param {readonly Device[]} devices
 * @param {Sources['video']} source
 * @param {string | undefined} used  id of the device that is open
 * @param {boolean} screens  whether this browser can send them
 * @returns {Choices}
 */
export function pictureChoices(devices, source, used, screens) {
  const cameras = listed(devices, 'videoinput', 'camera', 'Camera');
  const wanted = source && 'deviceId' in source ? source.deviceId : undefined;
  const own = source !== null && 'readyState' in source;
  const screen = source !== null && 'from' in source && source.from === 'screen';
  const id = used ?? wanted;
  const camera = cameras.find(({ value }) => value === `camera:${id}`)?.value;
  return {
    choices: [
      ...own ? [{ value: 'own', words: 'This page’s own picture' }] : [],
      ...camera ? [] : [{ value: 'camera', words: 'Camera' }],
      ...cameras,
      ...screens ? [{ value: 'screen', words: 'Screen or window…' }] : [],
      { value: 'none', words: 'No picture' },
    ],
    chosen: source === null ? 'none' : own ? 'own' : screen ? 'screen' : camera ?? 'camera',
  };
}

/**
 * @param {readonly Device[]} devices
 * @param {Sources['audio']} source
 * @param {string | undefined} used  id of the device that is open
 * @returns {Choices}
 */
export function soundChoices(devices, source, used) {
  const microphones = listed(devices, 'audioinput', 'microphone', 'Microphone');
  const wanted = source && 'deviceId' in source ? source.deviceId : undefined;
  const own = source !== null && 'readyState' in source;
  const chosen = microphones.find(({ value }) => value === `microphone:${used ?? wanted}`)?.value;
  return {
    choices: [
      ...own ? [{ value: 'own', words: 'This page’s own sound' }] : [],
      ...chosen ? [] : [{ value: 'microphone', words: 'Microphone' }],
      ...microphones,
      { value: 'none', words: 'No sound' },
    ],
    chosen: source === null ? 'none' : own ? 'own' : chosen ?? 'microphone',
  };
}

/**
 * @param {Sources['video']} source
 * @returns {Choices}
 */
export function sizeChoices(source) {
  const { width, height } = source && !('readyState' in source) ? source : {};
  const chosen = width && height ? `${width}x${height}` : '';
  const sizes = kSizes.map(([w, t]) => ({ value: `${w}x${t}`, words: `${w} × ${t}` }));
  if (chosen && !sizes.some(({ value }) => value === chosen)) {
    sizes.push({ value: chosen, words: `${width} × ${height}` });
  }
  return { choices: [...sizes, { value: '', words: 'As it comes' }], chosen };
}

/**
 * @param {Sources['video']} source
 * @returns {Choices}
 */
export function rateChoices(source) {
  const { frameRate } = source && !('readyState' in source) ? source : {};
  const rates = kRates.map((rate) => ({ value: String(rate), words: `${rate} fps` }));
  if (frameRate && !kRates.includes(frameRate)) {
    rates.push({ value: String(frameRate), words: `${frameRate} fps` });
  }
  return {
    choices: [...rates, { value: '', words: 'As it comes' }],
    chosen: frameRate ? String(frameRate) : '',
  };
}

/**
 * @param {string} picture  values of the choices
 * @param {string} size
 * @param {string} rate
 * @returns {VideoSource | null}
 */
export function chosenVideo(picture, size, rate) {
  if (picture === 'none') return null;
  const [width, height] = size.split('x').map(Number);
  const deviceId = /^camera:(.+)$/s.exec(picture)?.[1];
  return {
    ...picture === 'screen' && { from: 'screen' },
    ...deviceId && { deviceId },
    ...width && height && { width, height },
    ...rate && { frameRate: Number(rate) },
  };
}

/**
 * @param {string} sound  value of the choice
 * @returns {AudioSource | null}
 */
export function chosenAudio(sound) {
  if (sound === 'none') return null;
  const deviceId = /^microphone:(.+)$/s.exec(sound)?.[1];
  return deviceId ? { deviceId } : {};
}

/**
 * @param {Sources} sources
 * @returns {string} for the button that begins
 */
export function sendWords({ video, audio }) {
  const screen = video && 'from' in video && video.from === 'screen';
  const picture = !video ? '' : 'readyState' in video ? 'picture' : screen ? 'screen' : 'camera';
  const sound = !audio ? '' : 'readyState' in audio ? 'sound' : 'microphone';
  return `Send ${[picture, sound].filter(Boolean).join(' and ') || 'nothing'}`;
}
