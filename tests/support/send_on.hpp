// SPDX-License-Identifier: LGPL-2.1-or-later
// send_on.hpp — makes the transceiver of an m-line one that sends.
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

namespace webrtcserver::test {

// From 1.28 on webrtcbin gives no pad to a transceiver that only receives, as those of an offer do.
inline void send_on(GstElement* webrtcbin, unsigned index) {
  GArray* array = nullptr;
  g_signal_emit_by_name(webrtcbin, "get-transceivers", &array);
  for (guint i = 0; array && i < array->len; ++i) {
    auto* transceiver = g_array_index(array, GstWebRTCRTPTransceiver*, i);
    guint line = 0;
    g_object_get(transceiver, "mlineindex", &line, nullptr);
    if (line != index) continue;
    g_object_set(transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY, nullptr);
  }
  if (array) g_array_unref(array);
}

}  // namespace webrtcserver::test
