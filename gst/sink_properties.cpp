// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink_properties.hpp"

#include <gst/webrtcserver/controls.h>

#include "base/error.hpp"
#include "control_signals.hpp"
#include "run_properties.hpp"
#include "server_properties.hpp"

namespace webrtcserver {

namespace {

enum Property : guint {
  kVideoCaps = kFirstElementProperty,
  kAudioCaps,
  kVideoEncoder,
  kStartBitrate,
  kMaxViewers,
  kMeta,
  kControls,
  kRemoteControls,
  kControlPolicy,
  kFrameMetadata,
  kNavigation,
  kViewers,
  kStats,
};

GType frame_metadata_type() {
  static const GFlagsValue values[] = {
      {kFrameRegions, "Regions of interest (GstVideoRegionOfInterestMeta) that buffers carry",
       "regions"},
      {kFrameApplication, "What the application says with send-frame-metadata", "application"},
      {0, nullptr, nullptr}};
  static const GType type = g_flags_register_static("GstWebRTCServerFrameMetadata", values);
  return type;
}

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
  install(kVideoEncoder,
          g_param_spec_string(
              "video-encoder", "Video encoder",
              "Elements that encode raw video, in order of preference, e.g. \"vah264enc,x264enc\": "
              "these and no others, and so the codecs that they make. NULL: the best that work "
              "here, as webrtc-codecs lists them. Set before requesting pads",
              nullptr, kWritableProperty));
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
  install(kRemoteControls,
          g_param_spec_object("remote-controls", "Remote controls",
                              "Further controls, whose values and actions are the application's "
                              "own. A name that `controls` has too is an error at start-up",
                              GST_TYPE_WEBRTC_SERVER_CONTROLS, kWritableProperty));
  install(kControlPolicy,
          g_param_spec_enum("control-policy", "Control policy",
                            "Which of those who may change something of the pipeline do so",
                            control_policy_type(), static_cast<int>(defaults.control_policy),
                            kWritableProperty));
  install_run_properties(klass);
  install(kFrameMetadata,
          g_param_spec_flags("frame-metadata", "Frame metadata",
                             "What is known of frames beside their pixels, and sent to browsers "
                             "with the RTP timestamps of those frames",
                             frame_metadata_type(), 0, kWritableProperty));
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
          "to element), downloads (likewise, to what takes pictures out of a GPU's memory, where "
          "the encoder needs that), sessions (structure: per session connected, tracks with codec, "
          "frames, "
          "key-frames, "
          "bytes, dropped-frames, and webrtc with webrtcbin's own get-stats). Waits up to a second",
          GST_TYPE_STRUCTURE, kReadableProperty));
}

void set_sink_property(WebRTCSink& sink, guint id, const GValue* value, const GParamSpec* spec) {
  using Settings = WebRTCSink::Settings;
  bool shared = false;
  sink.change([&](Settings& to) {
    shared = set_server_property(to, id, value) || set_run_property(to.run, id, value);
  });
  if (shared) return;
  switch (id) {
    case kVideoCaps:
      return sink.change(
          [caps = caps_of(value, MediaKind::kVideo)](Settings& to) { to.video_caps = caps; });
    case kAudioCaps:
      return sink.change(
          [caps = caps_of(value, MediaKind::kAudio)](Settings& to) { to.audio_caps = caps; });
    case kVideoEncoder: {
      const char* text = g_value_get_string(value);
      if (text) EncoderCatalogue::system()->only(text);
      return sink.change([text](Settings& to) { to.video_encoder = text ? text : ""; });
    }
    case kStartBitrate:
      return sink.change([value](Settings& to) { to.start_bitrate = g_value_get_uint(value); });
    case kMaxViewers:
      return sink.change([value](Settings& to) { to.max_viewers = g_value_get_uint(value); });
    case kControls: {
      const char* text = g_value_get_string(value);
      return sink.change([&](Settings& to) { to.controls = text ? text : ""; });
    }
    case kRemoteControls: {
      // The last reference to what was there before is not dropped under a lock.
      auto controls = Ref<GObject>::retain(static_cast<GObject*>(g_value_get_object(value)));
      return sink.change([&](Settings& to) { std::swap(to.remote_controls, controls); });
    }
    case kControlPolicy:
      return sink.change([value](Settings& to) {
        to.control_policy = static_cast<ControlPolicy>(g_value_get_enum(value));
      });
    case kFrameMetadata:
      return sink.change([value](Settings& to) { to.frame_metadata = g_value_get_flags(value); });
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
  if (get_server_property(now, id, value) || get_run_property(now.run, id, value)) return;
  switch (id) {
    case kUri:
      return g_value_set_string(value, sink.uri().c_str());
    case kVideoCaps:
      return gst_value_set_caps(value, now.video_caps.get());
    case kAudioCaps:
      return gst_value_set_caps(value, now.audio_caps.get());
    case kVideoEncoder:
      return g_value_set_string(value,
                                now.video_encoder.empty() ? nullptr : now.video_encoder.c_str());
    case kStartBitrate:
      return g_value_set_uint(value, now.start_bitrate);
    case kMaxViewers:
      return g_value_set_uint(value, now.max_viewers);
    case kMeta:
      return gst_value_set_structure(value, now.meta.get());
    case kControls:
      return g_value_set_string(value, now.controls.empty() ? nullptr : now.controls.c_str());
    case kRemoteControls:
      return g_value_set_object(value, now.remote_controls.get());
    case kControlPolicy:
      return g_value_set_enum(value, static_cast<int>(now.control_policy));
    case kFrameMetadata:
      return g_value_set_flags(value, now.frame_metadata);
    case kNavigation:
      return g_value_set_boolean(value, now.navigation);
    case kUrls:
      return give_texts(value, sink.urls());
    case kViewers:
      return g_value_set_uint(value, sink.viewers());
    case kStats:
      return g_value_take_boxed(value, sink.statistics().release());
    default:
      break;
  }
}

}  // namespace webrtcserver
