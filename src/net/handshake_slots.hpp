// SPDX-License-Identifier: LGPL-2.1-or-later
// handshake_slots.hpp — which TLS handshakes run at a time. Server thread.
//
// GIO gives each a thread of its pool, of which it has ten for the whole process. Whoever begins
// handshakes and leaves them hanging would take them all.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "net/connection_table.hpp"

namespace webrtcserver {

class HandshakeSlots {
 public:
  static constexpr std::size_t kAtOnce = 8;
  static constexpr std::size_t kPerHost = 4;

  using Begin = std::function<void(const std::shared_ptr<Connection>&)>;

  explicit HandshakeSlots(Begin begin) : begin_(std::move(begin)) {}

  // Begins, now or when others have ended. The next is of the host with the fewest that run, the
  // first of it: nobody waits behind those of a host that has many. Each begun one has to be ended.
  void enter(std::shared_ptr<Connection> connection);
  void end(const Connection& connection);

 private:
  std::size_t running(const std::string& host) const;
  bool has_room(const std::string& host) const;
  void begin(const std::shared_ptr<Connection>& connection);

  const Begin begin_;
  std::size_t running_ = 0;
  std::map<std::string, std::size_t> per_host_;
  std::deque<std::shared_ptr<Connection>> waiting_;
};

}  // namespace webrtcserver
