// SPDX-License-Identifier: LGPL-2.1-or-later
// peer_budget.hpp — how many peers the process can bear. Any thread.
#pragma once

#include <cstddef>

namespace webrtcserver {

// A webrtcbin opens files (sockets, wake-ups), and GLib aborts a process that has none left. So
// peers may use half of them. One that is being torn down still counts: whoever comes and goes fast
// gets no more peers than whoever stays.
class PeerBudget {
 public:
  static constexpr std::size_t kFilesPerPeer = 24;

  static bool has_room();

  // Held by each peer.
  PeerBudget();
  ~PeerBudget();
  PeerBudget(const PeerBudget&) = delete;
  PeerBudget& operator=(const PeerBudget&) = delete;
};

}  // namespace webrtcserver
