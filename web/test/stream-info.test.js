// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWatchable, parseStreamInfo, parseStreams } from '../webrtc-client/stream-info.js';

test('a full description', () => {
  const info = parseStreamInfo('/output', {
    flags: ['video', 'send'], peer_count: 3, name: 'output', state: 'waiting', max_viewers: 256,
    media: [{ kind: 'video', name: 'video_0', codecs: ['H264'], width: 1280, height: 720 }],
    meta: { title: 'Front camera', nested: {}, floor: 2, indoor: true },
  });
  assert.deepEqual(info, {
    name: 'output',
    direction: 'out',
    flags: ['video', 'send'],
    state: 'waiting',
    peers: 3,
    maxPeers: 256,
    media: [{ kind: 'video', name: 'video_0', codecs: ['H264'], width: 1280, height: 720 }],
    meta: { title: 'Front camera', floor: 2, indoor: true },
  });
});

test('the jetson-inference server’s description is enough', () => {
  const info = parseStreamInfo('/output', { flags: ['video', 'send'], peer_count: 1 });
  assert.equal(info?.name, 'output');
  assert.equal(info?.state, 'live');
  assert.deepEqual(info?.media, []);
});

test('nonsense becomes neutral values or nothing', () => {
  assert.equal(parseStreamInfo('/output', null), null);
  assert.equal(parseStreamInfo('/', {}), null);
  const info = parseStreamInfo('/output', {
    flags: 'video', peer_count: 'many', state: 'exploded', meta: [],
    media: [null, { kind: 'smell' }, { kind: 'audio', codecs: [1, 'OPUS'], width: Number.NaN }],
  });
  assert.deepEqual(info?.flags, []);
  assert.equal(info?.peers, 0);
  assert.equal(info?.state, 'live');
  assert.deepEqual(info?.media, [{ kind: 'audio', name: 'audio', codecs: ['OPUS'] }]);
  assert.equal(parseStreams('x').size, 0);
});

test('the order of the server is kept', () => {
  assert.deepEqual([...parseStreams({ '/b': {}, '/a': {}, '/c': null }).keys()], ['b', 'a']);
});

test('a stream that only receives cannot be watched', () => {
  /** @param {string[]} flags */
  const watchable = (flags) => {
    const info = parseStreamInfo('/x', { flags });
    return info !== null && isWatchable(info);
  };
  assert.ok(watchable(['video', 'send']));
  assert.ok(watchable([]));
  assert.ok(watchable(['send', 'receive']));
  assert.ok(!watchable(['video', 'receive']));
});
