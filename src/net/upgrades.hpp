// SPDX-License-Identifier: LGPL-2.1-or-later
// upgrades.hpp — what leaves HTTP: WebSockets, event streams, and the answer to a request that is
// too large. Server thread.
#pragma once

#include "net/listener.hpp"
#include "net/origin_policy.hpp"
#include "net/request_counter.hpp"
#include "net/socket_channel.hpp"

// As libsoup declares it.
using SoupServerMessage = struct _SoupServerMessage;

namespace webrtcserver {

class Upgrades {
 public:
  // All of a listener's, which outlives this.
  Upgrades(LoopThread& loop, const Listener::Limits& limits, const OriginPolicy& policy,
           RequestCounter& counter)
      : loop_(loop), limits_(limits), policy_(policy), counter_(counter) {}

  // Answered at once: reading the rest first would be what the sender wants.
  void refuse_body(SoupServerMessage* message) const;
  void open_web_socket(SoupServerMessage* message, const HttpRequest& request,
                       const WebSocketHandler& handler) const;
  void open_events(SoupServerMessage* message, const HttpRequest& request,
                   const EventsHandler& handler) const;

 private:
  std::shared_ptr<SocketChannel> take_over(SoupServerMessage* message,
                                           const SocketChannel::Limits& limits) const;

  LoopThread& loop_;
  const Listener::Limits& limits_;
  const OriginPolicy& policy_;
  RequestCounter& counter_;
};

// The body, if there is one, may never be read: it must not be taken for the next request.
void respond_early(SoupServerMessage* message, HttpResponse response);

}  // namespace webrtcserver
