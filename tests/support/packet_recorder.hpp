// SPDX-License-Identifier: LGPL-2.1-or-later
// packet_recorder.hpp — a PacketSink that remembers what came.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "codec/packet_sink.hpp"
#include "support/patience.hpp"
#include "support/rtp_frames.hpp"

namespace webrtcserver::test {

class PacketRecorder final : public PacketSink {
 public:
  struct Seen {
    std::set<std::string> codecs;
    std::set<int> payload_types;
    std::set<std::uint32_t> sources;
    std::vector<std::uint16_t> sequence;
    std::vector<GstClockTime> times;
    unsigned losses = 0;
  };

  void push(const PacketFormat& format, const Ref<GstBuffer>& packet) override {
    const RtpFields fields = read_packet(packet.get());
    change([&](Seen& seen) {
      seen.codecs.insert(format.codec->name);
      seen.payload_types.insert(fields.payload_type);
      seen.sources.insert(fields.ssrc);
      seen.sequence.push_back(fields.sequence);
      seen.times.push_back(GST_BUFFER_PTS(packet.get()));
    });
  }
  void lose(const Ref<GstEvent>& /*event*/) override {
    change([](Seen& seen) { ++seen.losses; });
  }

  Seen seen() const {
    const std::scoped_lock lock(mutex_);
    return seen_;
  }
  // Waits until `condition`, or returns false after kPatience.
  bool wait(const std::function<bool(const Seen&)>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return condition(seen_); });
  }
  bool wait_packets(std::size_t packets) {
    return wait([packets](const Seen& seen) { return seen.sequence.size() >= packets; });
  }

 private:
  template <typename Change>
  void change(Change&& change) {
    {
      const std::scoped_lock lock(mutex_);
      change(seen_);
    }
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Seen seen_;  // guarded by mutex_
};

}  // namespace webrtcserver::test
