// SPDX-License-Identifier: LGPL-2.1-or-later
// request_counter.hpp — how many requests were answered, and how. Server thread; what has been
// counted may be read on any.
#pragma once

#include <string>

#include "base/counter_family.hpp"

// As libsoup declares it.
using SoupServerMessage = struct _SoupServerMessage;

namespace webrtcserver {

// A path is a stranger's to choose, and there are as many as they like: what is counted is the
// pattern that it fits ("/{stream}/whep"), or "none".
class RequestCounter {
 public:
  static void set_route(SoupServerMessage* message, const std::string& pattern);

  // Its head goes out: through libsoup, or without it.
  void count(SoupServerMessage* message);
  void count(SoupServerMessage* message, int status);

  const CounterFamily& counted() const { return requests_; }

 private:
  CounterFamily requests_{"webrtcserver_http_requests_total",
                          "HTTP requests that were answered. A WebSocket's is one with status 101.",
                          {"method", "route", "status"}};
};

}  // namespace webrtcserver
