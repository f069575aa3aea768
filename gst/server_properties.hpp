// SPDX-License-Identifier: LGPL-2.1-or-later
// server_properties.hpp — the properties that both elements have: where the server is and how it
// reaches browsers.
#pragma once

#include <gst/gst.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/endpoint_uri.hpp"
#include "net/stream_uri.hpp"
#include "net/tls.hpp"
#include "rtc/ice.hpp"
#include "server/server.hpp"

namespace webrtcserver {

struct ServerSettings {
  std::string uri;
  bool retransmission = true;
  IceSettings ice;
  TlsMode tls = TlsMode::kAuto;
  std::string tls_certificate;
  std::string tls_key;
  std::string auth_tokens;
  std::vector<std::string> allowed_origins;
  // For a server elsewhere, whip(s):// or whep(s)://; nothing where the uri names one of ours.
  std::optional<EndpointUri> endpoint = {};
  std::string auth_token;
  std::string ssl_ca_file;
  bool ssl_strict = true;
  // What is wrong with values that could not be taken, by property: open_server() fails with it.
  std::map<std::string, std::string> mistakes;
};

enum ServerProperty : guint {
  kUri = 1,
  kDoRetransmission,
  kStunServer,
  kTurnServers,
  kIceTransportPolicy,
  kMinRtpPort,
  kMaxRtpPort,
  kIceTcp,
  kTls,
  kTlsCertificate,
  kTlsKey,
  kUrls,
  kTurnSecret,
  kAuthTokens,
  kAllowedOrigins,
  kAuthToken,
  kSslCaFile,
  kSslStrict,
  kFirstElementProperty,
};

inline constexpr auto kWritableProperty =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
inline constexpr auto kLiveProperty = static_cast<GParamFlags>(
    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
inline constexpr auto kReadableProperty =
    static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

// `retransmission`: what do-retransmission says, which depends on who sends.
void install_server_properties(GObjectClass* klass, const ServerSettings& defaults,
                               const char* retransmission);

// False for a property that is the element's own; `uri` and `urls` are.
bool set_server_property(ServerSettings& settings, guint id, const GValue* value);
bool get_server_property(const ServerSettings& settings, guint id, GValue* value);

void give_urls(GValue* value, const std::vector<std::string>& urls);

// Strings of a GstValueArray.
std::vector<std::string> texts_of(const GValue* array);
void give_texts(GValue* array, const std::vector<std::string>& texts);

// Whether an option of a URI may have this name: it is a writable property of `element`.
bool is_uri_option(GstElement* element, const std::string& name);

// Sets the options of a URI on `element`. Throws Error(kInvalidUri) for one that is no writable
// property of it, or whose value does not fit: which, and what fits.
void apply_uri_options(GstElement* element,
                       const std::vector<std::pair<std::string, std::string>>& options);

// The server that the settings name. Throws Error: an invalid URI, a port in use, unreadable TLS
// files, settings that contradict the running server's.
std::shared_ptr<Server> open_server(const ServerSettings& settings);

// On the bus: what a person compares with what the browser shows before trusting the certificate.
void tell_self_signed(GstElement* element, const std::vector<std::string>& urls,
                      const std::string& fingerprint);

// On the bus: that whoever reaches the server may do everything.
void tell_open_to_all(GstElement* element);

}  // namespace webrtcserver
