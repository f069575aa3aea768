// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/connection_table.hpp"

#include <algorithm>
#include <vector>

#include "base/log.hpp"
#include "base/open_files.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

namespace {

using Clock = std::chrono::steady_clock;

std::size_t half_of_open_files() {
  return open_file_limit() / 2;
}

// The peer's numeric address; one that reached an IPv6 socket over IPv4 is written as IPv4.
std::string peer_of(GSocket* socket) {
  const auto address = Ref<GSocketAddress>::adopt(g_socket_get_remote_address(socket, nullptr));
  if (!address || !G_IS_INET_SOCKET_ADDRESS(address.get())) return {};
  std::string text = take_string(g_inet_address_to_string(
      g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address.get()))));
  const std::string mapped = "::ffff:";
  if (text.compare(0, mapped.size(), mapped) == 0 && text.find('.') != std::string::npos)
    text.erase(0, mapped.size());
  return text;
}

std::string host_of(const std::string& address) {
  const auto parsed = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(address.c_str()));
  if (!parsed || g_inet_address_get_family(parsed.get()) != G_SOCKET_FAMILY_IPV6) return address;
  constexpr std::size_t kNetworkBytes = 8;
  return std::string(reinterpret_cast<const char*>(g_inet_address_to_bytes(parsed.get())),
                     kNetworkBytes);
}

}  // namespace

Connection::Connection(std::shared_ptr<ConnectionTable> table, Ref<GSocket> socket,
                       std::string peer_address)
    : table_(std::move(table)),
      socket_(std::move(socket)),
      peer_address_(std::move(peer_address)),
      host_(host_of(peer_address_)) {
  table_->connections_.insert(this);
  ++table_->per_host_[host_];
}

Connection::~Connection() {
  table_->connections_.erase(this);
  const auto count = table_->per_host_.find(host_);
  if (--count->second == 0) table_->per_host_.erase(count);
}

void Connection::set_deadline(std::chrono::milliseconds from_now) {
  deadline_ = Clock::now() + from_now;
}

void Connection::shut_down() {
  deadline_.reset();
  g_socket_shutdown(socket_.get(), TRUE, TRUE, nullptr);
}

ConnectionTable::ConnectionTable(std::size_t max_connections, std::size_t max_per_address)
    : max_connections_(std::min(max_connections, half_of_open_files())),
      max_per_address_(max_per_address) {}

std::shared_ptr<Connection> ConnectionTable::admit(Ref<GSocket> socket) {
  std::string peer = peer_of(socket.get());
  const auto count = per_host_.find(host_of(peer));
  if (connections_.size() >= max_connections_ ||
      (count != per_host_.end() && count->second >= max_per_address_)) {
    GST_INFO("Too many connections (%zu), refused one of %s.", connections_.size(), peer.c_str());
    return nullptr;
  }
  return std::make_shared<Connection>(shared_from_this(), std::move(socket), std::move(peer));
}

void ConnectionTable::sweep() {
  const auto now = Clock::now();
  for (Connection* connection : connections_) {
    if (!connection->deadline_ || *connection->deadline_ > now) continue;
    GST_DEBUG("%s took too long, dropped.", connection->peer_address().c_str());
    connection->shut_down();
  }
}

void ConnectionTable::shut_down_all() {
  for (Connection* connection : connections_) connection->shut_down();
}

}  // namespace webrtcserver
