// SPDX-License-Identifier: LGPL-2.1-or-later
// session_statistics.hpp — the numbers of one session. Any thread but the server's.
#pragma once

#include <cstdint>
#include <memory>

#include "server/session.hpp"

namespace webrtcserver {

// What RTCP says of a peer, as far as it has said anything; for what is sent, as the other side
// sees it.
struct Feedback {
  std::uint64_t lost_packets = 0;
  std::uint64_t nacks = 0;               // packets asked for again
  std::uint64_t key_frame_requests = 0;  // PLI and FIR
  double round_trip = 0;                 // s, the longest of the media; 0: not known
  double jitter = 0;                     // s, likewise
};

Feedback feedback_of(const GstStructure* statistics);

struct SessionStatistics {
  Session::Traffic traffic;
  Feedback feedback;
};

// Waits up to a second for webrtcbin's answer, without which the feedback is empty.
SessionStatistics collect_statistics(const std::weak_ptr<Session>& session);

}  // namespace webrtcserver
