// SPDX-License-Identifier: LGPL-2.1-or-later
// Which codecs an SDP offers, and the words for when none of them fits. Pure.

/**
 * @typedef {object} MediaSection
 * @property {string} kind  `video`, `audio` or `application`
 * @property {boolean} rejected  port 0, unless merely `bundle-only` (RFC 9143, section 6)
 * @property {string[]} codecs  without retransmission and error correction, without duplicates
 */

// Formats that carry or protect other formats and are not codecs themselves.
const kHelpers = new Set(['rtx', 'red', 'ulpfec', 'flexfec-03', 'cn', 'telephone-event']);

const kNames = new Map([
  ['h264', 'H.264'], ['h265', 'H.265'], ['vp8', 'VP8'], ['vp9', 'VP9'], ['av1', 'AV1'],
  ['opus', 'Opus'], ['pcmu', 'PCMU'], ['pcma', 'PCMA'], ['g722', 'G.722'],
]);

/**
 * @param {string} codec  as servers and SDP spell it, such as `H264` or `video/H264`
 * @returns {string} as people spell it, such as `H.264`
 */
export function codecName(codec) {
  const bare = codec.replace(/^(video|audio)\//i, '');
  return kNames.get(bare.toLowerCase()) ?? bare;
}

/**
 * @param {string} sdp
 * @returns {MediaSection[]} in the order of the m-lines
 */
export function parseMediaSections(sdp) {
  /** @type {MediaSection[]} */
  const sections = [];
  for (const line of sdp.split(/\r?\n/)) {
    const media = /^m=(\w+) (\d+) /.exec(line);
    const section = sections.at(-1);
    if (media) {
      sections.push({ kind: media[1] ?? '', rejected: media[2] === '0', codecs: [] });
    } else if (section && line === 'a=bundle-only') {
      section.rejected = false;
    } else if (section) {
      const codec = /^a=rtpmap:\d+ ([^/\s]+)\//.exec(line)?.[1];
      if (codec && !kHelpers.has(codec.toLowerCase())) {
        const name = codecName(codec);
        if (!section.codecs.includes(name)) section.codecs.push(name);
      }
    }
  }
  return sections;
}

/**
 * @param {string[]} names
 * @returns {string} `A`, `A and B`, `A, B and C`
 */
export function enumerate(names) {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/**
 * @param {Iterable<{ mimeType: string }>} capabilities  what `getCapabilities(kind)` lists
 * @returns {string[]} names, without duplicates
 */
export function knownCodecs(capabilities) {
  const names = new Set();
  for (const { mimeType } of capabilities) {
    const bare = mimeType.replace(/^\w+\//, '').toLowerCase();
    if (!kHelpers.has(bare)) names.add(codecName(bare));
  }
  return [...names];
}

/**
 * Compares an offer with the answer that the browser made to it.
 *
 * @param {string} offer
 * @param {string} answer
 * @param {(kind: string) => Iterable<{ mimeType: string }> | null} capabilities  what the browser
 *   could use; null for a kind that it does not want
 * @param {{ server: string, browser: string }} [verbs]  what the two of them do with media
 * @returns {{ allRejected: boolean, message: string } | null} null when every medium was accepted
 */
export function explainRejection(offer, answer, capabilities,
  verbs = { server: 'offers', browser: 'plays' }) {
  const offered = parseMediaSections(offer);
  const answered = parseMediaSections(answer);
  const media = offered
    .map((section, index) => ({ ...section, refused: answered[index]?.rejected ?? true }))
    .filter(({ kind, rejected }) => (kind === 'video' || kind === 'audio') && !rejected
      && capabilities(kind) !== null);
  const refused = media.filter((section) => section.refused);
  if (refused.length === 0) return null;
  const allRejected = refused.length === media.length;
  const kinds = [...new Set(refused.map(({ kind }) => kind))];
  const sentences = kinds.map((kind) => {
    const names = new Set(refused.filter((item) => item.kind === kind).flatMap((s) => s.codecs));
    const own = knownCodecs(capabilities(kind) ?? []);
    const can = own.length > 0 ? `this browser ${verbs.browser} ${enumerate(own)}`
      : `this browser ${verbs.browser} no ${kind} at all`;
    return `the server ${verbs.server} ${kind} as ${enumerate([...names]) || 'an unknown format'}; `
      + can;
  });
  return { allRejected, message: `No codec in common: ${sentences.join('. And ')}` };
}
