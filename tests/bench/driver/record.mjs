// SPDX-License-Identifier: LGPL-2.1-or-later
// record.mjs — what recording a browser's camera costs, as it was encoded: processor time of the
// receiver over the window.
import { rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { publishing, sentOver } from './camera.mjs';
import { summarise } from './rows.mjs';

const kWritten = 0.8; // of what was sent; the rest is packets' headers and what is on its way

async function round(options, browser, ends) {
  const path = resolve(join(options.output, 'recording.mkv'));
  try {
    return await publishing(options, browser, ends, path, async (page, receiver, settle) => {
      await settle();
      const before = statSync(path).size;
      const sent = await sentOver(options, page, receiver);
      const written = (8 * (statSync(path).size - before)) / sent.seconds;
      return {
        ...sent,
        written,
        void:
          sent.void ??
          (written < kWritten * sent.bitsPerSecond
            ? `${Math.round(written)} of ${Math.round(sent.bitsPerSecond)} bit/s recorded`
            : null),
      };
    });
  } finally {
    rmSync(path, { force: true });
  }
}

export async function run(options) {
  return summarise(
    options,
    (browser, ends) => round(options, browser, ends),
    [
      ['CPU, recording as encoded', '% of a core', ({ cpu }) => 100 * cpu],
      ['frames per second sent', '', ({ framesPerSecond }) => framesPerSecond],
      ['recorded', 'Mbit/s', ({ written }) => written / 1e6],
    ],
  );
}
