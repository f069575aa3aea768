// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/feedback_counter.hpp"

#include "server/peer_numbers.hpp"

namespace webrtcserver {

void FeedbackCounter::take(const GstStructure* statistics) {
  for_each_rtp(statistics, [this](const PeerNumbers& rtp) { take(rtp); });
}

void FeedbackCounter::take(const PeerNumbers& rtp) {
  if (!rtp.kind) return;  // the families tell pictures from sound
  const auto count = [&](CounterFamily& family, const char* field) {
    std::uint64_t& highest = highest_[rtp.id + "." + field];
    const std::uint64_t now = rtp.number(field);
    if (now <= highest) return;
    family.add({stream_, rtp.kind}, now - highest);
    highest = now;
  };
  switch (rtp.type) {
    case GST_WEBRTC_STATS_OUTBOUND_RTP:
      count(metrics_->received_nacks, "nack-count");
      count(metrics_->received_picture_losses, "pli-count");
      count(metrics_->received_picture_losses, "fir-count");
      break;
    case GST_WEBRTC_STATS_REMOTE_INBOUND_RTP:
      count(metrics_->sent_lost_packets, "packets-lost");
      break;
    case GST_WEBRTC_STATS_INBOUND_RTP:
      count(metrics_->received_lost_packets, "packets-lost");
      count(metrics_->sent_nacks, "nack-count");
      count(metrics_->sent_picture_losses, "pli-count");
      count(metrics_->sent_picture_losses, "fir-count");
      break;
    default:
      break;
  }
}

}  // namespace webrtcserver
