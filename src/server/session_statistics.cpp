// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/session_statistics.hpp"

#include <algorithm>
#include <future>

#include "server/peer_numbers.hpp"
#include "server/server.hpp"

namespace webrtcserver {

namespace {

constexpr std::chrono::seconds kPatience{1};

}  // namespace

Feedback feedback_of(const GstStructure* statistics) {
  Feedback feedback;
  const auto take_requests = [&](const PeerNumbers& rtp) {
    feedback.nacks += rtp.number("nack-count");
    feedback.key_frame_requests += rtp.number("pli-count") + rtp.number("fir-count");
  };
  const auto take_losses = [&](const PeerNumbers& rtp) {
    feedback.lost_packets += rtp.number("packets-lost");
    feedback.jitter = std::max(feedback.jitter, rtp.real("jitter"));
  };
  for_each_rtp(statistics, [&](const PeerNumbers& rtp) {
    switch (rtp.type) {
      case GST_WEBRTC_STATS_OUTBOUND_RTP:
        return take_requests(rtp);
      case GST_WEBRTC_STATS_REMOTE_INBOUND_RTP:
        feedback.round_trip = std::max(feedback.round_trip, rtp.real("round-trip-time"));
        return take_losses(rtp);
      case GST_WEBRTC_STATS_INBOUND_RTP:
        take_requests(rtp);
        return take_losses(rtp);
      default:
        return;
    }
  });
  return feedback;
}

SessionStatistics collect_statistics(const std::weak_ptr<Session>& session) {
  SessionStatistics statistics;
  // Shared, since the answer may come after nobody waits any more.
  const auto answer = std::make_shared<std::promise<Feedback>>();
  auto answered = answer->get_future();
  const bool asked = server_thread().call([&] {
    const auto self = session.lock();
    if (!self) return false;
    statistics.traffic = self->traffic();
    if (!self->peer() || !self->end_reason().empty()) return false;
    self->peer()->get_statistics([answer](const Owned<GstStructure>& statistics_of_peer) {
      answer->set_value(feedback_of(statistics_of_peer.get()));
    });
    return true;
  });
  if (asked && answered.wait_for(kPatience) == std::future_status::ready)
    statistics.feedback = answered.get();
  return statistics;
}

}  // namespace webrtcserver
