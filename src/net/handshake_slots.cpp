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
  const auto next = std::find_if(waiting_.begin(), waiting_.end(),
                                 [this](const auto& waiting) { return has_room(waiting->host()); });
  if (next == waiting_.end()) return;
  const auto taken = std::move(*next);
  waiting_.erase(next);
  begin(taken);
}

bool HandshakeSlots::has_room(const std::string& host) const {
  const auto count = per_host_.find(host);
  return running_ < kAtOnce && (count == per_host_.end() || count->second < kPerHost);
}

void HandshakeSlots::begin(const std::shared_ptr<Connection>& connection) {
  ++running_;
  ++per_host_[connection->host()];
  begin_(connection);
}

}  // namespace webrtcserver
