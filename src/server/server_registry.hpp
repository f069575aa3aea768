// SPDX-License-Identifier: LGPL-2.1-or-later
// server_registry.hpp — the servers of the process by their real endpoint. Any thread.
//
// Each has its place from before it binds until after it has closed its port, so that none meets
// its own predecessor there.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "net/stream_uri.hpp"

namespace webrtcserver {

class Server;

class ServerRegistry {
 public:
  static ServerRegistry& instance();

  // The running server, or null: the place is the caller's now, who has to fill or leave it.
  std::shared_ptr<Server> find_or_claim(const Endpoint& endpoint);
  void fill(const Endpoint& endpoint, const std::shared_ptr<Server>& server);
  void leave(const Endpoint& endpoint);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Endpoint, std::weak_ptr<Server>> servers_;  // guarded by mutex_
};

}  // namespace webrtcserver
