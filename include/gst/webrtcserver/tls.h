/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

/**
 * GstWebRTCServerTls:
 * @GST_WEBRTC_SERVER_TLS_AUTO: HTTPS with the certificate that is named, or that of $SSL_CERT; HTTP
 *   where there is none
 * @GST_WEBRTC_SERVER_TLS_OFF: HTTP
 * @GST_WEBRTC_SERVER_TLS_SELF_SIGNED: HTTPS with a certificate of this machine's own, of which
 *   browsers warn once
 *
 * Whether and how a server speaks TLS.
 *
 * Since: 0.1
 */
typedef enum {
  GST_WEBRTC_SERVER_TLS_AUTO,
  GST_WEBRTC_SERVER_TLS_OFF,
  GST_WEBRTC_SERVER_TLS_SELF_SIGNED,
} GstWebRTCServerTls;

#define GST_TYPE_WEBRTC_SERVER_TLS (gst_webrtc_server_tls_get_type())

GST_WEBRTC_SERVER_API
GType gst_webrtc_server_tls_get_type(void);

G_END_DECLS
