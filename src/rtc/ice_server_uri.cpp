// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice_server_uri.hpp"

#include <glib.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

namespace {

std::string escape(const std::string& text) {
  return take_string(g_uri_escape_string(text.c_str(), nullptr, FALSE));
}

}  // namespace

bool add_ice_server(IceSettings& settings, const IceServer& server) {
  const auto colon = server.url.find(':');
  if (colon == std::string::npos) return false;
  const std::string scheme =
      take_string(g_ascii_strdown(server.url.c_str(), static_cast<gssize>(colon)));
  const std::string rest = server.url.substr(colon + 1);
  // Characters that would give the host another meaning behind our "//".
  if (rest.empty() || rest.find_first_of("/@#\\ ") != std::string::npos) return false;
  const bool stun = scheme == "stun";
  if (stun && !settings.stun_server.empty()) return false;
  const std::string user =
      stun ? "" : escape(server.username) + ":" + escape(server.credential) + "@";
  const auto write = [&](IceSettings& to, const std::string& address) {
    if (stun) {
      to.stun_server = scheme + "://" + address;
    } else {
      to.turn_servers.push_back(scheme + "://" + user + address);
    }
  };
  IceSettings alone;
  try {
    write(alone, stun ? rest.substr(0, rest.find('?')) : rest);
    // With the port that an address without one has: webrtcbin does not know it.
    const std::string checked = ice_servers(alone, "").front().url;
    alone = {};
    write(alone, checked.substr(checked.find(':') + 1));
  } catch (const Error&) {
    return false;
  }
  if (stun) {
    settings.stun_server = alone.stun_server;
    return true;
  }
  auto& all = settings.turn_servers;
  if (std::find(all.begin(), all.end(), alone.turn_servers.front()) != all.end()) return false;
  all.push_back(alone.turn_servers.front());
  return true;
}

}  // namespace webrtcserver
