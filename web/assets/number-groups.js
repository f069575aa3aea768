// SPDX-License-Identifier: LGPL-2.1-or-later
// Which numbers there are: the tables behind the statistics in words. Pure.

import {
  formatBitrate, formatBytes, formatLevel, formatMilliseconds, formatNumber, formatShare,
  formatSize, kUnknown,
} from './format.js';

/**
 * @typedef {import('../webrtc-client/statistics.js').ConnectionStatistics} ConnectionStatistics
 * @typedef {import('../webrtc-client/received-statistics.js').Statistics} Statistics
 * @typedef {import('../webrtc-client/received-statistics.js').TrackStatistics} TrackStatistics
 * @typedef {import('../webrtc-client/sent-statistics.js').SentStatistics} SentStatistics
 * @typedef {import('../webrtc-client/sent-statistics.js').SentTrackStatistics} SentTrackStatistics
 */

/**
 * @template Any
 * @typedef {object} Group
 * @property {string} title
 * @property {(statistics: Any) => Array<[string, string]> | null} rows  null: not shown
 */

const kCandidates = new Map([
  ['host', 'direct'], ['srflx', 'through NAT'], ['prflx', 'through NAT'], ['relay', 'relayed'],
]);

/** @param {string | null} type */
function candidate(type) {
  return type === null ? kUnknown : `${type} (${kCandidates.get(type) ?? 'other'})`;
}

/**
 * @param {TrackStatistics} track
 * @returns {Array<[string, string]>}
 */
function commonRows(track) {
  return [
    ['Codec', track.codec ?? kUnknown],
    ['Bitrate', formatBitrate(track.bitrate)],
    ['Received', formatBytes(track.bytesReceived)],
    ['Packets', formatNumber(track.packetsReceived)],
    ['Packets lost', `${formatNumber(track.packetsLost)} `
      + `(${formatShare(track.packetsLost, track.packetsReceived)})`],
    ['Jitter', formatMilliseconds(track.jitter)],
    ['Jitter buffer', formatMilliseconds(track.jitterBufferDelay)],
  ];
}

/**
 * @param {string | null} name  of a decoder or an encoder
 * @param {boolean | null} powerEfficient
 */
function coderName(name, powerEfficient) {
  const kind = { true: 'hardware', false: 'software', null: '' }[String(powerEfficient)];
  if (name === null) return kind || kUnknown;
  return kind ? `${name} (${kind})` : name;
}

/**
 * @param {ConnectionStatistics} connection
 * @returns {Array<[string, string]>}
 */
function pathRows(connection) {
  return [
    ['This browser', candidate(connection.localCandidateType)],
    ['Server', candidate(connection.remoteCandidateType)],
    ['Server address', connection.remoteAddress ?? kUnknown],
    ['Transport', (connection.protocol ?? kUnknown).toUpperCase()
      + (connection.relayProtocol ? ` over TURN/${connection.relayProtocol.toUpperCase()}` : '')],
    ['Encryption', connection.encryption?.replaceAll('_', ' ') ?? kUnknown],
  ];
}

/** @type {Array<Group<Statistics>>} */
export const kReceivedGroups = [
  {
    title: 'Video',
    rows: ({ video }) => video && [
      ['Resolution', formatSize(video.width, video.height)],
      ['Frame rate', `${formatNumber(video.framesPerSecond, 1)} fps`],
      ...commonRows(video),
      ['Frames received', formatNumber(video.framesReceived)],
      ['Frames decoded', formatNumber(video.framesDecoded)],
      ['Frames dropped', formatNumber(video.framesDropped)],
      ['Key frames', formatNumber(video.keyFramesDecoded)],
      ['Freezes', formatNumber(video.freezeCount)],
      ['Decoding', formatMilliseconds(video.decodeTime)],
      ['Decoder', coderName(video.decoder, video.powerEfficientDecoder)],
      ['Requests', `${formatNumber(video.nackCount)} NACK, ${formatNumber(video.pliCount)} PLI`],
    ],
  },
  {
    title: 'Audio',
    rows: ({ audio }) => audio && [
      ['Level', formatLevel(audio.audioLevel)],
      ...commonRows(audio),
      ['Concealed', formatNumber(audio.concealedSamples)],
    ],
  },
  {
    title: 'Network',
    rows: ({ bitrate, bytesReceived, connection }) => [
      ['Round trip', formatMilliseconds(connection.roundTripTime)],
      ['Bitrate', formatBitrate(bitrate)],
      ['Received', formatBytes(bytesReceived)],
      ...pathRows(connection),
    ],
  },
];


const kLimitations = new Map([
  ['none', 'nothing'], ['cpu', 'this computer’s speed'], ['bandwidth', 'the network'],
  ['other', 'something else'],
]);

/** @param {SentTrackStatistics} video */
function limitationWords({ limitation, limitationDurations }) {
  if (limitation === null) return kUnknown;
  const words = kLimitations.get(limitation) ?? limitation;
  const past = Object.entries(limitationDurations ?? {})
    .filter(([reason, seconds]) => reason !== 'none' && seconds >= 1)
    .map(([reason, seconds]) => `${reason} ${seconds.toFixed(0)} s`);
  return past.length > 0 ? `${words} (so far: ${past.join(', ')})` : words;
}

/**
 * @param {SentTrackStatistics} track
 * @returns {Array<[string, string]>}
 */
function commonSentRows(track) {
  return [
    ['Codec', track.codec ?? kUnknown],
    ['Bitrate', track.targetBitrate ? `${formatBitrate(track.bitrate)} of `
      + formatBitrate(track.targetBitrate) : formatBitrate(track.bitrate)],
    ['Sent', formatBytes(track.bytesSent)],
    ['Packets', formatNumber(track.packetsSent)],
    ['Packets resent', formatNumber(track.retransmittedPacketsSent)],
    ['Packets lost', `${formatNumber(track.packetsLost)} `
      + `(${formatShare(track.packetsLost, track.packetsSent)})`],
    ['Jitter', formatMilliseconds(track.jitter)],
  ];
}

/** @type {Array<Group<SentStatistics>>} */
export const kSentGroups = [
  {
    title: 'Video',
    rows: ({ video }) => video && [
      ['Resolution', formatSize(video.width, video.height)],
      ['Frame rate', `${formatNumber(video.framesPerSecond, 1)} fps`],
      ['Of the source', video.sourceFramesPerSecond === null ? kUnknown
        : `${formatNumber(video.sourceFramesPerSecond, 1)} fps`],
      ['Limited by', limitationWords(video)],
      ...commonSentRows(video),
      ['Frames encoded', formatNumber(video.framesEncoded)],
      ['Frames sent', formatNumber(video.framesSent)],
      ['Key frames', formatNumber(video.keyFramesEncoded)],
      ['Encoding', formatMilliseconds(video.encodeTime)],
      ['Encoder', coderName(video.encoder, video.powerEfficientEncoder)],
      ['Requests', `${formatNumber(video.nackCount)} NACK, ${formatNumber(video.pliCount)} PLI`],
    ],
  },
  {
    title: 'Audio',
    rows: ({ audio }) => audio && [
      ['Level', formatLevel(audio.audioLevel)],
      ...commonSentRows(audio),
    ],
  },
  {
    title: 'Network',
    rows: ({ bitrate, bytesSent, connection }) => [
      ['Round trip', formatMilliseconds(connection.roundTripTime)],
      ['Bitrate', formatBitrate(bitrate)],
      ['Estimate', formatBitrate(connection.availableOutgoingBitrate)],
      ['Sent', formatBytes(bytesSent)],
      ...pathRows(connection),
    ],
  },
];
