// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server_properties.hpp"

namespace webrtcserver {

void install_server_properties(GObjectClass* klass, const ServerSettings& defaults,
                               const char* retransmission) {
  install_option_properties(klass);
  const auto install = [klass](guint id, GParamSpec* spec) {
    g_object_class_install_property(klass, id, spec);
  };
  install(kUri,
          g_param_spec_string(
              "uri", "URI",
              "Where to serve: webrtc://<interface>:<port>/<stream>[?property=value&...]. "
              "Interface @ is every "
              "IPv4 address, [::] every address; port 0 lets the kernel choose and reads "
              "back the real one; "
              "webrtcs:// refuses to start without TLS. Or a server elsewhere: whip(s):// for "
              "webrtcsink, whep(s):// for webrtcsrc",
              defaults.uri.c_str(), kWritableProperty));
  install(kDoRetransmission,
          g_param_spec_boolean("do-retransmission", "Do retransmission", retransmission,
                               defaults.retransmission, kWritableProperty));
  install(kUrls,
          g_param_spec_boxed("urls", "URLs",
                             "Addresses of the stream's page, while the element is READY or higher",
                             G_TYPE_STRV, kReadableProperty));
  install(kAuthToken,
          g_param_spec_string("auth-token", "Authorization token",
                              "Bearer token that a WHIP or WHEP server asks for; sent to the host "
                              "of the uri alone",
                              nullptr, kWritableProperty));
  install(kSslCaFile,
          g_param_spec_string("ssl-ca-file", "SSL CA file",
                              "PEM file with the authorities that the certificate of a WHIP or "
                              "WHEP server is checked against. NULL: the system's",
                              nullptr, kWritableProperty));
  install(kSslStrict, g_param_spec_boolean("ssl-strict", "SSL strict",
                                           "Refuse a WHIP or WHEP server whose certificate cannot "
                                           "be verified",
                                           defaults.ssl_strict, kWritableProperty));
}

bool set_server_property(ServerSettings& to, guint id, const GValue* value) {
  if (set_option_property(to, id, value)) return true;
  switch (id) {
    case kDoRetransmission:
      to.retransmission = g_value_get_boolean(value);
      break;
    case kAuthToken:
      to.auth_token = text_of(value);
      break;
    case kSslCaFile:
      to.ssl_ca_file = text_of(value);
      break;
    case kSslStrict:
      to.ssl_strict = g_value_get_boolean(value);
      break;
    default:
      return false;
  }
  return true;
}

bool get_server_property(const ServerSettings& now, guint id, GValue* value) {
  if (get_option_property(now, id, value)) return true;
  switch (id) {
    case kDoRetransmission:
      g_value_set_boolean(value, now.retransmission);
      break;
    case kAuthToken:
      give_text(value, now.auth_token);
      break;
    case kSslCaFile:
      give_text(value, now.ssl_ca_file);
      break;
    case kSslStrict:
      g_value_set_boolean(value, now.ssl_strict);
      break;
    default:
      return false;
  }
  return true;
}

void apply_element_options(GstElement* element,
                           const std::vector<std::pair<std::string, std::string>>& options) {
  apply_uri_options(G_OBJECT(element), options,
                    take_string(gst_object_get_name(GST_OBJECT(element))) + "; gst-inspect-1.0 " +
                        GST_OBJECT_NAME(gst_element_get_factory(element)) + " lists them.");
}

std::shared_ptr<Server> open_server(const ServerSettings& settings) {
  const StreamUri uri = StreamUri::parse(settings.uri);
  return Server::open(settings_from(settings, uri.endpoint, uri.secure));
}

void tell_self_signed(GstElement* element, const std::vector<std::string>& urls,
                      const std::string& fingerprint) {
  std::string text = "The certificate is self-signed: browsers warn of it once. Its SHA-256 is " +
                     fingerprint + ". The page:";
  for (const std::string& url : urls) text += " " + url;
  // In both parts: gst-launch-1.0 prints the second.
  GST_ELEMENT_INFO(element, RESOURCE, OPEN_WRITE, ("%s", text.c_str()), ("%s", text.c_str()));
}

void tell_open_to_all(GstElement* element) {
  constexpr const char* kText =
      "Whoever reaches this server may view, publish and control; auth-tokens limits that.";
  GST_ELEMENT_INFO(element, RESOURCE, OPEN_WRITE, ("%s", kText), ("%s", kText));
}

}  // namespace webrtcserver
