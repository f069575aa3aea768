// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the page's token comes from, and where it is kept: for this tab only.

const kPrefix = 'gst-webrtc-server.token.';

/**
 * @param {string} href
 * @returns {{ address: string, token: string | null }} the address without `?token=`, and its value
 */
export function addressWithoutToken(href) {
  const url = new URL(href);
  const token = url.searchParams.get('token');
  if (token === null) return { address: href, token };
  // The rest stays as it was written: `?embed` does not become `?embed=`.
  const rest = url.search.slice(1).split('&').filter((part) => !/^token(=|$)/.test(part));
  url.search = rest.join('&');
  return { address: url.href, token };
}

/**
 * @param {string} base  of the server: a proxy may serve several on one origin
 * @returns {string} empty where there is none
 */
export function readToken(base) {
  try {
    return sessionStorage.getItem(kPrefix + base) ?? '';
  } catch {
    return '';
  }
}

/**
 * @param {string} base
 * @param {string} token
 */
export function writeToken(base, token) {
  try {
    sessionStorage.setItem(kPrefix + base, token);
  } catch {
    // It then lasts as long as the page; frames of other sites may be refused a storage.
  }
}
