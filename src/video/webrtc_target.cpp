// SPDX-License-Identifier: LGPL-2.1-or-later
// Browsers, by webrtcsink: as a server of our own (webrtc://) or through another's (whip://).
#include "base/error.hpp"
#include "video/network_settings.hpp"
#include "video/targets.hpp"

namespace webrtcserver {

namespace {

constexpr const char* kVideo =
    "video/x-raw(ANY); video/x-h264; video/x-h265; video/x-vp8; video/x-vp9; video/x-av1";

}  // namespace

std::shared_ptr<Target> make_webrtc_target(const TargetRequest& request) {
  ChainTarget::Plan plan = chain_plan(request);
  plan.early = true;
  plan.build = [uri = request.location.text, options = *request.options,
                controls = request.controls](ElementChain& chain, const OutputCodec* /*codec*/) {
    // The element has pads for sound too: what is linked to it says that it is video.
    chain.add_filter(Ref<GstCaps>::adopt(gst_caps_from_string(kVideo)), "video");
    GstElement* sink = chain.add("webrtcserversink", "sink");
    // Ahead of the address, in which others may stand.
    apply_network_settings(sink, options);
    if (options.output_bitrate > 0)
      g_object_set(sink, "start-bitrate", options.output_bitrate, nullptr);
    // Where it encodes by itself.
    const OutputCodec* codec =
        options.output_codec.empty() ? nullptr : find_output_codec(options.output_codec);
    if (codec) {
      const auto caps = Ref<GstCaps>::adopt(gst_caps_new_empty_simple(codec->media_type));
      g_object_set(sink, "video-caps", caps.get(), nullptr);
    }
    g_object_set(sink, "uri", uri.c_str(), nullptr);
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
