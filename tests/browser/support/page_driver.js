// SPDX-License-Identifier: LGPL-2.1-or-later
// page_driver.js — the page as people use it: by keyboard, and through what assistive technology
// sees.
import { until } from './until.js';

/** @typedef {import('puppeteer-core').Page} Page */

/** The name of what has the keyboard's focus, through shadow trees. @param {Page} page */
export function focusedName(page) {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element === document.body ? '' : (element?.getAttribute('aria-label')
      ?? element?.textContent ?? '');
  });
}

/** Presses Tab until something with such a name has the focus. @param {Page} page */
export async function tabTo(page, name, most = 60) {
  const passed = [];
  for (let i = 0; i < most; ++i) {
    await page.keyboard.press('Tab');
    passed.push(await focusedName(page));
    if (name.test(passed.at(-1))) return;
  }
  throw new Error(`The Tab key does not reach ${name}; it reached ${JSON.stringify(passed)}`);
}

/** @param {Page} page @param {string} key */
export async function pressWithShift(page, key) {
  await page.keyboard.down('Shift');
  await page.keyboard.press(key);
  await page.keyboard.up('Shift');
}

/** @param {Page} page @param {number} count */
export async function untilPlayers(page, count) {
  const players = () => page.evaluate(() => document.querySelectorAll('webrtc-stream').length);
  await until(`${count} players`, async () => await players() === count, { otherwise: players });
}

/**
 * What assistive technology sees and can operate.
 *
 * @param {Page} page
 * @returns {Promise<Array<{ role: string, name: string }>>}
 */
export async function controlsForPeople(page) {
  const kRoles = ['button', 'link', 'slider', 'checkbox', 'textbox', 'combobox', 'switch', 'img',
    'image', 'dialog', 'navigation', 'region'];
  const session = await page.createCDPSession();
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes.filter(({ ignored, role }) => !ignored && kRoles.includes(role?.value))
    .map(({ role, name }) => ({ role: role.value, name: name?.value ?? '' }));
}

/** Collects what a page should not do: errors, and requests to other hosts. @param {Page} page */
export function watchConduct(page, base) {
  /** @type {string[]} */
  const misdeeds = [];
  page.on('pageerror', (error) => misdeeds.push(`error: ${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') {
      misdeeds.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (origin !== new URL(base).origin && protocol !== 'blob:' && protocol !== 'data:') {
      misdeeds.push(`request: ${request.url()}`);
    }
  });
  return misdeeds;
}
