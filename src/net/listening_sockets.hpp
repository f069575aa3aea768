// SPDX-License-Identifier: LGPL-2.1-or-later
// listening_sockets.hpp — an endpoint as bound and listening TCP sockets, all on one port. Any one
// thread; resolving a host name may wait for the system's resolver.
#pragma once

#include <gio/gio.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/ref.hpp"
#include "net/stream_uri.hpp"

namespace webrtcserver {

class ListeningSockets {
 public:
  // "localhost" is 127.0.0.1 and, where the machine has it, ::1. A host name is every address it
  // resolves to. Throws Error: kAddressInUse; kAddressUnavailable for a name that does not resolve,
  // an address that is not this machine's, or a port that needs privileges.
  explicit ListeningSockets(const Endpoint& endpoint);

  const std::vector<Ref<GSocket>>& sockets() const { return sockets_; }
  std::uint16_t port() const { return port_; }
  // Where media may leave from, numeric: the addresses that are bound to; none when that is every
  // one. A server on loopback has a proxy in front of it, or a browser beside it that does not send
  // from loopback: its media may use every address of the machine.
  std::vector<std::string> media_addresses() const;
  // Every URL a person could type, localhost first: "http://localhost:8554/",
  // "http://192.168.1.7:8554/".
  std::vector<std::string> urls(bool secure) const;

 private:
  bool bind_all(const std::vector<std::string>& addresses, std::uint16_t port);

  const Endpoint endpoint_;
  std::vector<Ref<GSocket>> sockets_;
  std::uint16_t port_ = 0;
};

}  // namespace webrtcserver
