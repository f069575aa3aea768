// SPDX-License-Identifier: LGPL-2.1-or-later
// Builds nodes. Text becomes text nodes and never markup, so remote words are harmless.

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>}
 *   [attributes]  `onclick` and the like take functions; `true` sets an empty attribute; `false`,
 *   null and undefined set none
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  appendAll(element, children);
  return element;
}

/**
 * @param {Node} parent
 * @param {Child[]} children
 */
function appendAll(parent, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * Writes only what differs: screen readers announce live regions whenever they are written.
 *
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @param {Element} element
 * @param {Record<string, string | boolean | null>} attributes
 */
export function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) element.removeAttribute(name);
    else if (value === true) element.toggleAttribute(name, true);
    else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}
