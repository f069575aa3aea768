// SPDX-License-Identifier: LGPL-2.1-or-later
// http_reply.hpp — the one answer to a request, given at once or later. Server thread.
#pragma once

#include <functional>
#include <utility>

#include "net/http.hpp"

namespace webrtcserver {

// Moves; whoever has it last and says nothing has failed, and the client is told so.
class HttpReply {
 public:
  using Send = std::function<void(const HttpResponse&)>;

  HttpReply() = default;
  explicit HttpReply(Send send) : send_(std::move(send)) {}
  ~HttpReply() {
    if (send_) send(HttpResponse::problem(500, "The server failed to answer."));
  }
  HttpReply(HttpReply&& other) noexcept : send_(std::exchange(other.send_, {})) {}
  HttpReply& operator=(HttpReply&& other) noexcept {
    std::swap(send_, other.send_);
    return *this;
  }

  explicit operator bool() const { return static_cast<bool>(send_); }

  // Once. A client that is gone does not get it.
  void send(const HttpResponse& response) { std::exchange(send_, {})(response); }

 private:
  Send send_;
};

using HttpReplyHandler = std::function<void(const HttpRequest&, HttpReply)>;

}  // namespace webrtcserver
