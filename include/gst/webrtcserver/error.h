/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

/**
 * GstWebRTCServerError:
 * @GST_WEBRTC_SERVER_ERROR_FAILED: none of the others
 * @GST_WEBRTC_SERVER_ERROR_INVALID_URI: a part of the address is malformed or out of range
 * @GST_WEBRTC_SERVER_ERROR_ADDRESS_IN_USE: another process listens on this address and port
 * @GST_WEBRTC_SERVER_ERROR_ADDRESS_UNAVAILABLE: the host does not resolve or is not this machine's,
 *   or the port is privileged
 * @GST_WEBRTC_SERVER_ERROR_NAME_TAKEN: the server already has a stream of this name and direction
 * @GST_WEBRTC_SERVER_ERROR_SETTINGS_CONFLICT: the running server was opened with other settings
 * @GST_WEBRTC_SERVER_ERROR_TLS: the certificate or key is missing, unreadable or does not fit
 * @GST_WEBRTC_SERVER_ERROR_NO_ENCODER: no installed encoder takes what the pipeline delivers
 * @GST_WEBRTC_SERVER_ERROR_NO_COMMON_CODEC: the browser decodes none of the codecs on offer
 * @GST_WEBRTC_SERVER_ERROR_LIMIT: a limit on size, rate or number was reached
 * @GST_WEBRTC_SERVER_ERROR_PROTOCOL: the remote side sent what the protocol does not allow
 * @GST_WEBRTC_SERVER_ERROR_CLOSED: the object was closed before
 *
 * What went wrong. The message of the #GError says on what, and what to do.
 *
 * Since: 0.1
 */
typedef enum {
  GST_WEBRTC_SERVER_ERROR_FAILED,
  GST_WEBRTC_SERVER_ERROR_INVALID_URI,
  GST_WEBRTC_SERVER_ERROR_ADDRESS_IN_USE,
  GST_WEBRTC_SERVER_ERROR_ADDRESS_UNAVAILABLE,
  GST_WEBRTC_SERVER_ERROR_NAME_TAKEN,
  GST_WEBRTC_SERVER_ERROR_SETTINGS_CONFLICT,
  GST_WEBRTC_SERVER_ERROR_TLS,
  GST_WEBRTC_SERVER_ERROR_NO_ENCODER,
  GST_WEBRTC_SERVER_ERROR_NO_COMMON_CODEC,
  GST_WEBRTC_SERVER_ERROR_LIMIT,
  GST_WEBRTC_SERVER_ERROR_PROTOCOL,
  GST_WEBRTC_SERVER_ERROR_CLOSED,
} GstWebRTCServerError;

/**
 * GST_WEBRTC_SERVER_ERROR:
 *
 * The error domain of this library.
 *
 * Since: 0.1
 */
#define GST_WEBRTC_SERVER_ERROR (gst_webrtc_server_error_quark())

GST_WEBRTC_SERVER_API
GQuark gst_webrtc_server_error_quark(void);

#define GST_TYPE_WEBRTC_SERVER_ERROR (gst_webrtc_server_error_get_type())

GST_WEBRTC_SERVER_API
GType gst_webrtc_server_error_get_type(void);

G_END_DECLS
