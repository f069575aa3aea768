// SPDX-License-Identifier: LGPL-2.1-or-later
// The JavaScript client of gst-webrtc-server. Importing it defines <webrtc-stream> and
// <webrtc-publisher>.
// Documentation: docs/javascript.md.

import { WebRTCStreamElement } from './webrtc-client/element.js';
import { WebRTCPublisherElement } from './webrtc-client/publisher-element.js';

export { isStreamName, resolveAddress } from './webrtc-client/address.js';
export { StreamDirectory } from './webrtc-client/directory.js';
export { FrameBoxes } from './webrtc-client/frame-boxes.js';
export { MessageError } from './webrtc-client/messages.js';
export { playStream, playWhereAllowed } from './webrtc-client/play-stream.js';
export { sendStream, WebRTCPublisher } from './webrtc-client/publisher.js';
export { describeState, isBusy, stateLabel } from './webrtc-client/states.js';
export { isPublishable, isWatchable } from './webrtc-client/stream-info.js';
export { WebRTCStream } from './webrtc-client/stream.js';
export { WebRTCPublisherElement, WebRTCStreamElement };

// Two copies of this module, such as from two servers, may meet in one page.
for (const [name, element] of /** @type {const} */ ([
  ['webrtc-stream', WebRTCStreamElement], ['webrtc-publisher', WebRTCPublisherElement],
])) {
  if (!customElements.get(name)) customElements.define(name, element);
}
