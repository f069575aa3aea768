// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/link_header.hpp"

#include "fuzz/fuzz.hpp"
#include "rtc/ice_server_uri.hpp"

using namespace webrtcserver;  // NOLINT: a program of one function

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto servers = read_ice_links(fuzz::text_of(data, size));
  fuzz::require(servers.size() <= kMaxLinkedServers, "the servers of a header are bounded");
  // What is taken of them is given to webrtcbin as it is.
  IceSettings settings;
  for (const IceServer& server : servers) add_ice_server(settings, server);
  for (const std::string& turn : settings.turn_servers)
    fuzz::require(turn.starts_with("turn"), "a TURN server is one");
  return 0;
}
