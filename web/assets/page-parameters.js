// SPDX-License-Identifier: LGPL-2.1-or-later
// What the address of the page asks for, and the address for what the page shows. Pure.

import { isStreamName } from '../webrtc-client/address.js';
import { plainName } from '../webrtc-client/stream-info.js';

/**
 * @typedef {object} PageParameters
 * @property {string[]} streams  to play, in this order
 * @property {string[]} invalid  what was asked for and cannot be a stream's name
 * @property {boolean} embed  only the player
 * @property {boolean} muted
 * @property {boolean} controls
 * @property {boolean} autoplay
 * @property {boolean} statistics  whether the statistics are open at first
 */

/**
 * `?muted`, `?muted=1` and `?muted=true` are true; `?muted=0` and `?muted=false` are false.
 *
 * @param {URLSearchParams} query
 * @param {string} name
 * @param {boolean} absent  value when the parameter is not there
 */
function flag(query, name, absent) {
  const value = query.get(name);
  return value === null ? absent : !['0', 'false', 'no', 'off'].includes(value.toLowerCase());
}

/**
 * @param {string} address  of the page
 * @param {string} base  folder of the page, ends with a slash
 * @returns {PageParameters}
 */
export function parsePageParameters(address, base) {
  const url = new URL(address);
  const query = url.searchParams;
  const folder = new URL(base).pathname;
  const path = url.pathname.startsWith(folder) ? url.pathname.slice(folder.length) : '';
  const own = query.get('role') === 'publish' && path !== '' ? `${decode(path)}?role=publish`
    : decode(path);
  const wanted = [own, ...query.getAll('stream').flatMap((value) => value.split(','))]
    .map((name) => name.trim().replace(/^\//, ''))
    .filter((name) => name !== '' && name !== 'index.html');
  const names = [...new Set(wanted)];
  const embed = flag(query, 'embed', false);
  return {
    streams: names.filter((name) => isStreamName(plainName(name))),
    invalid: names.filter((name) => !isStreamName(plainName(name))),
    embed,
    muted: flag(query, 'muted', false),
    controls: flag(query, 'controls', !embed),
    autoplay: flag(query, 'autoplay', true),
    statistics: flag(query, 'statistics', false),
  };
}

/**
 * @param {string} base  folder of the page, ends with a slash
 * @param {readonly string[]} streams
 * @param {string} [search]  query whose other parameters are kept
 * @returns {string} address of the page that plays these streams
 */
export function pageAddress(base, streams, search = '') {
  const url = new URL(base);
  const parts = search.replace(/^\?/, '').split('&')
    .filter((part) => part !== '' && !/^(stream|role)(=|$)/.test(part));
  const [only = '', ...others] = streams;
  if (only !== '' && others.length === 0) {
    url.pathname += plainName(only);
    if (only !== plainName(only)) parts.unshift(only.slice(plainName(only).length + 1));
  } else {
    parts.unshift(...streams.map((name) => `stream=${name}`));
  }
  url.search = parts.join('&');
  return url.href;
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
