// SPDX-License-Identifier: LGPL-2.1-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureObstacle, explainCapture } from '../webrtc-client/capture-problem.js';

/** @param {string} name @param {string} [message] */
const error = (name, message) => new DOMException(message, name);

test('each refusal of a browser has its words', () => {
  const cases = /** @type {const} */ ([
    ['NotAllowedError', 'denied', 'This page may not use the camera and the microphone'],
    ['NotFoundError', 'none', 'No camera and no microphone were found'],
    ['NotReadableError', 'in-use', 'The camera and the microphone cannot be opened'],
    ['OverconstrainedError', 'gone', 'The chosen camera is not there'],
    ['TypeError', 'failed', 'The camera and the microphone could not be opened'],
  ]);
  for (const [name, cause, message] of cases) {
    const problem = explainCapture(error(name, 'why'), ['camera', 'microphone']);
    assert.deepEqual([problem.cause, problem.message], [cause, message]);
    assert.notEqual(problem.hint, '');
  }
});

test('who forbade it is told apart', () => {
  assert.match(explainCapture(error('NotAllowedError', 'Permission denied by system'), ['camera'])
    .message, /^The system does not let/);
  assert.equal(explainCapture(error('NotAllowedError'), ['screen']).message,
    'No screen was chosen');
});

test('a secure page that may use devices has no obstacle', () => {
  const facts = {
    secure: true, supported: true, allowed: true, address: 'https://robot/input',
  };
  assert.equal(captureObstacle(facts, ['camera']), null);
  assert.equal(captureObstacle({ ...facts, supported: false }, ['screen'])?.cause, 'unsupported');
  assert.equal(captureObstacle({ ...facts, allowed: false }, ['camera'])?.cause, 'denied');
});

test('without a port the addresses have none', () => {
  const obstacle = captureObstacle(
    { secure: false, supported: false, allowed: true, address: 'http://robot/in' }, ['camera']);
  assert.match(obstacle?.hint ?? '', /http:\/\/localhost\/in /);
});
