/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

#define GST_TYPE_WEBRTC_SERVER_SOCKET (gst_webrtc_server_socket_get_type())
GST_WEBRTC_SERVER_API
G_DECLARE_FINAL_TYPE(GstWebRTCServerSocket, gst_webrtc_server_socket, GST_WEBRTC_SERVER, SOCKET,
                     GObject)

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_socket_send(GstWebRTCServerSocket* self, const gchar* text);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_socket_close(GstWebRTCServerSocket* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_socket_get_path(GstWebRTCServerSocket* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_socket_get_peer_address(GstWebRTCServerSocket* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_socket_get_capture(GstWebRTCServerSocket* self, const gchar* name);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_socket_get_query(GstWebRTCServerSocket* self, const gchar* name);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_socket_is_allowed(GstWebRTCServerSocket* self, const gchar* stream,
                                             const gchar* permission);

G_END_DECLS
