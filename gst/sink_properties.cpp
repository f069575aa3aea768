// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink_properties.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

enum Property : guint {
  kUri = kUriProperty,
  kVideoCaps,
  kAudioCaps,
  kStartBitrate,
  kDoRetransmission,
  kStunServer,
  kTurnServers,
  kIceTransportPolicy,
  kMinRtpPort,
  kMaxRtpPort,
  kIceTcp,
  kTlsCertificate,
  kTlsKey,
  kMaxViewers,
  kMeta,
  kUrls,
  kViewers,
  kStats,
};

constexpr auto kWritable =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto kLive = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                GST_PARAM_MUTABLE_PLAYING);
constexpr auto kReadable = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text ? text : "";
}

void give_text(GValue* value, const std::string& text) {
  g_value_set_string(value, text.empty() ? nullptr : text.c_str());
}

std::vector<std::string> texts_of(const GValue* array) {
  std::vector<std::string> texts;
  for (guint i = 0; i < gst_value_array_get_size(array); ++i)
    texts.push_back(text_of(gst_value_array_get_value(array, i)));
  return texts;
}

void give_texts(GValue* array, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_STRING);
    g_value_set_string(&value, text.c_str());
    gst_value_array_append_and_take_value(array, &value);
  }
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
  const auto install = [klass](guint id, GParamSpec* spec) {
    g_object_class_install_property(klass, id, spec);
  };
  install(kUri, g_param_spec_string(
                    "uri", "URI",
                    "Where to serve: webrtc://<interface>:<port>/<stream>[?property=value&...]. "
                    "Interface @ is every "
                    "IPv4 address, [::] every address; port 0 lets the kernel choose and reads "
                    "back the real one; "
                    "webrtcs:// refuses to start without TLS",
                    defaults.uri.c_str(), kWritable));
  install(kVideoCaps, g_param_spec_boxed("video-caps", "Video caps",
                                         "Video codecs to offer for raw input, in order of "
                                         "preference, e.g. \"video/x-vp8; video/x-h264\"; "
                                         "NULL offers every codec that an encoder is installed "
                                         "for, H.264 first. Set before requesting pads",
                                         GST_TYPE_CAPS, kWritable));
  install(kAudioCaps, g_param_spec_boxed("audio-caps", "Audio caps",
                                         "Audio codecs to offer for raw input, in order of "
                                         "preference; NULL offers Opus. Set before "
                                         "requesting pads",
                                         GST_TYPE_CAPS, kWritable));
  install(
      kStartBitrate,
      g_param_spec_uint("start-bitrate", "Start bitrate",
                        "Bitrate of each video encoder in bit/s. Running encoders follow a change",
                        1000, G_MAXUINT, defaults.start_bitrate, kLive));
  install(kDoRetransmission,
          g_param_spec_boolean(
              "do-retransmission", "Do retransmission",
              "Offer RTX (RFC 4588) and resend video packets that a viewer misses (NACK)",
              defaults.retransmission, kWritable));
  install(kStunServer,
          g_param_spec_string(
              "stun-server", "STUN server",
              "stun://host:port, used here and handed to browsers. NULL: none is contacted",
              nullptr, kWritable));
  install(kTurnServers,
          gst_param_spec_array(
              "turn-servers", "TURN servers",
              "turn(s)://user:password@host:port[?transport=udp|tcp], used here and handed to "
              "browsers; user and "
              "password percent-encoded, as in <\"turn://joe:secret@turn.example.org:3478\">",
              g_param_spec_string("turn-server", "TURN server", "turn(s)://user:password@host:port",
                                  nullptr, kWritable),
              kWritable));
  install(kIceTransportPolicy,
          g_param_spec_enum("ice-transport-policy", "ICE transport policy",
                            "Which network paths may be used, here and by browsers",
                            GST_TYPE_WEBRTC_ICE_TRANSPORT_POLICY,
                            GST_WEBRTC_ICE_TRANSPORT_POLICY_ALL, kWritable));
  install(kMinRtpPort, g_param_spec_uint("min-rtp-port", "Minimum RTP port",
                                         "First UDP and TCP port for media, for firewalls. 0: any",
                                         0, 65535, defaults.ice.min_port, kWritable));
  install(kMaxRtpPort,
          g_param_spec_uint("max-rtp-port", "Maximum RTP port", "Last UDP and TCP port for media",
                            0, 65535, defaults.ice.max_port, kWritable));
  install(kIceTcp, g_param_spec_boolean("ice-tcp", "ICE TCP",
                                        "Offer TCP candidates too, for networks that block UDP",
                                        defaults.ice.tcp, kWritable));
  install(kTlsCertificate,
          g_param_spec_string(
              "tls-certificate", "TLS certificate",
              "PEM file with the server's certificate and its chain: serves HTTPS and WSS. NULL: "
              "$SSL_CERT, or plain HTTP where that is not set either",
              nullptr, kWritable));
  install(kTlsKey,
          g_param_spec_string("tls-key", "TLS key",
                              "PEM file with the certificate's key, unencrypted. NULL: $SSL_KEY",
                              nullptr, kWritable));
  install(kMaxViewers,
          g_param_spec_uint("max-viewers", "Maximum viewers",
                            "Viewers at a time; further ones are answered with 503 and Retry-After",
                            1, G_MAXUINT, defaults.max_viewers, kWritable));
  install(kMeta, g_param_spec_boxed(
                     "meta", "Meta",
                     "Strings, numbers and booleans shown to browsers with the stream; the page "
                     "uses the fields "
                     "title and description, e.g. \"meta,title=(string)\\\"Front camera\\\"\"",
                     GST_TYPE_STRUCTURE, kWritable));
  install(kUrls,
          g_param_spec_boxed("urls", "URLs",
                             "Addresses of the stream's page, while the element is READY or higher",
                             G_TYPE_STRV, kReadable));
  install(kViewers,
          g_param_spec_uint("viewers", "Viewers",
                            "Sessions now, those included that are still connecting. notify is "
                            "emitted on a thread that nothing else waits for",
                            0, G_MAXUINT, 0, kReadable));
  install(
      kStats,
      g_param_spec_boxed(
          "stats", "Statistics",
          "application/x-webrtc-server-stats: viewers (uint), encoders (structure: pad and codec "
          "to "
          "element), sessions (structure: per session connected, tracks with codec, frames, "
          "key-frames, "
          "bytes, dropped-frames, and webrtc with webrtcbin's own get-stats). Waits up to a second",
          GST_TYPE_STRUCTURE, kReadable));
}

