// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/handshake_slots.hpp"

#include <algorithm>
#include <utility>

namespace webrtcserver {

void HandshakeSlots::enter(std::shared_ptr<Connection> connection) {
  if (has_room(connection->host())) return begin(connection);
  waiting_.push_back(std::move(connection));
}

void HandshakeSlots::end(const Connection& connection) {
  --running_;
  const auto count = per_host_.find(connection.host());
  if (--count->second == 0) per_host_.erase(count);
  const auto next = std::min_element(
      waiting_.begin(), waiting_.end(),
      [this](const auto& a, const auto& b) { return running(a->host()) < running(b->host()); });
  if (next == waiting_.end() || !has_room((*next)->host())) return;
  const auto taken = std::move(*next);
  waiting_.erase(next);
  begin(taken);
}

std::size_t HandshakeSlots::running(const std::string& host) const {
  const auto count = per_host_.find(host);
  return count == per_host_.end() ? 0 : count->second;
}

bool HandshakeSlots::has_room(const std::string& host) const {
  return running_ < kAtOnce && running(host) < kPerHost;
}

void HandshakeSlots::begin(const std::shared_ptr<Connection>& connection) {
  ++running_;
  ++per_host_[connection->host()];
  begin_(connection);
}

}  // namespace webrtcserver
