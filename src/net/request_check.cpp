// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/request_check.hpp"

#include <libsoup/soup.h>

#include <string>

#include "net/soup_message.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxPath = 8 * 1024;  // bytes, percent-encoded; what servers commonly take

bool changes_something(const std::string& method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

}  // namespace

std::optional<HttpResponse> check_request(SoupServerMessage* message, const OriginPolicy& policy) {
  if (raw_path(message).size() > kMaxPath) {
    return HttpResponse::problem(
        414, "The address is too long: its path may have " + std::to_string(kMaxPath) + " bytes.");
  }
  const auto hosts = header_values(message, "Host");
  if (hosts.size() > 1) return HttpResponse::problem(400, "The request has more than one Host.");
  // A request of HTTP/1.0 may come without; no browser sends one.
  if (hosts.empty()) return {};
  // What libsoup read from an absolute request target must not say something else.
  if (!policy.allows_host(hosts.front()) || !policy.allows_host(target_host(message))) {
    return HttpResponse::problem(
        421,
        "This server does not answer to that host name. Use its address or its machine's name; "
        "its operator may start it with the name in its address (webrtc://name:port/…), or behind "
        "a proxy name it in allowed-origins.");
  }
  const auto origins = header_values(message, "Origin");
  if (origins.size() > 1)
    return HttpResponse::problem(400, "The request has more than one Origin.");
  const auto origin = origins.empty() ? std::nullopt : std::make_optional(origins.front());
  const bool upgrade = !header_values(message, "Upgrade").empty();
  if ((upgrade || changes_something(soup_server_message_get_method(message))) &&
      !policy.allows_origin(origin, hosts.front())) {
    return HttpResponse::problem(403, "Pages of that origin may not do this here.");
  }
  return {};
}

}  // namespace webrtcserver
