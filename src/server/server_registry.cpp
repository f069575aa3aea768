// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/server_registry.hpp"

namespace webrtcserver {

ServerRegistry& ServerRegistry::instance() {
  static auto* const registry = new ServerRegistry();  // NOLINT: outlives every static destructor
  return *registry;
}

std::shared_ptr<Server> ServerRegistry::find_or_claim(const Endpoint& endpoint) {
  std::unique_lock lock(mutex_);
  std::shared_ptr<Server> running;
  changed_.wait(lock, [&] {
    const auto found = servers_.find(endpoint);
    if (found == servers_.end()) return true;
    running = found->second.lock();
    return running != nullptr;  // else it is coming or going
  });
  if (!running) servers_[endpoint];
  return running;
}

void ServerRegistry::fill(const Endpoint& endpoint, const std::shared_ptr<Server>& server) {
  const std::scoped_lock lock(mutex_);
  servers_[endpoint] = server;
  changed_.notify_all();
}

void ServerRegistry::leave(const Endpoint& endpoint) {
  const std::scoped_lock lock(mutex_);
  servers_.erase(endpoint);
  changed_.notify_all();
}

}  // namespace webrtcserver
