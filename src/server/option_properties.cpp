// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/option_properties.hpp"

#include <gst/webrtc/webrtc.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

namespace {

// Not to be read back: pipelines are drawn and logged with the properties that can be.
constexpr auto kSecretProperty =
    static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);

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
  if (spec->value_type == G_TYPE_STRV) return R"(a list, such as <"one", "two">)";
  return std::string("a ") + g_type_name(spec->value_type) + " as gst-launch-1.0 writes it";
}

// As gst-launch-1.0 writes values, but that a text needs no quotation marks.
bool read_value(const std::string& text, GValue* value) {
  if (G_VALUE_HOLDS_STRING(value)) {
    g_value_set_string(value, text.c_str());
    return true;
  }
  if (!G_VALUE_HOLDS(value, G_TYPE_STRV)) return gst_value_deserialize(value, text.c_str());
  // Of which GStreamer reads none.
  GValue array = G_VALUE_INIT;
  g_value_init(&array, GST_TYPE_ARRAY);
  bool fits = gst_value_deserialize(&array, text.c_str());
  for (guint i = 0; fits && i < gst_value_array_get_size(&array); ++i)
    fits = G_VALUE_HOLDS_STRING(gst_value_array_get_value(&array, i));
  if (fits) give_texts(value, texts_of(&array));
  g_value_unset(&array);
  return fits;
}

}  // namespace

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text ? text : "";
}

void give_text(GValue* value, const std::string& text) {
  g_value_set_string(value, text.empty() ? nullptr : text.c_str());
}

GType tls_mode_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(TlsMode::kAuto), "HTTPS with tls-certificate or $SSL_CERT, else HTTP",
       "auto"},
      {static_cast<int>(TlsMode::kOff), "HTTP", "off"},
      {static_cast<int>(TlsMode::kSelfSigned),
       "HTTPS with a certificate of this machine's own, of which browsers warn once",
       "self-signed"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("GstWebRTCServerTls", values);
  return type;
}

std::vector<std::string> texts_of(const GValue* list) {
  std::vector<std::string> texts;
  if (G_VALUE_HOLDS(list, G_TYPE_STRV)) {
    const auto* strv = static_cast<const gchar* const*>(g_value_get_boxed(list));
    for (; strv && *strv; ++strv) texts.emplace_back(*strv);
    return texts;
  }
  for (guint i = 0; i < gst_value_array_get_size(list); ++i)
    texts.push_back(text_of(gst_value_array_get_value(list, i)));
  return texts;
}

void give_texts(GValue* list, const std::vector<std::string>& texts) {
  if (G_VALUE_HOLDS(list, G_TYPE_STRV)) {
    auto* strv = static_cast<char**>(g_new0(char*, texts.size() + 1));
    for (std::size_t i = 0; i < texts.size(); ++i) strv[i] = g_strdup(texts[i].c_str());
    return g_value_take_boxed(list, strv);
  }
  for (const std::string& text : texts) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_STRING);
    g_value_set_string(&value, text.c_str());
    gst_value_array_append_and_take_value(list, &value);
  }
}

void install_option_properties(GObjectClass* klass, TextLists lists) {
  const ServerOptions defaults;
  const auto install = [klass](guint id, GParamSpec* spec) {
    g_object_class_install_property(klass, id, spec);
  };
  const auto install_list = [&](guint id, const char* name, const char* nick, const char* blurb,
                                GParamSpec* element) {
    if (lists == TextLists::kValueArray)
      return install(id, gst_param_spec_array(name, nick, blurb, element, kWritableProperty));
    g_param_spec_sink(element);
    install(id, g_param_spec_boxed(name, nick, blurb, G_TYPE_STRV, kWritableProperty));
  };
  install(kStunServer,
          g_param_spec_string(
              "stun-server", "STUN server",
              "stun://host:port, used here and handed to browsers. NULL: none is contacted",
              nullptr, kWritableProperty));
  install_list(
      kTurnServers, "turn-servers", "TURN servers",
      "turn(s)://user:password@host:port[?transport=udp|tcp], used here and handed to "
      "browsers (turns to browsers only); user and password percent-encoded, as in "
      "<\"turn://joe:secret@turn.example.org:3478\">, or left out with turn-secret",
      g_param_spec_string("turn-server", "TURN server", "turn(s)://user:password@host:port",
                          nullptr, kWritableProperty));
  install(kIceTransportPolicy,
          g_param_spec_enum("ice-transport-policy", "ICE transport policy",
                            "Which network paths may be used, here and by browsers",
                            GST_TYPE_WEBRTC_ICE_TRANSPORT_POLICY,
                            GST_WEBRTC_ICE_TRANSPORT_POLICY_ALL, kWritableProperty));
  install(kMinRtpPort, g_param_spec_uint("min-rtp-port", "Minimum RTP port",
                                         "First UDP and TCP port for media, for firewalls. 0: any",
                                         0, 65535, defaults.ice.min_port, kWritableProperty));
  install(kMaxRtpPort,
          g_param_spec_uint("max-rtp-port", "Maximum RTP port", "Last UDP and TCP port for media",
                            0, 65535, defaults.ice.max_port, kWritableProperty));
  install(kIceTcp, g_param_spec_boolean("ice-tcp", "ICE TCP",
                                        "Offer TCP candidates too, for networks that block UDP",
                                        defaults.ice.tcp, kWritableProperty));
  install(kTls,
          g_param_spec_enum("tls", "TLS",
                            "Whether and how HTTPS and WSS are served: browsers open cameras on "
                            "secure pages only",
                            tls_mode_type(), static_cast<int>(defaults.tls), kWritableProperty));
  install(kTlsCertificate,
          g_param_spec_string(
              "tls-certificate", "TLS certificate",
              "PEM file with the server's certificate and its chain: serves HTTPS and WSS. NULL: "
              "$SSL_CERT, or plain HTTP where that is not set either",
              nullptr, kWritableProperty));
  install(kTlsKey,
          g_param_spec_string("tls-key", "TLS key",
                              "PEM file with the certificate's key, unencrypted. NULL: $SSL_KEY",
                              nullptr, kWritableProperty));
  install(kTurnSecret,
          g_param_spec_string(
              "turn-secret", "TURN secret",
              "Shared with the TURN servers (coturn: use-auth-secret, static-auth-secret): "
              "turn-servers without user and password get credentials of each session's own, good "
              "for 24 hours. NULL: none",
              nullptr, kSecretProperty));
  install(kAuthTokens,
          g_param_spec_string(
              "auth-tokens", "Auth tokens",
              "JSON file, readable by its owner only, that says whose token may view, publish and "
              "control which streams of this server; it is followed on disk. NULL: whoever reaches "
              "the server may do everything",
              nullptr, kWritableProperty));
  install_list(kAllowedOrigins, "allowed-origins", "Allowed origins",
               "Pages of other origins that may open sockets here and read answers, as in "
               "<\"https://example.org\", \"https://example.org:8443\">; * is every page. Those of "
               "the server's own origin always may",
               g_param_spec_string("allowed-origin", "Allowed origin", "https://example.org[:port]",
                                   nullptr, kWritableProperty));
}

