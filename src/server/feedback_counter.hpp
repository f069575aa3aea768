// SPDX-License-Identifier: LGPL-2.1-or-later
// feedback_counter.hpp — adds to a server's metrics what RTCP says of one peer. One thread at a
// time: that of the peer's queue, where webrtcbin's statistics arrive.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "server/metrics.hpp"

namespace webrtcserver {

struct PeerNumbers;

class FeedbackCounter {
 public:
  FeedbackCounter(std::shared_ptr<Metrics> metrics, std::string stream)
      : metrics_(std::move(metrics)), stream_(std::move(stream)) {}

  // webrtcbin's answer to get-stats; null for none.
  void take(const GstStructure* statistics);

 private:
  void take(const PeerNumbers& rtp);

  const std::shared_ptr<Metrics> metrics_;
  const std::string stream_;
  // The most that was seen of each number; packets that were lost and come after all lower it.
  std::map<std::string, std::uint64_t> highest_;
};

}  // namespace webrtcserver
