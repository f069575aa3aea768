/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <gst/webrtcserver/api.h>
#include <gst/webrtcserver/pixels.h>
#include <gst/webrtcserver/video_options.h>

G_BEGIN_DECLS

#define GST_TYPE_WEBRTC_SERVER_VIDEO_OUTPUT (gst_webrtc_server_video_output_get_type())
GST_WEBRTC_SERVER_API
G_DECLARE_FINAL_TYPE(GstWebRTCServerVideoOutput, gst_webrtc_server_video_output, GST_WEBRTC_SERVER,
                     VIDEO_OUTPUT, GObject)

GST_WEBRTC_SERVER_API
GstWebRTCServerVideoOutput* gst_webrtc_server_video_output_new(const gchar* uri, GError** error);
GST_WEBRTC_SERVER_API
GstWebRTCServerVideoOutput* gst_webrtc_server_video_output_new_with_options(
    const gchar* const* uris, GstWebRTCServerVideoOptions* options, GError** error);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_video_output_open(GstWebRTCServerVideoOutput* self, GError** error);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_video_output_render(GstWebRTCServerVideoOutput* self, GstSample* frame,
                                               GError** error);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_video_output_render_pixels(GstWebRTCServerVideoOutput* self,
                                                      const GstWebRTCServerPixels* pixels,
                                                      GError** error);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_video_output_is_streaming(GstWebRTCServerVideoOutput* self);
GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_video_output_close(GstWebRTCServerVideoOutput* self, GError** error);

GST_WEBRTC_SERVER_API
gchar** gst_webrtc_server_video_output_get_uris(GstWebRTCServerVideoOutput* self);
GST_WEBRTC_SERVER_API
GstStructure* gst_webrtc_server_video_output_get_stats(GstWebRTCServerVideoOutput* self);
GST_WEBRTC_SERVER_API
GstElement* gst_webrtc_server_video_output_get_element(GstWebRTCServerVideoOutput* self,
                                                       guint index);

G_END_DECLS
