// SPDX-License-Identifier: LGPL-2.1-or-later
#include "src_properties.hpp"

#include "base/error.hpp"
#include "server_properties.hpp"

namespace webrtcserver {

namespace {

enum Property : guint {
  kVideoCodecs = kFirstElementProperty,
  kAudioCodecs,
  kVideoDecoder,
  kLatency,
  kMaxPublishers,
  kOnSecondPublisher,
  kOnIdle,
  kIdleTimeout,
  kPublishers,
  kStats,
};

GType on_second_publisher_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(InputStream::SecondPublisher::kReject),
       "The newcomer is told that the stream is busy", "reject"},
      {static_cast<int>(InputStream::SecondPublisher::kReplace),
       "The newcomer takes the place of the one who has published longest", "replace"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstWebRTCServerOnSecondPublisher", values);
  return type;
}

GType on_idle_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(WebRTCSrc::OnIdle::kWait), "Nothing comes until somebody publishes again",
       "wait"},
      {static_cast<int>(WebRTCSrc::OnIdle::kBlack),
       "Raw video goes on in black, and raw audio in silence", "black"},
      {static_cast<int>(WebRTCSrc::OnIdle::kEos), "The stream ends", "eos"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstWebRTCServerOnIdle", values);
  return type;
}

GParamSpec* codecs_spec(const char* name, const char* nick, const char* blurb) {
  return gst_param_spec_array(
      name, nick, blurb,
      g_param_spec_string("codec", "Codec", "H264, VP8, VP9, H265, AV1 or OPUS", nullptr,
                          kWritableProperty),
      kWritableProperty);
}

}  // namespace

