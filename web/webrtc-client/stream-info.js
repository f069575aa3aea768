// SPDX-License-Identifier: LGPL-2.1-or-later
// What a server says about its streams, checked field by field. Pure.

/**
 * @typedef {'waiting' | 'live' | 'paused' | 'ended' | 'error'} PipelineState
 *
 * @typedef {object} MediaInfo
 * @property {'video' | 'audio'} kind
 * @property {string} name  the pad, such as `video_0`
 * @property {string[]} codecs  in order of preference, such as `H264`
 * @property {number} [width]  pixels
 * @property {number} [height]  pixels
 * @property {number} [framerate]  frames per second
 *
 * @typedef {object} StreamInfo
 * @property {string} name  with `?role=publish` where a stream to watch has the same
 * @property {'in' | 'out'} direction  seen from the server: `in` takes what a browser sends
 * @property {string[]} flags  of `video`, `audio`, `send`, `recv`, `multi_client`
 * @property {PipelineState} state
 * @property {number} peers  who watch, or send
 * @property {number | null} maxPeers
 * @property {MediaInfo[]} media
 * @property {Record<string, string | number | boolean>} meta
 */

const kStates = ['waiting', 'live', 'paused', 'ended', 'error'];

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {number | undefined}
 */
function positive(value) {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

/**
 * @param {unknown} value
 * @returns {string[]}
 */
function strings(value) {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/**
 * @param {unknown} value
 * @returns {PipelineState | null}
 */
export function parseState(value) {
  return typeof value === 'string' && kStates.includes(value)
    ? /** @type {PipelineState} */ (value) : null;
}

/**
 * @param {unknown} value  one element of `media`
 * @returns {MediaInfo | null}
 */
function parseMedia(value) {
  if (!isObject(value) || (value.kind !== 'video' && value.kind !== 'audio')) return null;
  /** @type {MediaInfo} */
  const media = {
    kind: value.kind,
    name: typeof value.name === 'string' ? value.name : value.kind,
    codecs: strings(value.codecs),
  };
  for (const field of /** @type {const} */ (['width', 'height', 'framerate'])) {
    const number = positive(value[field]);
    if (number !== undefined) media[field] = number;
  }
  return media;
}

/**
 * The jetson-inference server sends only `flags` and `peer_count`; the rest gets neutral values.
 *
 * @param {string} key  `/output`
 * @param {unknown} value
 * @returns {StreamInfo | null} null when it is no description of a stream
 */
export function parseStreamInfo(key, value) {
  if (!isObject(value)) return null;
  const name = plainName(key.replace(/^\//, ''));
  if (name === '') return null;
  /** @type {StreamInfo['meta']} */
  const meta = {};
  if (isObject(value.meta)) {
    for (const [field, item] of Object.entries(value.meta)) {
      if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') {
        meta[field] = item;
      }
    }
  }
  const flags = strings(value.flags);
  return {
    name,
    direction: parseDirection(value.direction, flags),
    flags,
    state: parseState(value.state) ?? 'live',
    peers: positive(value.peer_count) ?? 0,
    maxPeers: positive(value.max_viewers) ?? positive(value.max_publishers) ?? null,
    media: Array.isArray(value.media)
      ? value.media.map(parseMedia).filter((item) => item !== null) : [],
    meta,
  };
}

/**
 * @param {unknown} value  the object of `GET /api/streams`
 * @returns {Map<string, StreamInfo>} by name, in the server's order
 */
export function parseStreams(value) {
  if (!isObject(value)) return new Map();
  return byName(Object.entries(value).map(([key, item]) => parseStreamInfo(key, item))
    .filter((info) => info !== null));
}

/**
 * What the server calls a stream, in whichever direction.
 *
 * @param {string} name
 */
export function plainName(name) {
  return name.replace(/\?role=publish$/, '');
}

/**
 * A name may be there once in each direction; that of the one which takes what a browser sends then
 * says so, as its address does.
 *
 * @param {StreamInfo[]} infos
 * @returns {Map<string, StreamInfo>}
 */
export function byName(infos) {
  const outputs = new Set(infos.filter(isWatchable).map(({ name }) => plainName(name)));
  return new Map(infos.map((info) => {
    const plain = plainName(info.name);
    const name = isPublishable(info) && outputs.has(plain) ? `${plain}?role=publish` : plain;
    return [name, { ...info, name }];
  }));
}

/**
 * @param {ReadonlyMap<string, StreamInfo>} streams
 * @param {string} name  as the server calls it
 * @param {(info: StreamInfo) => boolean} accepts  which of two is meant
 * @returns {StreamInfo | undefined} one that is not accepted where there is no other
 */
export function findStream(streams, name, accepts) {
  const named = [...streams.values()].filter((info) => plainName(info.name) === name);
  return named.find(accepts) ?? named[0];
}

/**
 * @param {ReadonlyMap<string, StreamInfo>} streams
 * @param {ReadonlyMap<string, StreamInfo>} news  of some of them, or of further ones
 */
export function withNews(streams, news) {
  const rest = [...news.values()];
  const infos = [...streams.values()].map((info) => {
    const at = rest.findIndex((other) => other.direction === info.direction
      && plainName(other.name) === plainName(info.name));
    return rest.splice(at, at < 0 ? 0 : 1)[0] ?? info;
  });
  return byName([...infos, ...rest]);
}

/**
 * @param {unknown} value
 * @param {string[]} flags  tell it where the server does not
 * @returns {StreamInfo['direction']}
 */
function parseDirection(value, flags) {
  if (value === 'in' || value === 'out') return value;
  const takes = flags.includes('recv') || flags.includes('receive');
  return takes && !flags.includes('send') ? 'in' : 'out';
}

/** @param {StreamInfo} info */
export function isWatchable(info) {
  return info.direction === 'out';
}

/** @param {StreamInfo} info */
export function isPublishable(info) {
  return info.direction === 'in';
}
