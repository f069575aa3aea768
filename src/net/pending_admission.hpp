// SPDX-License-Identifier: LGPL-2.1-or-later
// pending_admission.hpp — a request of libsoup's whose gate takes its time: nothing is read of it
// until it is let in or refused. Server thread.
#pragma once

#include <functional>
#include <memory>

#include "base/ref.hpp"

// As libsoup declares it.
using SoupServerMessage = struct _SoupServerMessage;

namespace webrtcserver {

class PendingAdmission {
 public:
  // `listener`: whose end is the message's too.
  PendingAdmission(SoupServerMessage* message, std::weak_ptr<const void> listener);
  ~PendingAdmission();
  PendingAdmission(const PendingAdmission&) = delete;
  PendingAdmission& operator=(const PendingAdmission&) = delete;

  // libsoup does nothing with the request from here on.
  void wait();
  // `go_on` is called, unless the client or the listener has gone, and then what is left of the
  // request is read. Once.
  void end(const std::function<void(SoupServerMessage*)>& go_on);

 private:
  Ref<SoupServerMessage> message_;
  const std::weak_ptr<const void> listener_;
  gulong finished_;
  bool waits_ = false;
  bool gone_ = false;
};

}  // namespace webrtcserver
