// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/listening_sockets.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/local_addresses.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

namespace {

constexpr int kListenBacklog = 512;
// With port 0 the kernel chooses for the first address; another program may hold that port on the
// next.
constexpr int kPortAttempts = 16;

constexpr const char* kAnyIpv4 = "0.0.0.0";
constexpr const char* kAnyIpv6 = "::";

bool is_ipv6(const std::string& address) {
  return address.find(':') != std::string::npos;
}

std::vector<std::string> resolve(const std::string& interface) {
  if (g_hostname_is_ip_address(interface.c_str())) return {interface};
  if (interface == "localhost") return {"127.0.0.1", "::1"};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(interface.c_str(), nullptr, &hints, &list); error != 0) {
    throw Error(
        ErrorCode::kAddressUnavailable,
        "The host name “" + interface + "” cannot be resolved: " + gai_strerror(error) + ".");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(list, freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* entry = list; entry; entry = entry->ai_next) {
    std::string address = numeric(entry->ai_addr, entry->ai_addrlen);
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
      addresses.push_back(address);
  }
  return addresses;
}

// Nothing when it worked, else the reason as a G_IO_ERROR.
Owned<GError> try_listen(const std::string& address, std::uint16_t port, Ref<GSocket>& socket) {
  GError* error = nullptr;
  const bool ipv6 = is_ipv6(address);
  socket = Ref<GSocket>::adopt(g_socket_new(ipv6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4,
                                            G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error));
  if (!socket) return Owned<GError>(error);
  // "::" takes IPv4 too; any other address is bound as it is written.
  if (ipv6)
    g_socket_set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, address == kAnyIpv6 ? 0 : 1,
                        nullptr);
  g_socket_set_blocking(socket.get(), FALSE);
  g_socket_set_listen_backlog(socket.get(), kListenBacklog);
  const auto target =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string(address.c_str(), port));
  if (!g_socket_bind(socket.get(), target.get(), TRUE, &error) ||
      !g_socket_listen(socket.get(), &error)) {
    socket.reset();
    return Owned<GError>(error);
  }
  return nullptr;
}

std::uint16_t port_of(GSocket* socket) {
  const auto address = Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket, nullptr));
  return address ? g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address.get())) : 0;
}

[[noreturn]] void fail(const Endpoint& endpoint, const std::string& address, std::uint16_t port,
                       const GError* error) {
  const std::string place = "port " + std::to_string(port) + " of " + address +
                            (address == endpoint.interface ? "" : " (" + endpoint.interface + ")");
  switch (error->code) {
    case G_IO_ERROR_ADDRESS_IN_USE:
      throw Error(ErrorCode::kAddressInUse,
                  "The " + place +
                      " is in use by another program; stop it, or choose another port "
                      "(0 lets the kernel choose).");
    case G_IO_ERROR_PERMISSION_DENIED:
      throw Error(ErrorCode::kAddressUnavailable,
                  "The " + place +
                      " needs privileges this program does not have; choose a port above 1023, or "
                      "grant CAP_NET_BIND_SERVICE.");
    default:
      // GLib has no code of its own for EADDRNOTAVAIL.
      throw Error(ErrorCode::kAddressUnavailable,
                  "The " + place + " cannot be listened on (" + error->message +
                      "); use an address of this machine, @ for every IPv4 address or [::] for "
                      "every address.");
  }
}

}  // namespace

ListeningSockets::ListeningSockets(const Endpoint& endpoint) : endpoint_(endpoint) {
  const std::vector<std::string> addresses = resolve(endpoint.interface);
  int attempts = endpoint.port == 0 && addresses.size() > 1 ? kPortAttempts : 1;
  while (!bind_all(addresses, endpoint.port)) {
    if (--attempts == 0) {
      throw Error(ErrorCode::kAddressInUse,
                  "No port is free on every address of “" + endpoint.interface + "”.");
    }
  }
}

// False when the port that the kernel chose for the first address is taken on another.
bool ListeningSockets::bind_all(const std::vector<std::string>& addresses, std::uint16_t port) {
  const bool kernel_chooses = port == 0;
  sockets_.clear();
  for (std::string address : addresses) {
    Ref<GSocket> socket;
    auto error = try_listen(address, port, socket);
    if (error && address == kAnyIpv6 && error->code != G_IO_ERROR_ADDRESS_IN_USE) {
      // A machine without IPv6: every address is every IPv4 address.
      GST_INFO("No IPv6 here (%s), listening on every IPv4 address.", error->message);
      address = kAnyIpv4;
      error = try_listen(address, port, socket);
    }
    if (error) {
      const bool taken = error->code == G_IO_ERROR_ADDRESS_IN_USE;
      if (taken && kernel_chooses && port != 0) return false;
      const bool optional = endpoint_.interface == "localhost" && !sockets_.empty() && !taken;
      if (!optional) fail(endpoint_, address, port, error.get());
      GST_INFO("Not listening on %s: %s", address.c_str(), error->message);
      continue;
    }
    if (port == 0) port = port_of(socket.get());
    sockets_.push_back(std::move(socket));
  }
  port_ = port;
  return true;
}

std::vector<std::string> ListeningSockets::media_addresses() const {
  std::vector<std::string> addresses;
  bool loopback = true;
  for (const Ref<GSocket>& socket : sockets_) {
    const auto local =
        Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket.get(), nullptr));
    if (!local) continue;
    GInetAddress* address = g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(local.get()));
    if (g_inet_address_get_is_any(address)) return {};
    loopback = loopback && g_inet_address_get_is_loopback(address);
    addresses.push_back(take_string(g_inet_address_to_string(address)));
  }
  if (!loopback) return addresses;
  for (const LocalAddress& address : local_addresses()) addresses.push_back(address.text);
  return addresses;
}

std::vector<std::string> ListeningSockets::urls(bool secure) const {
  const auto url = [&](const std::string& host) {
    return (secure ? "https://" : "http://") + (is_ipv6(host) ? "[" + host + "]" : host) + ":" +
           std::to_string(port_) + "/";
  };
  if (endpoint_.interface != kAnyIpv4 && endpoint_.interface != kAnyIpv6)
    return {url(endpoint_.interface)};
  std::vector<std::string> urls = {url("localhost")};
  for (const LocalAddress& address : local_addresses()) {
    if (!address.ipv6 || endpoint_.interface == kAnyIpv6) urls.push_back(url(address.text));
  }
  return urls;
}

}  // namespace webrtcserver
