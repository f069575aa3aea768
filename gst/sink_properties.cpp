// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink_properties.hpp"

#include "base/error.hpp"
#include "server_properties.hpp"

namespace webrtcserver {

namespace {

enum Property : guint {
  kVideoCaps = kFirstElementProperty,
  kAudioCaps,
  kStartBitrate,
  kMaxViewers,
  kMeta,
  kControls,
  kNavigation,
  kViewers,
  kStats,
};

Ref<GstCaps> caps_of(const GValue* value, MediaKind kind) {
  const auto* caps = gst_value_get_caps(value);
  auto kept = Ref<GstCaps>::retain(
      const_cast<GstCaps*>(caps));  // NOLINT: GValue gives const, counting needs none
  codecs_of(kept, kind);
  return kept;
}

}  // namespace

void install_sink_properties(GObjectClass* klass) {
  const WebRTCSink::Settings defaults;
  install_server_properties(
      klass, defaults, "Offer RTX (RFC 4588) and resend video packets that a viewer misses (NACK)");
  const auto install = [klass](guint id, GParamSpec* spec) {
    g_object_class_install_property(klass, id, spec);
  };
  install(kVideoCaps, g_param_spec_boxed("video-caps", "Video caps",
                                         "Video codecs to offer for raw input, in order of "
                                         "preference, e.g. \"video/x-vp8; video/x-h264\"; "
                                         "NULL offers every codec that an encoder is installed "
                                         "for, H.264 first. Set before requesting pads",
                                         GST_TYPE_CAPS, kWritableProperty));
  install(kAudioCaps, g_param_spec_boxed("audio-caps", "Audio caps",
                                         "Audio codecs to offer for raw input, in order of "
                                         "preference; NULL offers Opus. Set before "
                                         "requesting pads",
                                         GST_TYPE_CAPS, kWritableProperty));
  install(
      kStartBitrate,
      g_param_spec_uint("start-bitrate", "Start bitrate",
                        "Bitrate of each video encoder in bit/s. Running encoders follow a change",
                        1000, G_MAXUINT, defaults.start_bitrate, kLiveProperty));
  install(kMaxViewers,
          g_param_spec_uint("max-viewers", "Maximum viewers",
                            "Viewers at a time; further ones are answered with 503 and Retry-After",
                            1, G_MAXUINT, defaults.max_viewers, kWritableProperty));
  install(kMeta, g_param_spec_boxed(
                     "meta", "Meta",
                     "Strings, numbers and booleans shown to browsers with the stream; the page "
                     "uses the fields "
                     "title and description, e.g. \"meta,title=(string)\\\"Front camera\\\"\"",
                     GST_TYPE_STRUCTURE, kWritableProperty));
  install(kControls,
          g_param_spec_string(
              "controls", "Controls",
              "What browsers may change in the pipeline: "
              "name=element.property[,option=value...][;...] with the options label, min, max, "
              "step, max-length, read-only and color, e.g. "
              "\"text=overlay.text;speed=mover.speed,min=0,max=100,label=Speed\". Types, ranges "
              "and labels are the properties' own. NULL: nothing",
              nullptr, kWritableProperty));
  install(kNavigation,
          g_param_spec_boolean(
              "enable-data-channel-navigation", "Enable data channel navigation",
              "Whether mouse, keyboard and touch on the picture in browsers go upstream as "
              "GstNavigation events, in the coordinates of the pad's caps",
              defaults.navigation, kWritableProperty));
  install(kViewers,
          g_param_spec_uint("viewers", "Viewers",
                            "Sessions now, those included that are still connecting. notify is "
                            "emitted on a thread that nothing else waits for",
                            0, G_MAXUINT, 0, kReadableProperty));
  install(
      kStats,
      g_param_spec_boxed(
          "stats", "Statistics",
          "application/x-webrtc-server-stats: viewers (uint), encoders (structure: pad and codec "
          "to "
          "element), sessions (structure: per session connected, tracks with codec, frames, "
          "key-frames, "
          "bytes, dropped-frames, and webrtc with webrtcbin's own get-stats). Waits up to a second",
          GST_TYPE_STRUCTURE, kReadableProperty));
}

void set_sink_property(WebRTCSink& sink, guint id, const GValue* value, const GParamSpec* spec) {
  using Settings = WebRTCSink::Settings;
  bool shared = false;
  sink.change([&](Settings& to) { shared = set_server_property(to, id, value); });
  if (shared) return;
  switch (id) {
    case kVideoCaps:
      return sink.change(
          [caps = caps_of(value, MediaKind::kVideo)](Settings& to) { to.video_caps = caps; });
    case kAudioCaps:
      return sink.change(
          [caps = caps_of(value, MediaKind::kAudio)](Settings& to) { to.audio_caps = caps; });
    case kStartBitrate:
      return sink.change([value](Settings& to) { to.start_bitrate = g_value_get_uint(value); });
    case kMaxViewers:
      return sink.change([value](Settings& to) { to.max_viewers = g_value_get_uint(value); });
    case kControls: {
      const char* text = g_value_get_string(value);
      return sink.change([&](Settings& to) { to.controls = text ? text : ""; });
    }
    case kNavigation:
      return sink.change([value](Settings& to) { to.navigation = g_value_get_boolean(value); });
    case kMeta: {
      const GstStructure* meta = gst_value_get_structure(value);
      const std::shared_ptr<GstStructure> copy(meta ? gst_structure_copy(meta) : nullptr,
                                               [](GstStructure* owned) {
                                                 if (owned) gst_structure_free(owned);
                                               });
      return sink.change([&](Settings& to) { to.meta = copy; });
    }
    default:
      throw Error(ErrorCode::kFailed, std::string("there is no writable property ") + spec->name);
  }
}

void get_sink_property(const WebRTCSink& sink, guint id, GValue* value) {
  const WebRTCSink::Settings now = sink.settings();
  if (get_server_property(now, id, value)) return;
  switch (id) {
    case kUri:
      return g_value_set_string(value, sink.uri().c_str());
    case kVideoCaps:
      return gst_value_set_caps(value, now.video_caps.get());
    case kAudioCaps:
      return gst_value_set_caps(value, now.audio_caps.get());
    case kStartBitrate:
      return g_value_set_uint(value, now.start_bitrate);
    case kMaxViewers:
      return g_value_set_uint(value, now.max_viewers);
    case kMeta:
      return gst_value_set_structure(value, now.meta.get());
    case kControls:
      return g_value_set_string(value, now.controls.empty() ? nullptr : now.controls.c_str());
    case kNavigation:
      return g_value_set_boolean(value, now.navigation);
    case kUrls:
      return give_urls(value, sink.urls());
    case kViewers:
      return g_value_set_uint(value, sink.viewers());
    case kStats:
      return g_value_take_boxed(value, sink.statistics().release());
    default:
      break;
  }
}

}  // namespace webrtcserver
