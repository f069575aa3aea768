// SPDX-License-Identifier: LGPL-2.1-or-later
// turn_patience.hpp — waits until a TURN server has room again for a user with a quota. coturn
// takes a second to notice what was given back, and ten minutes where nothing was.
#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "rtc/turn_probe.hpp"
#include "support/patience.hpp"
#include "support/turn_server.hpp"

namespace webrtcserver::test {

// `user` with its password: "joe:secret". Over TCP, so that the question itself leaves nothing.
inline bool lets_in(const TurnServer& turn, const std::string& user) {
  const auto cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  const auto server =
      parse_ice_server("turn://" + user + "@" + turn.place() + "?transport=tcp", "The server");
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (probe_turn(server, cancellable.get(), kPatience) != TurnFinding::kWorks) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

}  // namespace webrtcserver::test
