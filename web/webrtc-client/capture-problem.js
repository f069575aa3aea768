// SPDX-License-Identifier: LGPL-2.1-or-later
// Why there is no camera, no microphone or no screen, in words. Pure.

/**
 * - `insecure`: the browser hides devices from pages that are not secure
 * - `unsupported`: this browser cannot do that at all
 * - `denied`: the user, a setting or the frame around the page said no
 * - `none`: there is no such device
 * - `gone`: there is one, but not the chosen one
 * - `in-use`: another program has it, or the system cannot open it
 * - `failed`: something else
 *
 * @typedef {'insecure' | 'unsupported' | 'denied' | 'none' | 'gone' | 'in-use' | 'failed'}
 *   CaptureCause
 *
 * @typedef {'camera' | 'microphone' | 'screen'} DeviceKind
 *
 * @typedef {object} CaptureProblem
 * @property {CaptureCause} cause
 * @property {string} message  a sentence without a full stop
 * @property {string} hint  what helps
 */

/** An error that has words for people. */
export class CaptureError extends Error {
  /** @param {CaptureProblem} problem */
  constructor({ cause, message, hint }) {
    super(message);
    this.name = 'CaptureError';
    this.cause = cause;
    this.hint = hint;
  }
}

/** @type {Record<string, CaptureCause>} */
const kCauses = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'none',
  NotReadableError: 'in-use',
  AbortError: 'in-use',
  OverconstrainedError: 'gone',
};

/** @type {Record<DeviceKind, string>} */
const kNames = { camera: 'camera', microphone: 'microphone', screen: 'screen' };

/**
 * @param {DeviceKind[]} devices  what was asked for, at least one
 * @returns {string} `the camera and the microphone`
 */
export function named(devices) {
  return devices.map((device) => `the ${kNames[device]}`).join(' and ');
}

/**
 * @param {unknown} error  of getUserMedia or getDisplayMedia
 * @param {DeviceKind[]} devices  what was asked for
 * @returns {CaptureProblem}
 */
export function explainCapture(error, devices) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const text = error instanceof Error || error instanceof DOMException ? error.message : '';
  const cause = kCauses[name] ?? 'failed';
  const what = named(devices);
  const first = kNames[devices[0] ?? 'camera'];
  const screen = devices.length === 1 && devices[0] === 'screen';
  switch (cause) {
    case 'denied':
      if (/system/i.test(text)) {
        return {
          cause,
          message: `The system does not let this browser use ${what}`,
          hint: 'Allow it in the system’s privacy settings, and try again.',
        };
      }
      if (screen) {
        return {
          cause, message: 'No screen was chosen', hint: 'Choose one when the browser asks.',
        };
      }
      return {
        cause,
        message: `This page may not use ${what}`,
        hint: 'Allow it beside the address bar, in the settings of this site, and try again.',
      };
    case 'none':
      return {
        cause,
        message: devices.length > 1 ? 'No camera and no microphone were found'
          : `No ${first} was found`,
        hint: screen ? '' : 'Connect one and try again, or choose something else to send.',
      };
    case 'gone':
      return {
        cause,
        message: `The chosen ${first} is not there`,
        hint: 'Choose another one.',
      };
    case 'in-use':
      return {
        cause,
        message: `${capitalized(what)} cannot be opened`,
        hint: 'Another program may be using it: close that, or choose another device.',
      };
    default:
      return {
        cause,
        message: `${capitalized(what)} could not be opened`,
        hint: text,
      };
  }
}

/** @param {string} text */
export function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * What keeps a page from devices before anybody is asked.
 *
 * @param {object} facts
 * @param {boolean} facts.secure  `isSecureContext`
 * @param {boolean} facts.supported  whether the browser offers the interface to this page
 * @param {boolean} facts.allowed  whether the frame around the page permits it
 * @param {string} facts.address  of the page
 * @param {DeviceKind[]} devices  what is wanted
 * @returns {CaptureProblem | null}
 */
export function captureObstacle({ secure, supported, allowed, address }, devices) {
  const what = devices.map((device) => `${kNames[device]}s`).join(' and ');
  if (!secure) {
    const url = new URL(address);
    const port = url.port ? `:${url.port}` : '';
    return {
      cause: 'insecure',
      message: `Browsers hide ${what} from pages that are not secure, and this one is not`,
      hint: `On the server’s own machine, open http://localhost${port}${url.pathname} instead. `
        + 'From elsewhere, give the server a certificate (tls=self-signed makes one) and open '
        + `https://${url.host}${url.pathname}`,
    };
  }
  if (!supported) {
    return {
      cause: 'unsupported',
      message: `This browser cannot send ${what}`,
      hint: devices.includes('screen') ? 'Phones and tablets do not let pages see the screen.' : '',
    };
  }
  if (!allowed) {
    return {
      cause: 'denied',
      message: `The page around this one does not let it use ${what}`,
      hint: 'Its frame needs allow="camera; microphone; display-capture".',
    };
  }
  return null;
}
