// SPDX-License-Identifier: LGPL-2.1-or-later
// server_properties.hpp — the properties that both elements have: where the server is and how it
// reaches browsers.
#pragma once

#include <gst/gst.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/endpoint_uri.hpp"
#include "server/option_properties.hpp"
#include "server/server.hpp"
#include "server/server_options.hpp"

namespace webrtcserver {

struct ServerSettings : ServerOptions {
  std::string uri;
  bool retransmission = true;
  // For a server elsewhere, whip(s):// or whep(s)://; nothing where the uri names one of ours.
  std::optional<EndpointUri> endpoint = {};
  std::string auth_token;
  std::string ssl_ca_file;
  bool ssl_strict = true;
};

enum ServerProperty : guint {
  kUri = kFirstFurtherProperty,
  kDoRetransmission,
  kUrls,
  kAuthToken,
  kSslCaFile,
  kSslStrict,
  kFirstElementProperty,
};

inline constexpr auto kLiveProperty = static_cast<GParamFlags>(
    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
// `retransmission`: what do-retransmission says, which depends on who sends.
void install_server_properties(GObjectClass* klass, const ServerSettings& defaults,
                               const char* retransmission);

// False for a property that is the element's own; `uri` and `urls` are.
bool set_server_property(ServerSettings& settings, guint id, const GValue* value);
bool get_server_property(const ServerSettings& settings, guint id, GValue* value);

// apply_uri_options() with words that fit an element.
void apply_element_options(GstElement* element,
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
