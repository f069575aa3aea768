// SPDX-License-Identifier: LGPL-2.1-or-later
// custom_request.hpp — a request that the application answers, at once or later. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "base/loop_thread.hpp"
#include "net/grant.hpp"
#include "net/http_reply.hpp"

namespace webrtcserver {

class CustomRequest {
 public:
  // Ahead of what ends the connection of a request without an answer (Listener::Limits).
  static constexpr std::chrono::seconds kLimit{25};

  // Server thread, which is that of `loop`. `grant`: what the sender may do.
  CustomRequest(LoopThread& loop, HttpRequest request, Grant grant, HttpReply reply,
                std::chrono::milliseconds limit = kLimit);
  // Without an answer the client is told that the application failed.
  ~CustomRequest();
  CustomRequest(const CustomRequest&) = delete;
  CustomRequest& operator=(const CustomRequest&) = delete;

  const HttpRequest& http() const { return http_; }
  const Grant& grant() const { return grant_; }

  // False: it has been answered before, and this is not sent. A client that is gone, or has been
  // told that it took too long, does not get it.
  bool respond(HttpResponse response);

 private:
  struct Pending;

  LoopThread& loop_;
  const HttpRequest http_;
  const Grant grant_;
  std::shared_ptr<Pending> pending_;  // used, and dropped, on the server thread
  std::atomic<bool> answered_{false};
};

}  // namespace webrtcserver
