/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/webrtcserver/api.h>
#include <gst/webrtcserver/pixels.h>
#include <gst/webrtcserver/video_options.h>

G_BEGIN_DECLS

#define GST_TYPE_WEBRTC_SERVER_VIDEO_SOURCE (gst_webrtc_server_video_source_get_type())
GST_WEBRTC_SERVER_API
G_DECLARE_FINAL_TYPE(GstWebRTCServerVideoSource, gst_webrtc_server_video_source, GST_WEBRTC_SERVER,
                     VIDEO_SOURCE, GObject)

GST_WEBRTC_SERVER_API
GstWebRTCServerVideoSource* gst_webrtc_server_video_source_new(const gchar* uri, GError** error);
GST_WEBRTC_SERVER_API
GstWebRTCServerVideoSource* gst_webrtc_server_video_source_new_with_options(
    const gchar* uri, GstWebRTCServerVideoOptions* options, GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_video_source_open(GstWebRTCServerVideoSource* self, GError** error);
GST_WEBRTC_SERVER_API
GstSample* gst_webrtc_server_video_source_capture(GstWebRTCServerVideoSource* self, gint timeout_ms,
                                                  GError** error);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_video_source_capture_into(GstWebRTCServerVideoSource* self,
                                                     GstWebRTCServerPixels* pixels, gint timeout_ms,
                                                     GError** error);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_video_source_is_streaming(GstWebRTCServerVideoSource* self);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_video_source_is_live(GstWebRTCServerVideoSource* self);
GST_WEBRTC_SERVER_API
void gst_webrtc_server_video_source_close(GstWebRTCServerVideoSource* self);

GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_video_source_get_uri(GstWebRTCServerVideoSource* self);
GST_WEBRTC_SERVER_API
GstCaps* gst_webrtc_server_video_source_get_caps(GstWebRTCServerVideoSource* self);
GST_WEBRTC_SERVER_API
GstStructure* gst_webrtc_server_video_source_get_stats(GstWebRTCServerVideoSource* self);
GST_WEBRTC_SERVER_API
GstElement* gst_webrtc_server_video_source_get_element(GstWebRTCServerVideoSource* self);

G_END_DECLS
