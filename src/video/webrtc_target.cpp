// SPDX-License-Identifier: LGPL-2.1-or-later
// Browsers, by webrtcsink: as a server of our own (webrtc://) or through another's (whip://).
#include <vector>

#include "base/error.hpp"
#include "codec/encoder_catalogue.hpp"
#include "video/network_settings.hpp"
#include "video/targets.hpp"

namespace webrtcserver {

namespace {

constexpr const char* kVideo =
    "video/x-raw(ANY); video/x-h264; video/x-h265; video/x-vp8; video/x-vp9; video/x-av1";

// Of webrtcsink's, which browsers choose from: in order of preference.
std::vector<const Codec*> codecs_offered(const GstCaps* caps) {
  std::vector<const Codec*> offered;
  if (caps && !gst_caps_is_any(caps)) {
    for (guint i = 0; i < gst_caps_get_size(caps); ++i) {
      const auto single = Ref<GstCaps>::adopt(gst_caps_copy_nth(caps, i));
      if (const Codec* codec = codec_of_caps(single.get())) offered.push_back(codec);
    }
  } else {
    for (const Codec& codec : codecs()) offered.push_back(&codec);
  }
  std::erase_if(offered, [](const Codec* codec) { return codec->kind != MediaKind::kVideo; });
  return offered;
}

}  // namespace

bool webrtcsink_takes(GstElement* sink, const GstCaps* caps) {
  GstCaps* video_caps = nullptr;
  gchar* encoders = nullptr;
  g_object_get(sink, "video-caps", &video_caps, "video-encoder", &encoders, nullptr);
  const auto named_codecs = Ref<GstCaps>::adopt(video_caps);
  const std::string named = take_string(encoders);
  auto catalogue = EncoderCatalogue::system();
  if (!named.empty()) catalogue = catalogue->only(named);
  for (const Codec* codec : codecs_offered(named_codecs.get())) {
    const auto choices = catalogue->choices(*codec, caps);
    if (!choices.empty()) return !choices.front().input->download;
  }
  return false;
}

std::shared_ptr<Target> make_webrtc_target(const TargetRequest& request) {
  ChainTarget::Plan plan = chain_plan(request);
  plan.early = true;
  plan.contexts = request.contexts;
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
