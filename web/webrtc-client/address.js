// SPDX-License-Identifier: LGPL-2.1-or-later
// Turns what a user writes for a stream into the addresses of its server. Pure.

/**
 * @typedef {object} StreamAddress
 * @property {string} stream  name of the stream, without a slash
 * @property {string} socketUrl  `ws(s)://` address of the stream's signalling
 * @property {string} baseUrl  `http(s)://…/` address of the server, ends with a slash
 * @property {string} pageUrl  address of the server's own page on this stream
 */

const kStreamName = /^[A-Za-z0-9._~-]{1,64}$/;

// Paths that the server keeps for itself; no stream can have one of these names.
const kReservedNames = new Set([
  'api', 'assets', 'webrtc-client', 'webrtc-client.js', 'healthz', 'metrics', 'favicon.ico',
]);

const kSchemes = new Map([
  ['ws:', false], ['http:', false], ['webrtc:', false],
  ['wss:', true], ['https:', true], ['webrtcs:', true],
]);

/**
 * @param {string} name
 * @returns {boolean} whether a stream may have this name
 */
export function isStreamName(name) {
  return kStreamName.test(name) && name !== '.' && name !== '..' && !kReservedNames.has(name);
}

/**
 * Accepts a path (`/output`, `output`), `ws(s)://`, `http(s)://`, and the address given to
 * `webrtcsink` (`webrtc(s)://`), where `@`, `0.0.0.0` and `[::]` mean the host of `base`.
 *
 * @param {string} src
 * @param {string} [base]  what a relative `src` is relative to; the document by default
 * @returns {StreamAddress}
 * @throws {TypeError} with a sentence for the page's author when `src` names no stream
 */
export function resolveAddress(src, base = globalThis.document?.baseURI) {
  const url = parse(src.trim(), base);
  const secure = kSchemes.get(url.protocol);
  if (secure === undefined) {
    throw new TypeError(`“${hideSecrets(src)}” starts with ${url.protocol}//, which no stream `
      + 'does: use ws, wss, http, https, webrtc or webrtcs');
  }
  if (url.username || url.password) {
    throw new TypeError(`“${hideSecrets(src)}” contains a user name or a password, `
      + 'which browsers refuse in such an address');
  }
  const slash = url.pathname.lastIndexOf('/');
  const stream = decode(url.pathname.slice(slash + 1));
  if (stream === '') {
    throw new TypeError(`“${hideSecrets(src)}” names a server but no stream: `
      + 'add /<stream>, such as /output');
  }
  if (!isStreamName(stream)) {
    throw new TypeError(`“${stream}” cannot be the name of a stream: 1 to 64 of `
      + 'A–Z a–z 0–9 . _ ~ - and none of the server’s own paths');
  }
  const folder = `${url.host}${url.pathname.slice(0, slash + 1)}`;
  const http = secure ? 'https' : 'http';
  return {
    stream,
    socketUrl: `${secure ? 'wss' : 'ws'}://${folder}${stream}${url.search}`,
    baseUrl: `${http}://${folder}`,
    pageUrl: `${http}://${folder}${stream}`,
  };
}

/**
 * What is shown and kept of an address has no token in it.
 *
 * @param {StreamAddress} address
 * @returns {{ address: StreamAddress, token: string }} without `?token=`, and its value
 */
export function splitToken(address) {
  const url = new URL(address.socketUrl);
  const token = url.searchParams.get('token') ?? '';
  if (!url.searchParams.has('token')) return { address, token };
  url.searchParams.delete('token');
  return { address: { ...address, socketUrl: url.href }, token };
}

/**
 * A browser can send no header with a socket, so that its token is part of the address.
 *
 * @param {string} socketUrl
 * @param {string} token  empty for none
 */
export function withToken(socketUrl, token) {
  if (token === '') return socketUrl;
  const url = new URL(socketUrl);
  url.searchParams.set('token', token);
  return url.href;
}

/**
 * @param {string} src
 * @param {string | undefined} base
 */
function parse(src, base) {
  let text = src;
  const sink = /^(webrtcs?:)\/\/(@|0\.0\.0\.0|\[::\])(?=[:/]|$)/i.exec(text);
  if (sink && base) {
    const host = new URL(base).hostname;
    text = `${sink[1]}//${host}${text.slice(sink[0].length)}`;
  }
  // URL treats schemes it does not know as opaque, without a default host or port syntax check.
  const known = text.replace(/^webrtc(s?):/i, (_, s) => `ws${s}:`);
  try {
    return base === undefined ? new URL(known) : new URL(known, base);
  } catch {
    throw new TypeError(`“${hideSecrets(src)}” is not an address`);
  }
}

/** @param {string} text */
function hideSecrets(text) {
  return text.replace(/\/\/[^/@]*@(?=[^:/])/, '//…@').replace(/([?&]token=)[^&#]*/g, '$1…');
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A page loaded over https may not open plain sockets, except to its own machine.
 *
 * @param {StreamAddress} address
 * @param {string} pageProtocol  `location.protocol`
 * @returns {string | null} a sentence that says so, or null
 */
export function mixedContentProblem(address, pageProtocol) {
  const url = new URL(address.socketUrl);
  const own = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (pageProtocol !== 'https:' || url.protocol !== 'ws:' || own) return null;
  return `This page was loaded over https, so the browser refuses ${url.origin}: `
    + 'give the server a certificate and use wss';
}
