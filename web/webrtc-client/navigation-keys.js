// SPDX-License-Identifier: LGPL-2.1-or-later
// The names that X gives to keys (keysyms), which GstNavigation uses, for those of a browser. Pure.

/** By `code`: those of which there are two, or of which the place matters. */
const kByCode = new Map(Object.entries({
  ShiftLeft: 'Shift_L',
  ShiftRight: 'Shift_R',
  ControlLeft: 'Control_L',
  ControlRight: 'Control_R',
  AltLeft: 'Alt_L',
  AltRight: 'Alt_R',
  MetaLeft: 'Super_L',
  MetaRight: 'Super_R',
  NumpadEnter: 'KP_Enter',
  NumpadAdd: 'KP_Add',
  NumpadSubtract: 'KP_Subtract',
  NumpadMultiply: 'KP_Multiply',
  NumpadDivide: 'KP_Divide',
  NumpadEqual: 'KP_Equal',
}));

/** By `key`, where X has another name. */
const kByKey = new Map(Object.entries({
  Enter: 'Return',
  Backspace: 'BackSpace',
  ArrowLeft: 'Left',
  ArrowUp: 'Up',
  ArrowRight: 'Right',
  ArrowDown: 'Down',
  PageUp: 'Page_Up',
  PageDown: 'Page_Down',
  CapsLock: 'Caps_Lock',
  NumLock: 'Num_Lock',
  ScrollLock: 'Scroll_Lock',
  PrintScreen: 'Print',
  ContextMenu: 'Menu',
  AltGraph: 'ISO_Level3_Shift',
  Shift: 'Shift_L',
  Control: 'Control_L',
  Alt: 'Alt_L',
  Meta: 'Super_L',
  Super: 'Super_L',
  Hyper: 'Hyper_L',
  Compose: 'Multi_key',
}));

/** Where the browser's name is X's. */
const kSame = new Set([
  'Tab', 'Escape', 'Delete', 'Insert', 'Home', 'End', 'Pause', 'Clear', 'Help', 'Select', 'Execute',
  'Undo', 'Redo', 'Find', 'Cancel',
]);

/** From U+0021, but for digits and letters, which are called what they are. */
const kAscii = new Map(Object.entries({
  ' ': 'space', '!': 'exclam', '"': 'quotedbl', '#': 'numbersign', '$': 'dollar', '%': 'percent',
  '&': 'ampersand', '\'': 'apostrophe', '(': 'parenleft', ')': 'parenright', '*': 'asterisk',
  '+': 'plus', ',': 'comma', '-': 'minus', '.': 'period', '/': 'slash', ':': 'colon',
  ';': 'semicolon', '<': 'less', '=': 'equal', '>': 'greater', '?': 'question', '@': 'at',
  '[': 'bracketleft', '\\': 'backslash', ']': 'bracketright', '^': 'asciicircum',
  '_': 'underscore', '`': 'grave', '{': 'braceleft', '|': 'bar', '}': 'braceright',
  '~': 'asciitilde',
}));

/** From U+00A0 on. */
const kLatin1 = ('nobreakspace exclamdown cent sterling currency yen brokenbar section diaeresis '
  + 'copyright ordfeminine guillemotleft notsign hyphen registered macron degree plusminus '
  + 'twosuperior threesuperior acute mu paragraph periodcentered cedilla onesuperior masculine '
  + 'guillemotright onequarter onehalf threequarters questiondown Agrave Aacute Acircumflex Atilde '
  + 'Adiaeresis Aring AE Ccedilla Egrave Eacute Ecircumflex Ediaeresis Igrave Iacute Icircumflex '
  + 'Idiaeresis ETH Ntilde Ograve Oacute Ocircumflex Otilde Odiaeresis multiply Oslash Ugrave '
  + 'Uacute Ucircumflex Udiaeresis Yacute THORN ssharp agrave aacute acircumflex atilde adiaeresis '
  + 'aring ae ccedilla egrave eacute ecircumflex ediaeresis igrave iacute icircumflex idiaeresis '
  + 'eth ntilde ograve oacute ocircumflex otilde odiaeresis division oslash ugrave uacute '
  + 'ucircumflex udiaeresis yacute thorn ydiaeresis').split(' ');

/** @param {string} character */
function nameOfCharacter(character) {
  if (/^[0-9A-Za-z]$/.test(character)) return character;
  const known = kAscii.get(character);
  if (known) return known;
  const code = character.codePointAt(0) ?? 0;
  // A control character is no key.
  if (code < 0xa0) return null;
  return kLatin1[code - 0xa0] ?? `U${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * @param {string} key  of a `KeyboardEvent`
 * @param {string} code  of the same; may be empty, as those of virtual keyboards are
 * @returns {string | null} null for what X has no name for, and keys that only begin a character
 */
export function keysymOf(key, code) {
  const byCode = kByCode.get(code);
  if (byCode && !(code === 'AltRight' && key === 'AltGraph')) return byCode;
  const character = [...key].length === 1;
  if (/^Numpad/.test(code)) {
    if (/^[0-9]$/.test(key)) return `KP_${key}`;
    if (character) return key === ',' ? 'KP_Separator' : key === '.' ? 'KP_Decimal' : null;
    const named = kByKey.get(key) ?? (kSame.has(key) ? key : null);
    return named && `KP_${named}`;
  }
  if (character) return nameOfCharacter(key);
  if (/^F([1-9]|[12][0-9]|3[0-5])$/.test(key) || kSame.has(key)) return key;
  return kByKey.get(key) ?? null;
}
