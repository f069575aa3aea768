// SPDX-License-Identifier: LGPL-2.1-or-later
// controls_driver.js — the page's panel of controls, as people use it.
import { until } from './until.js';

/** @typedef {import('puppeteer-core').Page} Page */

/** @param {string} name  of a control @param {string} [inner] */
export function inputOf(name, inner = ':is(input, select, output)') {
  return `.control[data-name="${name}"] ${inner}`;
}

/**
 * What the panel shows, by the names of the controls; null where there is no panel.
 *
 * @param {Page} page
 * @returns {Promise<Record<string, string | boolean> | null>}
 */
export function shownControls(page) {
  return page.evaluate(() => {
    const panel = document.querySelector('.controls');
    if (!panel || panel.hidden) return null;
    return Object.fromEntries([...panel.querySelectorAll('.control')].map((control) => {
      const input = control.querySelector('input, select, output, button');
      return [control.dataset.name, input.type === 'checkbox' ? input.checked : input.value];
    }));
  });
}

/** @param {Page} page @param {string} name @param {string | boolean} value */
export async function untilShown(page, name, value) {
  await until(`the control “${name}” shows ${value}`,
    async () => (await shownControls(page))?.[name] === value,
    { otherwise: () => shownControls(page) });
}

/** What stands beside a control. @param {Page} page @param {string} name */
export function complaint(page, name) {
  return page.$eval(inputOf(name, '.control-error'), (element) => element.textContent);
}

/** @param {Page} page @param {string} selector  of a field @param {string} text */
export async function typeOver(page, selector, text) {
  await page.focus(selector);
  await page.$eval(selector, (field) => field.select());
  await page.keyboard.type(text);
}

/**
 * As the browser does it when a colour is chosen in its dialog, which no test can operate.
 *
 * @param {Page} page
 * @param {string} selector
 * @param {string} value
 */
export async function choose(page, selector, value) {
  await page.$eval(selector, (input, chosen) => {
    input.value = chosen;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, value);
}

/** Drags a slider from where it is to its right end, in small steps. @param {Page} page */
export async function dragToEnd(page, selector) {
  const { x, y, width, height } = await (await page.$(selector)).boundingBox();
  const middle = y + height / 2;
  await page.mouse.move(x + width / 2, middle);
  await page.mouse.down();
  for (let i = 1; i <= 40; ++i) await page.mouse.move(x + width / 2 + i * width / 75, middle);
  await page.mouse.up();
}
