// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>
#include <openssl/crypto.h>

#include "webrtc_sink_element.hpp"
#include "webrtc_src_element.hpp"

namespace {

gboolean plugin_init(GstPlugin* plugin) {
  // GStreamer's DTLS keeps a timer for a second after a browser has gone. A program that ends
  // meanwhile would have OpenSSL's exit handler free what that timer uses.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  // gst-plugins-rs has a webrtcsink and a webrtcsrc too. Where both are installed the plugin that
  // the registry reads last has the name, so each element also has one that is ours alone.
  return gst_element_register(plugin, "webrtcsink", GST_RANK_PRIMARY,
                              gst_webrtc_server_sink_get_type()) &&
         gst_element_register(plugin, "webrtcserversink", GST_RANK_PRIMARY + 1,
                              gst_webrtc_server_sink_get_type()) &&
         gst_element_register(plugin, "webrtcsrc", GST_RANK_PRIMARY,
                              gst_webrtc_server_src_get_type()) &&
         gst_element_register(plugin, "webrtcserversrc", GST_RANK_PRIMARY + 1,
                              gst_webrtc_server_src_get_type());
}

}  // namespace

GST_PLUGIN_DEFINE(
    GST_VERSION_MAJOR, GST_VERSION_MINOR, webrtcserver,
    "Streams any pipeline to and from browsers: WebRTC with a built-in web and signalling server",
    plugin_init, VERSION, "LGPL", GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
