// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/network_settings.hpp"

#include "base/error.hpp"
#include "rtc/ice_server.hpp"

namespace webrtcserver {

namespace {

struct IceUris {
  std::string stun;
  std::vector<std::string> turn;
};

void set_stun(IceUris& uris, const std::string& stun) {
  if (!uris.stun.empty() && uris.stun != stun) {
    throw Error(ErrorCode::kInvalidUri,
                "There is more than one STUN server; one is asked, and one is enough.");
  }
  uris.stun = stun;
}

IceUris uris_of(const VideoOptions& options) {
  IceUris uris;
  if (!options.stun_server.empty())
    set_stun(uris, to_webrtcbin(parse_ice_server(options.stun_server, "stun-server")));
  for (const std::string& text : options.turn_servers)
    uris.turn.push_back(to_webrtcbin(parse_ice_server(text, "A server of turn-servers")));
  for (const std::string& text : options.ice_servers) {
    const IceServer server = parse_ice_server(text, "A server of ice-servers");
    if (is_turn(server)) {
      uris.turn.push_back(to_webrtcbin(server));
    } else {
      set_stun(uris, to_webrtcbin(server));
    }
  }
  return uris;
}

void set_text(GstElement* element, const char* property, const std::string& value) {
  if (!value.empty()) g_object_set(element, property, value.c_str(), nullptr);
}

}  // namespace

void check_network_settings(const VideoOptions& options) {
  uris_of(options);
}

void apply_network_settings(GstElement* element, const VideoOptions& options) {
  const IceUris uris = uris_of(options);
  set_text(element, "stun-server", uris.stun);
  if (!uris.turn.empty()) {
    GValue servers = G_VALUE_INIT;
    g_value_init(&servers, GST_TYPE_ARRAY);
    for (const std::string& uri : uris.turn) {
      GValue text = G_VALUE_INIT;
      g_value_init(&text, G_TYPE_STRING);
      g_value_set_string(&text, uri.c_str());
      gst_value_array_append_and_take_value(&servers, &text);
    }
    g_object_set_property(G_OBJECT(element), "turn-servers", &servers);
    g_value_unset(&servers);
  }
  set_text(element, "tls-certificate", options.ssl_certificate);
  set_text(element, "tls-key", options.ssl_key);
}

}  // namespace webrtcserver
