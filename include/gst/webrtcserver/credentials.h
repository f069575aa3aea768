/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

#define GST_TYPE_WEBRTC_SERVER_CREDENTIALS (gst_webrtc_server_credentials_get_type())
GST_WEBRTC_SERVER_API
G_DECLARE_FINAL_TYPE(GstWebRTCServerCredentials, gst_webrtc_server_credentials, GST_WEBRTC_SERVER,
                     CREDENTIALS, GObject)

GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_credentials_get_token(GstWebRTCServerCredentials* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_credentials_get_peer_address(GstWebRTCServerCredentials* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_credentials_get_stream(GstWebRTCServerCredentials* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_credentials_get_permission(GstWebRTCServerCredentials* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_credentials_get_method(GstWebRTCServerCredentials* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_credentials_get_path(GstWebRTCServerCredentials* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_credentials_get_header(GstWebRTCServerCredentials* self,
                                                      const gchar* name);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_credentials_allow(GstWebRTCServerCredentials* self,
                                             const gchar* const* permissions,
                                             const gchar* const* streams, GDateTime* expires,
                                             GError** error);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_credentials_refuse(GstWebRTCServerCredentials* self, const gchar* message);

G_END_DECLS
