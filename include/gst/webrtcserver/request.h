/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

#define GST_TYPE_WEBRTC_SERVER_REQUEST (gst_webrtc_server_request_get_type())
GST_WEBRTC_SERVER_API
G_DECLARE_FINAL_TYPE(GstWebRTCServerRequest, gst_webrtc_server_request, GST_WEBRTC_SERVER, REQUEST,
                     GObject)

GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_request_get_method(GstWebRTCServerRequest* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_request_get_path(GstWebRTCServerRequest* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_request_get_peer_address(GstWebRTCServerRequest* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_request_get_capture(GstWebRTCServerRequest* self, const gchar* name);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_request_get_query(GstWebRTCServerRequest* self, const gchar* name);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_request_get_header(GstWebRTCServerRequest* self, const gchar* name);
GST_WEBRTC_SERVER_API
GBytes* gst_webrtc_server_request_get_body(GstWebRTCServerRequest* self);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_request_is_allowed(GstWebRTCServerRequest* self, const gchar* stream,
                                              const gchar* permission);

GST_WEBRTC_SERVER_API
void gst_webrtc_server_request_set_header(GstWebRTCServerRequest* self, const gchar* name,
                                          const gchar* value);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_request_respond(GstWebRTCServerRequest* self, guint status,
                                       const gchar* content_type, GBytes* body);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_request_respond_json(GstWebRTCServerRequest* self, guint status,
                                            const gchar* json);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_request_respond_error(GstWebRTCServerRequest* self, guint status,
                                             const gchar* message);

G_END_DECLS
