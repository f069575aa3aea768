// SPDX-License-Identifier: LGPL-2.1-or-later
// The JavaScript client of gst-webrtc-server. Importing it defines <webrtc-stream>.
// Documentation: docs/javascript.md.

import { WebRTCStreamElement } from './webrtc-client/element.js';

export { isStreamName, resolveAddress } from './webrtc-client/address.js';
export { StreamDirectory } from './webrtc-client/directory.js';
export { playStream, playWhereAllowed } from './webrtc-client/play-stream.js';
export { describeState, isBusy, stateLabel } from './webrtc-client/states.js';
export { isWatchable } from './webrtc-client/stream-info.js';
export { WebRTCStream } from './webrtc-client/stream.js';
export { WebRTCStreamElement };

// Two copies of this module, such as from two servers, may meet in one page.
if (!customElements.get('webrtc-stream')) {
  customElements.define('webrtc-stream', WebRTCStreamElement);
}