bool set_option_property(ServerOptions& to, guint id, const GValue* value) {
  switch (id) {
    case kStunServer:
      to.ice.stun_server = text_of(value);
      break;
    case kTurnServers:
      to.ice.turn_servers = texts_of(value);
      break;
    case kTurnSecret:
      to.ice.turn_secret = text_of(value);
      break;
    case kIceTransportPolicy:
      to.ice.relay_only = g_value_get_enum(value) == GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY;
      break;
    case kMinRtpPort:
      to.ice.min_port = static_cast<std::uint16_t>(g_value_get_uint(value));
      break;
    case kMaxRtpPort:
      to.ice.max_port = static_cast<std::uint16_t>(g_value_get_uint(value));
      break;
    case kIceTcp:
      to.ice.tcp = g_value_get_boolean(value);
      break;
    case kTls:
      to.tls = static_cast<TlsMode>(g_value_get_enum(value));
      break;
    case kTlsCertificate:
      to.tls_certificate = text_of(value);
      break;
    case kTlsKey:
      to.tls_key = text_of(value);
      break;
    case kAuthTokens:
      to.auth_tokens = text_of(value);
      break;
    case kAllowedOrigins:
      to.allowed_origins = texts_of(value);
      break;
    default:
      return false;
  }
  return true;
}

bool get_option_property(const ServerOptions& now, guint id, GValue* value) {
  switch (id) {
    case kStunServer:
      give_text(value, now.ice.stun_server);
      break;
    case kTurnServers:
      give_texts(value, now.ice.turn_servers);
      break;
    case kIceTransportPolicy:
      g_value_set_enum(value, now.ice.relay_only ? GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY
                                                 : GST_WEBRTC_ICE_TRANSPORT_POLICY_ALL);
      break;
    case kMinRtpPort:
      g_value_set_uint(value, now.ice.min_port);
      break;
    case kMaxRtpPort:
      g_value_set_uint(value, now.ice.max_port);
      break;
    case kIceTcp:
      g_value_set_boolean(value, now.ice.tcp);
      break;
    case kTls:
      g_value_set_enum(value, static_cast<int>(now.tls));
      break;
    case kTlsCertificate:
      give_text(value, now.tls_certificate);
      break;
    case kTlsKey:
      give_text(value, now.tls_key);
      break;
    case kAuthTokens:
      give_text(value, now.auth_tokens);
      break;
    case kAllowedOrigins:
      give_texts(value, now.allowed_origins);
      break;
    default:
      return false;
  }
  return true;
}

bool is_uri_option(GObject* object, const std::string& name) {
  static constexpr std::array<std::string_view, 3> kNotOptions{"uri", "name", "parent"};
  const GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(object), name.c_str());
  return spec && (spec->flags & G_PARAM_WRITABLE) &&
         std::find(kNotOptions.begin(), kNotOptions.end(), name) == kNotOptions.end();
}

void apply_uri_options(GObject* object,
                       const std::vector<std::pair<std::string, std::string>>& options,
                       const std::string& whose) {
  for (const auto& [name, text] : options) {
    if (!is_uri_option(object, name)) {
      throw Error(ErrorCode::kInvalidUri,
                  "The uri's option \"" + name + "\" is no property of " + whose);
    }
    GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(object), name.c_str());
    GValue value = G_VALUE_INIT;
    g_value_init(&value, spec->value_type);
    if (!read_value(text, &value) || g_param_value_validate(spec, &value)) {
      g_value_unset(&value);
      const bool secret = name.starts_with("turn-");
      throw Error(ErrorCode::kInvalidUri, "The uri's option " + name + " cannot be " +
                                              (secret ? "what it is" : "\"" + text + "\"") +
                                              ": it takes " + values_of(spec) + ".");
    }
    g_object_set_property(object, name.c_str(), &value);
    g_value_unset(&value);
  }
}

}  // namespace webrtcserver
