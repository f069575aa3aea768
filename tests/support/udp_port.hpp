// SPDX-License-Identifier: LGPL-2.1-or-later
// udp_port.hpp — a port of UDP on the loopback interface, held until it is let go.
#pragma once

#include <gio/gio.h>

#include "base/ref.hpp"

namespace webrtcserver::test {

class UdpPort {
 public:
  UdpPort()
      : socket_(Ref<GSocket>::adopt(g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                                 G_SOCKET_PROTOCOL_UDP, nullptr))) {
    const auto any =
        Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("127.0.0.1", 0));
    g_socket_bind(socket_.get(), any.get(), FALSE, nullptr);
    const auto bound =
        Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket_.get(), nullptr));
    number_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound.get()));
  }

  int number() const { return number_; }
  int release() {
    socket_.reset();
    return number_;
  }

 private:
  Ref<GSocket> socket_;
  int number_ = 0;
};

}  // namespace webrtcserver::test
