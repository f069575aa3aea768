// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/peer_budget.hpp"

#include <algorithm>
#include <atomic>

#include "base/open_files.hpp"

namespace webrtcserver {

namespace {

std::atomic<std::size_t> peers{0};

}  // namespace

bool PeerBudget::has_room() {
  return peers < std::max<std::size_t>(1, open_file_limit() / 2 / kFilesPerPeer);
}

PeerBudget::PeerBudget() {
  ++peers;
}

PeerBudget::~PeerBudget() {
  --peers;
}

}  // namespace webrtcserver
