// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/session.h>

G_DEFINE_BOXED_TYPE(GstWebRTCServerSessionStatistics, gst_webrtc_server_session_statistics,
                    gst_webrtc_server_session_statistics_copy,
                    gst_webrtc_server_session_statistics_free)

/**
 * gst_webrtc_server_session_statistics_copy:
 * @self: statistics
 *
 * Makes a copy.
 *
 * Returns: (transfer full): the same numbers
 *
 * Since: 0.1
 */
GstWebRTCServerSessionStatistics* gst_webrtc_server_session_statistics_copy(
    const GstWebRTCServerSessionStatistics* self) {
  g_return_val_if_fail(self, nullptr);
  auto* copy = g_new(GstWebRTCServerSessionStatistics, 1);
  *copy = *self;
  return copy;
}

/**
 * gst_webrtc_server_session_statistics_free:
 * @self: (transfer full): statistics
 *
 * Frees them.
 *
 * Since: 0.1
 */
void gst_webrtc_server_session_statistics_free(GstWebRTCServerSessionStatistics* self) {
  g_free(self);
}
