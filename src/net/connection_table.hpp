// SPDX-License-Identifier: LGPL-2.1-or-later
// connection_table.hpp — every accepted connection, counted and with a deadline while it speaks
// HTTP. Server thread.
#pragma once

#include <gio/gio.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/ref.hpp"

namespace webrtcserver {

class ConnectionTable;

// One accepted socket. Counted until it is destroyed, which is when the last stream on it is.
class Connection {
 public:
  Connection(std::shared_ptr<ConnectionTable> table, Ref<GSocket> socket, std::string peer_address);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const Ref<GSocket>& socket() const { return socket_; }
  const std::string& peer_address() const { return peer_address_; }  // numeric, without port
  // What limits count by: the address, or its /64 network for IPv6, of which one host has all.
  const std::string& host() const { return host_; }

  // The socket is shut down when the deadline passes; whoever reads it then sees its end.
  void set_deadline(std::chrono::milliseconds from_now);
  void clear_deadline() { deadline_.reset(); }
  void shut_down();

 private:
  friend class ConnectionTable;

  const std::shared_ptr<ConnectionTable> table_;
  const Ref<GSocket> socket_;
  const std::string peer_address_;
  const std::string host_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

class ConnectionTable : public std::enable_shared_from_this<ConnectionTable> {
 public:
  // `max_connections` is lowered to half of the files this process may open, so that connections
  // alone cannot leave the media without sockets.
  ConnectionTable(std::size_t max_connections, std::size_t max_per_address);

  // Null when there are too many, in all or from the socket's peer.
  std::shared_ptr<Connection> admit(Ref<GSocket> socket);
  // Shuts down what is past its deadline.
  void sweep();
  void shut_down_all();

  std::size_t size() const { return connections_.size(); }

 private:
  friend class Connection;

  const std::size_t max_connections_;
  const std::size_t max_per_address_;
  std::set<Connection*> connections_;
  std::map<std::string, std::size_t> per_host_;
};

}  // namespace webrtcserver
