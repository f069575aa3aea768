// SPDX-License-Identifier: LGPL-2.1-or-later
// The types of the package `gst-webrtc-client`: those that tsc reads from the modules, and what the
// document knows once the module has defined its elements.
import type { WebRTCPublisherElement, WebRTCStreamElement } from './types/webrtc-client.js';

export * from './types/webrtc-client.js';

declare global {
  interface HTMLElementTagNameMap {
    'webrtc-publisher': WebRTCPublisherElement;
    'webrtc-stream': WebRTCStreamElement;
  }
}
