/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/webrtcserver/api.h>
#include <gst/webrtcserver/controls.h>
#include <gst/webrtcserver/session.h>

G_BEGIN_DECLS

#define GST_TYPE_WEBRTC_SERVER_STREAM (gst_webrtc_server_stream_get_type())
GST_WEBRTC_SERVER_API
G_DECLARE_FINAL_TYPE(GstWebRTCServerStream, gst_webrtc_server_stream, GST_WEBRTC_SERVER, STREAM,
                     GObject)

GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_stream_get_name(GstWebRTCServerStream* self);
GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_stream_get_direction(GstWebRTCServerStream* self);
GST_WEBRTC_SERVER_API
gchar* gst_webrtc_server_stream_get_state(GstWebRTCServerStream* self);
GST_WEBRTC_SERVER_API
guint gst_webrtc_server_stream_get_n_sessions(GstWebRTCServerStream* self);
GST_WEBRTC_SERVER_API
GPtrArray* gst_webrtc_server_stream_get_sessions(GstWebRTCServerStream* self);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_stream_is_closed(GstWebRTCServerStream* self);

GST_WEBRTC_SERVER_API
GstStructure* gst_webrtc_server_stream_get_statistics(GstWebRTCServerStream* self);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_stream_send_message(GstWebRTCServerStream* self, const gchar* json,
                                               GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_stream_push_sample(GstWebRTCServerStream* self, const gchar* media,
                                              GstSample* sample, GError** error);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_stream_set_controls(GstWebRTCServerStream* self,
                                               GstWebRTCServerControls* controls, GError** error);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_stream_set_bitrate(GstWebRTCServerStream* self, guint bitrate,
                                              GError** error);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_stream_close(GstWebRTCServerStream* self, GError** error);

G_END_DECLS
