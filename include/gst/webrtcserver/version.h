/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/webrtcserver/api.h>

G_BEGIN_DECLS

/**
 * GST_WEBRTC_SERVER_VERSION_MAJOR:
 *
 * The major version of these headers.
 *
 * Since: 0.1
 */
#define GST_WEBRTC_SERVER_VERSION_MAJOR 0

/**
 * GST_WEBRTC_SERVER_VERSION_MINOR:
 *
 * The minor version of these headers.
 *
 * Since: 0.1
 */
#define GST_WEBRTC_SERVER_VERSION_MINOR 1

/**
 * GST_WEBRTC_SERVER_VERSION_MICRO:
 *
 * The micro version of these headers.
 *
 * Since: 0.1
 */
#define GST_WEBRTC_SERVER_VERSION_MICRO 0

/**
 * GST_WEBRTC_SERVER_CHECK_VERSION:
 * @major: a major version
 * @minor: a minor version
 * @micro: a micro version
 *
 * Whether these headers are of the given version or a later one.
 *
 * Since: 0.1
 */
#define GST_WEBRTC_SERVER_CHECK_VERSION(major, minor, micro)                                    \
  (GST_WEBRTC_SERVER_VERSION_MAJOR > (major) ||                                                 \
   (GST_WEBRTC_SERVER_VERSION_MAJOR == (major) && GST_WEBRTC_SERVER_VERSION_MINOR > (minor)) || \
   (GST_WEBRTC_SERVER_VERSION_MAJOR == (major) && GST_WEBRTC_SERVER_VERSION_MINOR == (minor) && \
    GST_WEBRTC_SERVER_VERSION_MICRO >= (micro)))

GST_WEBRTC_SERVER_API
void gst_webrtc_server_version(guint* major, guint* minor, guint* micro);

GST_WEBRTC_SERVER_API
const gchar* gst_webrtc_server_version_string(void);

G_END_DECLS
