// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/request_counter.hpp"

#include <libsoup/soup.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace webrtcserver {

namespace {

constexpr const char* kRoute = "webrtcserver-route";

// Any word is a method to libsoup.
std::string method_of(SoupServerMessage* message) {
  constexpr std::array<std::string_view, 7> kKnown = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};
  const char* method = soup_server_message_get_method(message);
  if (!method || std::find(kKnown.begin(), kKnown.end(), method) == kKnown.end()) return "other";
  return method;
}

}  // namespace

void RequestCounter::set_route(SoupServerMessage* message, const std::string& pattern) {
  g_object_set_data_full(G_OBJECT(message), kRoute, g_strdup(pattern.c_str()), g_free);
}

void RequestCounter::count(SoupServerMessage* message) {
  count(message, static_cast<int>(soup_server_message_get_status(message)));
}

void RequestCounter::count(SoupServerMessage* message, int status) {
  const auto* route = static_cast<const char*>(g_object_get_data(G_OBJECT(message), kRoute));
  requests_.add({method_of(message), route ? route : "none", std::to_string(status)});
}

}  // namespace webrtcserver
