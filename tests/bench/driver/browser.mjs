// SPDX-License-Identifier: LGPL-2.1-or-later
// browser.mjs — headless Chromium with page.js in it, on the server's own origin.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const kScript = readFileSync(new URL('page.js', import.meta.url), 'utf8');
const kCamera = readFileSync(new URL('camera.js', import.meta.url), 'utf8');
const kWeb = fileURLToPath(new URL('../../../web', import.meta.url));
const kArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

export const kOpenTimeout = 15000; // ms

export async function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: kArguments,
  });
}

/**
 * A page whose origin is the server's, so that a server which checks Origin takes its socket. The
 * document is the server's answer to /healthz, of no consequence; what runs in it is page.js, the
 * same for every sink.
 */
export async function openPage(browser, origin, script = kScript) {
  const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
  await page.goto(`${origin}/healthz`);
  await page.evaluate(script);
  return page;
}

/**
 * A page with a camera, and the project's client to send it to any server: the baseline has no
 * pages, so both get the modules from the working tree.
 */
export async function openCamera(browser, receiver, bitrate) {
  const page = await openPage(browser, receiver.origin, kScript + kCamera);
  await page.route(/\/webrtc-client(\.js|\/)/, (route) =>
    route.fulfill({ path: join(kWeb, new URL(route.request().url()).pathname) }),
  );
  await page.evaluate(([url, rate]) => prepare(url, rate), [receiver.input, bitrate]);
  return page;
}

/** Publishes; promises when the button was pressed, in milliseconds since the epoch. */
export const publish = (page) => page.evaluate((timeout) => publish(timeout), kOpenTimeout);
