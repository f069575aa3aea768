// SPDX-License-Identifier: LGPL-2.1-or-later
// pending_reply.hpp — a request of libsoup's that waits for its answer. Server thread.
#pragma once

#include <memory>

#include "base/ref.hpp"
#include "net/http.hpp"

// As libsoup declares it.
using SoupServerMessage = struct _SoupServerMessage;

namespace webrtcserver {

class PendingReply {
 public:
  // `listener`: whose end is the message's too. `headers` are added to whatever is answered.
  PendingReply(SoupServerMessage* message, std::weak_ptr<const void> listener, HttpHeaders headers);
  ~PendingReply();
  PendingReply(const PendingReply&) = delete;
  PendingReply& operator=(const PendingReply&) = delete;

  void send(HttpResponse response);
  // Unless it has been answered, libsoup does nothing with the request until it is.
  void wait();

 private:
  Ref<SoupServerMessage> message_;
  const std::weak_ptr<const void> listener_;
  const HttpHeaders headers_;
  gulong finished_;
  bool answered_ = false;
  bool waits_ = false;
  bool gone_ = false;
};

}  // namespace webrtcserver
