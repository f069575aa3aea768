// SPDX-License-Identifier: LGPL-2.1-or-later
// Copies text, also on pages over plain http, where browsers keep the clipboard interface away.

/**
 * @param {HTMLElement} element  whose text is copied
 * @returns {Promise<boolean>} false: the text is selected now, and the user can copy it
 */
export async function copyText(element) {
  try {
    await navigator.clipboard.writeText(element.textContent ?? '');
    return true;
  } catch {
    const selection = getSelection();
    selection?.selectAllChildren(element);
    // Deprecated, and the only way on plain http.
    const copied = document.execCommand('copy');
    if (copied) selection?.removeAllRanges();
    return copied;
  }
}
