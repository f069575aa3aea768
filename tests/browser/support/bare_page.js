// SPDX-License-Identifier: LGPL-2.1-or-later
// bare_page.js — a page of the server's origin without any of the server's scripts.
import { installBareClient } from './bare_client.js';
import { openPage } from './browsers.js';
import { until } from './until.js';

/**
 * @param {import('puppeteer-core').Browser} browser
 * @param {import('./pipeline.js').Pipeline} pipeline
 */
export async function openBarePage(browser, pipeline) {
  const page = await openPage(browser, pipeline.url('/healthz'));
  await page.evaluate(installBareClient);
  return page;
}

/**
 * @param {import('puppeteer-core').Page} page
 * @param {string} url  of the socket
 * @param {{ answer?: 'honest' | 'none' | 'false fingerprint', codec?: string }} [options]
 * @returns {Promise<number>} the viewer's number
 */
export function openViewer(page, url, options = {}) {
  return page.evaluate((u, o) => bare.open(u, o), url, options);
}

/** @returns {Promise<any>} what is known about a viewer */
export function lookAt(page, viewer) {
  return page.evaluate((number) => bare.look(number), viewer);
}

/**
 * @param {string} what
 * @param {(look: any) => boolean} test
 */
export async function untilViewer(page, viewer, what, test) {
  await until(`a viewer ${what}`, async () => test(await lookAt(page, viewer)),
    { otherwise: () => lookAt(page, viewer) });
  return await lookAt(page, viewer);
}
