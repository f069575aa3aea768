// SPDX-License-Identifier: LGPL-2.1-or-later
// local_addresses.hpp — by which addresses other machines reach this one. Usable on any thread.
#pragma once

#include <sys/socket.h>

#include <string>
#include <vector>

namespace webrtcserver {

struct LocalAddress {
  std::string text;  // numeric
  bool ipv6;
};

// Those of interfaces that are up, IPv4 first; neither loopback nor link-local ones, which need a
// zone that browsers do not take.
std::vector<LocalAddress> local_addresses();

// "192.168.1.7", "fd00::7"; empty for what is no internet address.
std::string numeric(const sockaddr* address, socklen_t length);

}  // namespace webrtcserver
