// SPDX-License-Identifier: LGPL-2.1-or-later
// far_browser.js ws://HOST:PORT/STREAM — Chromium in another network (tests/nat/two_networks.py):
// opens the stream's page. Prints "media" once pictures move, or else the page's words.
import { launchChromium, openPage } from './browsers.js';
import { until } from './until.js';

const kPatience = 60000;  // ms: a session has 15 s, and the page waits five more for the server

const url = process.argv[2].replace(/^ws:/, 'http:');
const browser = await launchChromium();
try {
  const page = await openPage(browser, url);
  const words = await until('the page plays or says why not', async () => {
    const { state, message, hint } = await page.evaluate(() => probe.state()) ?? {};
    if (state === 'live' && await page.evaluate(() => probe.framesDecoded()) > 5) return 'media';
    return state === 'failed' && `${message}: ${hint}`;
  }, { deadline: kPatience, otherwise: () => page.evaluate(() => probe.states()) });
  console.log(words);
} finally {
  await browser.close();
}
