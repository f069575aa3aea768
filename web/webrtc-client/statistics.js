// SPDX-License-Identifier: LGPL-2.1-or-later
// Statistics of a connection, once per interval, from RTCPeerConnection.getStats: what is common to
// both directions. Pure.

/**
 * @typedef {object} ConnectionStatistics
 * @property {number | null} roundTripTime  ms, of the selected candidate pair
 * @property {number | null} availableIncomingBitrate  bit/s
 * @property {number | null} availableOutgoingBitrate  bit/s
 * @property {string | null} localCandidateType  `host`, `srflx`, `prflx` or `relay`
 * @property {string | null} remoteCandidateType
 * @property {string | null} localAddress  with port; browsers hide it from most pages
 * @property {string | null} remoteAddress  with port
 * @property {string | null} protocol  `udp` or `tcp`
 * @property {string | null} relayProtocol  between this browser and its TURN server
 * @property {string | null} encryption  SRTP cipher
 */

/** @typedef {Record<string, any>} Stat  one entry of an RTCStatsReport */

/**
 * @param {unknown} value
 * @returns {number | null}
 */
export function number(value) {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/**
 * @param {unknown} value
 * @returns {string | null}
 */
export function text(value) {
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * @param {unknown} seconds
 * @returns {number | null}
 */
export function milliseconds(seconds) {
  const value = number(seconds);
  return value === null ? null : value * 1000;
}

/**
 * Growth of a counter per second; a counter that went backwards was reset and has grown by nothing.
 *
 * @param {Stat} now
 * @param {Stat | undefined} before
 * @param {string} field
 * @returns {number | null}
 */
export function rate(now, before, field) {
  const value = number(now[field]);
  if (value === null) return null;
  const seconds = before ? (now.timestamp - before.timestamp) / 1000 : 0;
  if (!before || !(seconds > 0)) return 0;
  return Math.max(0, value - (number(before[field]) ?? 0)) / seconds;
}

/**
 * Mean of what `total` accumulated per `count` during the last interval, in milliseconds.
 *
 * @param {Stat} now
 * @param {Stat | undefined} before
 * @param {string} total  field in seconds
 * @param {string} count
 * @returns {number | null} null when nothing was counted
 */
export function mean(now, before, total, count) {
  const sum = number(now[total]);
  const items = number(now[count]);
  if (sum === null || items === null) return null;
  const grown = items - (number(before?.[count]) ?? 0);
  return grown > 0 ? ((sum - (number(before?.[total]) ?? 0)) / grown) * 1000 : null;
}

/**
 * @param {ReadonlyMap<string, Stat>} report
 * @returns {Stat | undefined}
 */
function selectedPair(report) {
  const stats = [...report.values()];
  const transport = stats.find(({ type }) => type === 'transport');
  const named = report.get(transport?.selectedCandidatePairId);
  if (named) return named;
  // Firefox names no pair on the transport; it marks the pair itself.
  const pairs = stats.filter(({ type }) => type === 'candidate-pair');
  return pairs.find(({ selected }) => selected)
    ?? pairs.find(({ nominated, state }) => nominated && state === 'succeeded');
}

/**
 * @param {Stat | undefined} candidate
 * @returns {string | null}
 */
function endpoint(candidate) {
  const address = text(candidate?.address);
  if (address === null) return null;
  return `${address.includes(':') ? `[${address}]` : address}:${candidate?.port}`;
}

/**
 * @param {ReadonlyMap<string, Stat>} report
 * @returns {ConnectionStatistics}
 */
function connection(report) {
  const pair = selectedPair(report);
  const local = report.get(pair?.localCandidateId);
  const remote = report.get(pair?.remoteCandidateId);
  const transport = [...report.values()].find(({ type }) => type === 'transport');
  return {
    roundTripTime: milliseconds(pair?.currentRoundTripTime),
    availableIncomingBitrate: number(pair?.availableIncomingBitrate),
    availableOutgoingBitrate: number(pair?.availableOutgoingBitrate),
    localCandidateType: text(local?.candidateType),
    remoteCandidateType: text(remote?.candidateType),
    localAddress: endpoint(local),
    remoteAddress: endpoint(remote),
    protocol: text(local?.protocol),
    relayProtocol: text(local?.relayProtocol),
    encryption: text(transport?.srtpCipher),
  };
}

/**
 * @template {{ kind: 'video' | 'audio', bitrate: number }} Track
 * @typedef {object} Sample
 * @property {number} time  when it was measured, milliseconds since 1970
 * @property {number} interval  s since the sample before, 0 for the first
 * @property {number} bitrate  bit/s of all tracks
 * @property {Track | null} video  the first video track
 * @property {Track | null} audio  the first audio track
 * @property {Track[]} tracks
 * @property {ConnectionStatistics} connection
 */

/** @template {{ kind: 'video' | 'audio', bitrate: number }} Track */
export class TrackSampler {
  #type;
  #read;
  /** @type {ReadonlyMap<string, Stat>} */
  #before = new Map();

  /**
   * @param {'inbound-rtp' | 'outbound-rtp'} type
   * @param {(stat: Stat, before: Stat | undefined, report: ReadonlyMap<string, Stat>,
   *   reportBefore: ReadonlyMap<string, Stat>) => Track} read
   */
  constructor(type, read) {
    this.#type = type;
    this.#read = read;
  }

  /**
   * @param {ReadonlyMap<string, Stat>} report  an RTCStatsReport
   * @param {number} time  milliseconds since 1970
   * @returns {Sample<Track>} differences are those to the report given before
   */
  sample(report, time) {
    const before = this.#before;
    const stats = [...report.values()].filter(({ type, kind }) => type === this.#type
      && (kind === 'video' || kind === 'audio'));
    const tracks = stats.map((stat) => this.#read(stat, before.get(stat.id), report, before));
    const first = stats.find(({ id }) => before.has(id));
    const interval = first ? (first.timestamp - before.get(first.id)?.timestamp) / 1000 : 0;
    // A report of the browser may be alive; a copy stays what it was.
    this.#before = new Map(report);
    return {
      time,
      interval,
      bitrate: tracks.reduce((sum, { bitrate }) => sum + bitrate, 0),
      video: tracks.find(({ kind }) => kind === 'video') ?? null,
      audio: tracks.find(({ kind }) => kind === 'audio') ?? null,
      tracks,
      connection: connection(report),
    };
  }
}
