// SPDX-License-Identifier: LGPL-2.1-or-later
// endpoint_uri.hpp — the address of somebody else's WHIP or WHEP endpoint:
// whip(s)://host[:port]/path[?…], whep(s)://…
// Plain values; usable on any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webrtcserver {

struct EndpointUri {
  enum class Protocol { kWhip, kWhep };  // publish there, play from there

  Protocol protocol = Protocol::kWhip;
  std::string url;                                           // http(s)://…, what is posted to
  bool loopback = false;                                     // the host is this machine
  std::vector<std::pair<std::string, std::string>> options;  // decoded, in the order written

  // Whether the scheme is one of these; what follows it may be wrong.
  static bool is_one(std::string_view text);

  // The query may hold options of an element and what the server wants to have: `is_option` tells
  // them apart by name, and the rest stays in the URL. Throws Error(kInvalidUri); the message names
  // the wrong part and what is allowed.
  static EndpointUri parse(std::string_view text, Protocol wanted,
                           const std::function<bool(const std::string&)>& is_option);

  bool operator==(const EndpointUri&) const = default;
};

const char* to_string(EndpointUri::Protocol protocol);  // "WHIP"

// Whether two http(s) URLs have the same scheme, host and port.
bool same_origin(const std::string& one, const std::string& other);

}  // namespace webrtcserver
