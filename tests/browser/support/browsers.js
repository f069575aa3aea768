// SPDX-License-Identifier: LGPL-2.1-or-later
// browsers.js — headless Chromium and Firefox behind one interface: puppeteer's, over CDP and
// WebDriver BiDi.
import puppeteer from 'puppeteer-core';
import { kChromium, kFirefox } from './environment.js';
import { installProbe } from './probe.js';
import { kDeadline } from './until.js';

const kChromiumArguments = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
  '--disable-background-networking', '--disable-component-update',
  '--disable-breakpad', '--disable-crash-reporter',
];

const kFirefoxPreferences = {
  // No add-on, decoder or list is fetched from anywhere.
  'media.gmp-manager.updateEnabled': false,
  'media.gmp-provider.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'app.normandy.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

/**
 * @param {{ args?: string[], autoplay?: boolean }} [options]  `autoplay`: whether sound may play
 *   before anybody has touched the page
 */
export function launchChromium({ args = [], autoplay = true } = {}) {
  return puppeteer.launch({
    browser: 'chrome',
    executablePath: kChromium,
    headless: true,
    protocolTimeout: 180000,
    timeout: 60000,
    args: [
      ...kChromiumArguments,
      ...autoplay ? ['--autoplay-policy=no-user-gesture-required'] : [],
      ...args,
    ],
  });
}

/** @param {{ preferences?: Record<string, unknown>, autoplay?: boolean }} [options] */
export async function launchFirefox({ preferences = {}, autoplay = true } = {}) {
  const launch = () => puppeteer.launch({
    browser: 'firefox',
    executablePath: kFirefox,
    headless: true,
    protocolTimeout: kDeadline,
    timeout: 90000,
    extraPrefsFirefox: {
      ...kFirefoxPreferences,
      ...autoplay && { 'media.autoplay.default': 0, 'media.autoplay.block-webaudio': false },
      ...preferences,
    },
  });
  try {
    return await launch();
  } catch (error) {
    // Now and then Firefox's remote agent does not answer the first commands after its start.
    console.error(`Firefox is started a second time: ${error}`);
    return launch();
  }
}

/** @type {Record<'chromium' | 'firefox', () => Promise<import('puppeteer-core').Browser>>} */
export const kLaunchers = { chromium: launchChromium, firefox: launchFirefox };

/**
 * Opens a page that has `probe` (probe.js).
 *
 * @param {import('puppeteer-core').Browser | import('puppeteer-core').BrowserContext} browser
 * @param {string | null} url  null for an empty page
 * @param {import('puppeteer-core').Viewport} [viewport]
 */
export async function openPage(browser, url, viewport = { width: 1280, height: 800 }) {
  const page = await browser.newPage();
  page.setDefaultTimeout(kDeadline);
  await page.setViewport(viewport);
  await page.evaluateOnNewDocument(installProbe);
  if (url !== null) await page.goto(url, { waitUntil: 'load' });
  return page;
}