void set_sink_property(WebRTCSink& sink, guint id, const GValue* value, const GParamSpec* spec) {
  using Settings = WebRTCSink::Settings;
  switch (id) {
    case kVideoCaps:
      return sink.change(
          [caps = caps_of(value, MediaKind::kVideo)](Settings& to) { to.video_caps = caps; });
    case kAudioCaps:
      return sink.change(
          [caps = caps_of(value, MediaKind::kAudio)](Settings& to) { to.audio_caps = caps; });
    case kStartBitrate:
      return sink.change([value](Settings& to) { to.start_bitrate = g_value_get_uint(value); });
    case kDoRetransmission:
      return sink.change([value](Settings& to) { to.retransmission = g_value_get_boolean(value); });
    case kStunServer:
      return sink.change([value](Settings& to) { to.ice.stun_server = text_of(value); });
    case kTurnServers:
      return sink.change([value](Settings& to) { to.ice.turn_servers = texts_of(value); });
    case kIceTransportPolicy:
      return sink.change([value](Settings& to) {
        to.ice.relay_only = g_value_get_enum(value) == GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY;
      });
    case kMinRtpPort:
      return sink.change([value](Settings& to) {
        to.ice.min_port = static_cast<std::uint16_t>(g_value_get_uint(value));
      });
    case kMaxRtpPort:
      return sink.change([value](Settings& to) {
        to.ice.max_port = static_cast<std::uint16_t>(g_value_get_uint(value));
      });
    case kIceTcp:
      return sink.change([value](Settings& to) { to.ice.tcp = g_value_get_boolean(value); });
    case kTlsCertificate:
      return sink.change([value](Settings& to) { to.tls_certificate = text_of(value); });
    case kTlsKey:
      return sink.change([value](Settings& to) { to.tls_key = text_of(value); });
    case kMaxViewers:
      return sink.change([value](Settings& to) { to.max_viewers = g_value_get_uint(value); });
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
  switch (id) {
    case kUri:
      return g_value_set_string(value, sink.uri().c_str());
    case kVideoCaps:
      return gst_value_set_caps(value, now.video_caps.get());
    case kAudioCaps:
      return gst_value_set_caps(value, now.audio_caps.get());
    case kStartBitrate:
      return g_value_set_uint(value, now.start_bitrate);
    case kDoRetransmission:
      return g_value_set_boolean(value, now.retransmission);
    case kStunServer:
      return give_text(value, now.ice.stun_server);
    case kTurnServers:
      return give_texts(value, now.ice.turn_servers);
    case kIceTransportPolicy:
      return g_value_set_enum(value, now.ice.relay_only ? GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY
                                                        : GST_WEBRTC_ICE_TRANSPORT_POLICY_ALL);
    case kMinRtpPort:
      return g_value_set_uint(value, now.ice.min_port);
    case kMaxRtpPort:
      return g_value_set_uint(value, now.ice.max_port);
    case kIceTcp:
      return g_value_set_boolean(value, now.ice.tcp);
    case kTlsCertificate:
      return give_text(value, now.tls_certificate);
    case kTlsKey:
      return give_text(value, now.tls_key);
    case kMaxViewers:
      return g_value_set_uint(value, now.max_viewers);
    case kMeta:
      return gst_value_set_structure(value, now.meta.get());
    case kUrls: {
      std::vector<std::string> urls = sink.urls();
      auto* array = static_cast<char**>(g_new0(char*, urls.size() + 1));
      for (std::size_t i = 0; i < urls.size(); ++i) array[i] = g_strdup(urls[i].c_str());
      return g_value_take_boxed(value, array);
    }
    case kViewers:
      return g_value_set_uint(value, sink.viewers());
    case kStats:
      return g_value_take_boxed(value, sink.statistics().release());
    default:
      break;
  }
}

namespace {

// What a property takes, in words.
std::string values_of(const GParamSpec* spec) {
  if (G_IS_PARAM_SPEC_BOOLEAN(spec)) return "true or false";
  if (G_IS_PARAM_SPEC_UINT(spec)) {
    const auto* range = G_PARAM_SPEC_UINT(spec);
    return "a whole number from " + std::to_string(range->minimum) + " to " +
           std::to_string(range->maximum);
  }
  if (G_IS_PARAM_SPEC_ENUM(spec)) {
    const GEnumClass* values = G_PARAM_SPEC_ENUM(spec)->enum_class;
    std::string names;
    for (guint i = 0; i < values->n_values; ++i) {
      if (i > 0) names += i + 1 < values->n_values ? ", " : " or ";
      names += values->values[i].value_nick;
    }
    return names;
  }
  return std::string("a ") + g_type_name(spec->value_type) + " as gst-launch-1.0 writes it";
}

}  // namespace

void apply_uri_options(GstElement* element,
                       const std::vector<std::pair<std::string, std::string>>& options) {
  static constexpr std::array<std::string_view, 3> kNotOptions{"uri", "name", "parent"};
  for (const auto& [name, text] : options) {
    GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name.c_str());
    if (!spec || !(spec->flags & G_PARAM_WRITABLE) ||
        std::find(kNotOptions.begin(), kNotOptions.end(), name) != kNotOptions.end()) {
      throw Error(ErrorCode::kInvalidUri,
                  "The uri's option \"" + name + "\" is no property of " +
                      take_string(gst_object_get_name(GST_OBJECT(element))) +
                      "; gst-inspect-1.0 webrtcsink lists them.");
    }
    GValue value = G_VALUE_INIT;
    g_value_init(&value, spec->value_type);
    const bool fits = G_VALUE_HOLDS_STRING(&value) || gst_value_deserialize(&value, text.c_str());
    if (fits && G_VALUE_HOLDS_STRING(&value)) g_value_set_string(&value, text.c_str());
    if (!fits || g_param_value_validate(spec, &value)) {
      g_value_unset(&value);
      throw Error(ErrorCode::kInvalidUri, "The uri's option " + name + " cannot be \"" + text +
                                              "\": it takes " + values_of(spec) + ".");
    }
    g_object_set_property(G_OBJECT(element), name.c_str(), &value);
    g_value_unset(&value);
  }
}

}  // namespace webrtcserver