void install_src_properties(GObjectClass* klass) {
  const WebRTCSrc::Settings defaults;
  install_server_properties(klass, defaults,
                            "Ask for lost video packets (NACK) and take them as RTX (RFC 4588)");
  const auto install = [klass](guint id, GParamSpec* spec) {
    g_object_class_install_property(klass, id, spec);
  };
  install(kVideoCodecs,
          codecs_spec("video-codecs", "Video codecs",
                      "Video codecs that browsers may send, in order of preference, e.g. "
                      "<VP8, H264>. Empty: every one that the pipeline takes, or that a decoder is "
                      "installed for, H.264 first"));
  install(kAudioCodecs, codecs_spec("audio-codecs", "Audio codecs",
                                    "Audio codecs that browsers may send, in order of preference. "
                                    "Empty: Opus"));
  install(kVideoDecoder,
          g_param_spec_string(
              "video-decoder", "Video decoder",
              "Elements that decode video, in order of preference, e.g. \"vah264dec,avdec_h264\": "
              "these and no others, and so the codecs that they take, where the pipeline wants raw "
              "video. NULL: the best that work here, as webrtc-codecs lists them",
              nullptr, kWritableProperty));
  install(kLatency,
          g_param_spec_uint("latency", "Latency",
                            "Milliseconds that the jitter buffer waits for packets that are late "
                            "or lost",
                            0, 60'000, defaults.latency, kWritableProperty));
  install(kMaxPublishers,
          g_param_spec_uint("max-publishers", "Maximum publishers",
                            "Publishers at a time, each with pads of its own: video_0 and audio_0 "
                            "are the first one's",
                            1, 64, defaults.max_publishers, kWritableProperty));
  install(kOnSecondPublisher,
          g_param_spec_enum("on-second-publisher", "On second publisher",
                            "What happens when a publisher comes and all places are taken",
                            on_second_publisher_type(), static_cast<int>(defaults.on_second),
                            kWritableProperty));
  install(kOnIdle,
          g_param_spec_enum("on-idle", "On idle",
                            "What the pipeline gets when nobody has published for idle-timeout. "
                            "eos waits for a first publisher",
                            on_idle_type(), static_cast<int>(defaults.on_idle), kWritableProperty));
  install(kIdleTimeout,
          g_param_spec_uint("idle-timeout", "Idle timeout",
                            "Milliseconds without media or publisher until on-idle acts: long "
                            "enough to reload a page",
                            0, G_MAXINT, defaults.idle_timeout, kWritableProperty));
  install(kPublishers,
          g_param_spec_uint("publishers", "Publishers",
                            "Sessions now, those included that are still connecting. notify is "
                            "emitted on a thread that nothing else waits for",
                            0, G_MAXUINT, 0, kReadableProperty));
  install(kStats,
          g_param_spec_boxed(
              "stats", "Statistics",
              "application/x-webrtc-server-stats: publishers (uint), sessions (structure: per "
              "session connected, tracks with codec, decoder, packets, bytes, frames, "
              "dropped-frames, and webrtc with webrtcbin's own get-stats). Waits up to a second",
              GST_TYPE_STRUCTURE, kReadableProperty));
}

void set_src_property(WebRTCSrc& src, guint id, const GValue* value, const GParamSpec* spec) {
  using Settings = WebRTCSrc::Settings;
  bool shared = false;
  src.change([&](Settings& to) { shared = set_server_property(to, id, value); });
  if (shared) return;
  switch (id) {
    case kVideoCodecs: {
      auto names = texts_of(value);
      codecs_named(names, MediaKind::kVideo);
      return src.change([&](Settings& to) { to.video_codecs = std::move(names); });
    }
    case kAudioCodecs: {
      auto names = texts_of(value);
      codecs_named(names, MediaKind::kAudio);
      return src.change([&](Settings& to) { to.audio_codecs = std::move(names); });
    }
    case kVideoDecoder: {
      const char* text = g_value_get_string(value);
      if (text) DecoderCatalogue::system()->only(text);
      return src.change([text](Settings& to) { to.video_decoder = text ? text : ""; });
    }
    case kLatency:
      return src.change([value](Settings& to) { to.latency = g_value_get_uint(value); });
    case kMaxPublishers:
      return src.change([value](Settings& to) { to.max_publishers = g_value_get_uint(value); });
    case kOnSecondPublisher:
      return src.change([value](Settings& to) {
        to.on_second = static_cast<InputStream::SecondPublisher>(g_value_get_enum(value));
      });
    case kOnIdle:
      return src.change([value](Settings& to) {
        to.on_idle = static_cast<WebRTCSrc::OnIdle>(g_value_get_enum(value));
      });
    case kIdleTimeout:
      return src.change([value](Settings& to) { to.idle_timeout = g_value_get_uint(value); });
    default:
      throw Error(ErrorCode::kFailed, std::string("there is no writable property ") + spec->name);
  }
}

void get_src_property(const WebRTCSrc& src, guint id, GValue* value) {
  const WebRTCSrc::Settings now = src.settings();
  if (get_server_property(now, id, value)) return;
  switch (id) {
    case kUri:
      return g_value_set_string(value, src.uri().c_str());
    case kUrls:
      return give_texts(value, src.urls());
    case kVideoCodecs:
      return give_texts(value, now.video_codecs);
    case kAudioCodecs:
      return give_texts(value, now.audio_codecs);
    case kVideoDecoder:
      return g_value_set_string(value,
                                now.video_decoder.empty() ? nullptr : now.video_decoder.c_str());
    case kLatency:
      return g_value_set_uint(value, now.latency);
    case kMaxPublishers:
      return g_value_set_uint(value, now.max_publishers);
    case kOnSecondPublisher:
      return g_value_set_enum(value, static_cast<int>(now.on_second));
    case kOnIdle:
      return g_value_set_enum(value, static_cast<int>(now.on_idle));
    case kIdleTimeout:
      return g_value_set_uint(value, now.idle_timeout);
    case kPublishers:
      return g_value_set_uint(value, src.publishers());
    case kStats:
      return g_value_take_boxed(value, src.statistics().release());
    default:
      break;
  }
}

}  // namespace webrtcserver
