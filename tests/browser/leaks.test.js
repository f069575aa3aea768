// SPDX-License-Identifier: LGPL-2.1-or-later
// A hundred viewers that came and went leave nothing behind.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openBarePage } from './support/bare_page.js';
import { launchChromium, launchFirefox } from './support/browsers.js';
import { scratchFolder } from './support/environment.js';
import { Pipeline, sink, testPicture } from './support/pipeline.js';
import { until } from './support/until.js';
import { watch } from './support/watching.js';

const kJoins = 100;

/** Threads and open files of a process. */
function holdings(pid) {
  return {
    threads: readdirSync(`/proc/${pid}/task`).length,
    files: readdirSync(`/proc/${pid}/fd`).length,
  };
}

test(`after ${kJoins} joins no object of GStreamer is left`, async (t) => {
  const log = join(scratchFolder((cleanUp) => t.after(cleanUp)), 'tracer.log');
  const pipeline = await Pipeline.start(
    `${testPicture({ width: 320, height: 180 })} ! ${sink()} audiotestsrc is-live=true ! output.`,
    { environment: { GST_TRACERS: 'leaks', GST_DEBUG: 'GST_TRACER:7', GST_DEBUG_FILE: log } });
  const chromium = await launchChromium();
  const firefox = await launchFirefox();
  const untilAlone = () => until('nobody watches',
    async () => (await pipeline.describe()).peer_count === 0);
  try {
    const bare = await openBarePage(chromium, pipeline);
    const join_ = (joins) => bare.evaluate(async (url, count) => {
      for (let i = 0; i < count; ++i) await bare.joinAndLeave(url, 30000);
    }, pipeline.socketUrl, joins);
    // What is made once and kept, such as pools of threads, is made by the first.
    await join_(10);
    for (const browser of [firefox, chromium]) {
      const page = await watch(browser, pipeline);
      await page.close();
    }
    await untilAlone();
    const before = holdings(pipeline.pid);
    await join_(kJoins);
    await untilAlone();
    await until('threads and files are back where they were', () => {
      const { threads, files } = holdings(pipeline.pid);
      return threads <= before.threads && files <= before.files;
    }, { otherwise: () => ({ before, now: holdings(pipeline.pid) }) });
  } finally {
    await chromium.close();
    await firefox.close();
    assert.equal(await pipeline.stop(), 0);
  }
  const lines = readFileSync(log, 'utf8').split('\n');
  assert.ok(lines.some((line) => line.includes('GST_TRACER')), 'the tracer was at work');
  // The line with %s describes the format. The DTLS plugin keeps one agent for the certificates it
  // generates, for the life of the process.
  const alive = lines.flatMap((line) => /object-alive, (.*)/.exec(line)?.[1] ?? [])
    .filter((line) => !/^type-name=\(string\)(%s|GstDtlsAgent),/.test(line));
  assert.deepEqual(alive, []);
});
