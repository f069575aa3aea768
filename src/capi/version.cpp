// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/version.h>

/**
 * gst_webrtc_server_version:
 * @major: (out) (optional): the major version
 * @minor: (out) (optional): the minor version
 * @micro: (out) (optional): the micro version
 *
 * The version of the library in use. May be called from any thread.
 *
 * Since: 0.1
 */
void gst_webrtc_server_version(guint* major, guint* minor, guint* micro) {
  if (major) *major = GST_WEBRTC_SERVER_VERSION_MAJOR;
  if (minor) *minor = GST_WEBRTC_SERVER_VERSION_MINOR;
  if (micro) *micro = GST_WEBRTC_SERVER_VERSION_MICRO;
}

/**
 * gst_webrtc_server_version_string:
 *
 * The version of the library in use, for people. May be called from any thread.
 *
 * Returns: (transfer none): for example "gst-webrtc-server 0.1.0"
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_version_string() {
  return "gst-webrtc-server " G_STRINGIFY(GST_WEBRTC_SERVER_VERSION_MAJOR) "." G_STRINGIFY(
      GST_WEBRTC_SERVER_VERSION_MINOR) "." G_STRINGIFY(GST_WEBRTC_SERVER_VERSION_MICRO);
}
