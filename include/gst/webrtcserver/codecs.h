/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

GST_WEBRTC_SERVER_API
gchar* gst_webrtc_server_describe_codecs(void);

G_END_DECLS
