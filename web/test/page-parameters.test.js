// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageAddress, parsePageParameters } from '../assets/page-parameters.js';

const kBase = 'http://camera:8554/';
/** @param {string} rest */
const parse = (rest) => parsePageParameters(`http://camera:8554/${rest}`, kBase);

test('streams come from the path and the query, in order and once', () => {
  assert.deepEqual(parse('').streams, []);
  assert.deepEqual(parse('index.html').streams, []);
  assert.deepEqual(parse('output').streams, ['output']);
  assert.deepEqual(parse('?stream=a&stream=b').streams, ['a', 'b']);
  assert.deepEqual(parse('?stream=a,b,%20c').streams, ['a', 'b', 'c']);
  assert.deepEqual(parse('?stream=/a').streams, ['a']);
  assert.deepEqual(parse('b?stream=a,b').streams, ['b', 'a']);
});

test('names that no stream has are kept apart', () => {
  const { streams, invalid } = parse('?stream=a,<img%20src=x>,..');
  assert.deepEqual(streams, ['a']);
  assert.deepEqual(invalid, ['<img src=x>', '..']);
});

test('a proxy’s folder is no stream', () => {
  const base = 'https://example.org/cameras/';
  assert.deepEqual(parsePageParameters(`${base}front`, base).streams, ['front']);
  assert.deepEqual(parsePageParameters(base, base).streams, []);
});

test('flags', () => {
  assert.deepEqual(parse('output'), {
    streams: ['output'], invalid: [], embed: false, muted: false, controls: true, autoplay: true,
    statistics: false,
  });
  const embedded = parse('output?embed&muted&autoplay');
  assert.ok(embedded.embed && embedded.muted && embedded.autoplay && !embedded.controls);
  assert.ok(parse('output?embed&controls').controls);
  assert.ok(!parse('?controls=0').controls);
  assert.ok(!parse('?autoplay=false').autoplay);
  assert.ok(!parse('?embed=0').embed);
  assert.ok(parse('?muted=1').muted);
});

test('the address of what plays', () => {
  assert.equal(pageAddress(kBase, []), kBase);
  assert.equal(pageAddress(kBase, ['a']), 'http://camera:8554/a');
  assert.equal(pageAddress(kBase, ['a', 'b']), 'http://camera:8554/?stream=a&stream=b');
  assert.equal(pageAddress(kBase, ['a'], '?stream=x&muted&streams=y'),
    'http://camera:8554/a?muted&streams=y');
});

test('a name in both directions is told apart by its role', () => {
  assert.equal(pageAddress(kBase, ['a?role=publish'], '?muted'),
    'http://camera:8554/a?role=publish&muted');
  assert.equal(pageAddress(kBase, ['a'], '?role=publish'), 'http://camera:8554/a');
  assert.deepEqual(parse('a?role=publish').streams, ['a?role=publish']);
  assert.deepEqual(parse('a?role=view').streams, ['a']);
  assert.deepEqual(parse('?stream=a?role=other').invalid, ['a?role=other']);
});

test('an address and its parameters agree', () => {
  for (const streams of [[], ['a'], ['a', 'b', 'c'], ['a?role=publish'], ['a?role=publish', 'a']]) {
    assert.deepEqual(parsePageParameters(pageAddress(kBase, streams, '?muted'), kBase).streams,
      streams);
  }
});
