/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

#define GST_TYPE_WEBRTC_SERVER_VIDEO_OPTIONS (gst_webrtc_server_video_options_get_type())
GST_WEBRTC_SERVER_API
G_DECLARE_FINAL_TYPE(GstWebRTCServerVideoOptions, gst_webrtc_server_video_options,
                     GST_WEBRTC_SERVER, VIDEO_OPTIONS, GObject)

GST_WEBRTC_SERVER_API
GstWebRTCServerVideoOptions* gst_webrtc_server_video_options_new(void);

GST_WEBRTC_SERVER_API
gboolean gst_webrtc_server_video_options_parse(GstWebRTCServerVideoOptions* self,
                                               gchar*** arguments, GError** error);
GST_WEBRTC_SERVER_API
GOptionGroup* gst_webrtc_server_video_options_get_option_group(GstWebRTCServerVideoOptions* self);

G_END_DECLS
