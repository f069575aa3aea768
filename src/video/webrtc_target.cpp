// SPDX-License-Identifier: LGPL-2.1-or-later
// Browsers, by webrtcsink: as a server of our own (webrtc://) or through another's (whip://).
#include "base/error.hpp"
#include "video/targets.hpp"

namespace webrtcserver {

namespace {

constexpr const char* kVideo =
    "video/x-raw(ANY); video/x-h264; video/x-h265; video/x-vp8; video/x-vp9; video/x-av1";

void set_text(GstElement* sink, const char* property, const std::string& value) {
  if (!value.empty()) g_object_set(sink, property, value.c_str(), nullptr);
}

void set_turn_servers(GstElement* sink, const std::vector<std::string>& servers) {
  if (servers.empty()) return;
  GValue list = G_VALUE_INIT;
  gst_value_array_init(&list, static_cast<guint>(servers.size()));
  for (const std::string& server : servers) {
    GValue one = G_VALUE_INIT;
    g_value_init(&one, G_TYPE_STRING);
    g_value_set_string(&one, server.c_str());
    gst_value_array_append_and_take_value(&list, &one);
  }
  g_object_set_property(G_OBJECT(sink), "turn-servers", &list);
  g_value_unset(&list);
}

}  // namespace

std::shared_ptr<Target> make_webrtc_target(const TargetRequest& request) {
  ChainTarget::Plan plan = chain_plan(request);
  plan.early = true;
  plan.build = [uri = request.location.text, options = *request.options,
                controls = request.controls](ElementChain& chain, const OutputCodec* /*codec*/) {
    // The element has pads for sound too: what is linked to it says that it is video.
    chain.add_filter(Ref<GstCaps>::adopt(gst_caps_from_string(kVideo)), "video");
    GstElement* sink = chain.add("webrtcserversink", "sink");
    g_object_set(sink, "uri", uri.c_str(), nullptr);
    set_text(sink, "stun-server", options.stun_server);
    set_turn_servers(sink, options.turn_servers);
    set_text(sink, "tls-certificate", options.ssl_certificate);
    set_text(sink, "tls-key", options.ssl_key);
    if (options.output_bitrate > 0)
      g_object_set(sink, "start-bitrate", options.output_bitrate, nullptr);
    // Where it encodes by itself.
    const OutputCodec* codec =
        options.output_codec.empty() ? nullptr : find_output_codec(options.output_codec);
    if (codec) {
      const auto caps = Ref<GstCaps>::adopt(gst_caps_new_empty_simple(codec->media_type));
      g_object_set(sink, "video-caps", caps.get(), nullptr);
    }
    if (controls) g_object_set(sink, "remote-controls", controls.get(), nullptr);
    return sink;
  };
  plan.uri = [](GstElement* sink) {
    gchar* uri = nullptr;
    g_object_get(sink, "uri", &uri, nullptr);
    return take_string(uri);
  };
  return std::make_shared<ChainTarget>(std::move(plan), request.listener);
}

}  // namespace webrtcserver
