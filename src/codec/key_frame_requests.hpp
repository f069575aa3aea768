// SPDX-License-Identifier: LGPL-2.1-or-later
// key_frame_requests.hpp — merges the key-frame wishes of all viewers of one encoding, and learns
// whether its source grants them.
// Arithmetic only. Not thread-safe; its owner locks.
#pragma once

#include <chrono>
#include <optional>

namespace webrtcserver {

class KeyFrameRequests {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  // At most one request in this time, however many viewers join or lose packets.
  static constexpr Duration kInterval = std::chrono::milliseconds(300);
  // A source that grants requests does so within this time of the first one.
  static constexpr Duration kAnswerTime = std::chrono::milliseconds(500);
  // A request that nothing came of is repeated after this time.
  static constexpr Duration kRepeat = std::chrono::seconds(1);

  enum class Source { kUnknown, kObeys, kIgnores };

  // `source`: kObeys for an encoder of ours, which need not be learnt.
  explicit KeyFrameRequests(Source source) : source_(source), learns_(source != Source::kObeys) {}

  // Someone wants a key frame. True: ask the source now. False: it has been asked, or will be
  // through poll() when the interval is over.
  bool request(TimePoint now);
  // True: a wish is due, ask the source now. To be called for every frame that goes in.
  bool poll(TimePoint now);
  void on_key_frame(TimePoint now);
  // The source begins anew: nothing asked of it before will be answered.
  void restart();

  Source source() const { return source_; }

 private:
  bool due(TimePoint now) const;
  bool ask(TimePoint now);
  void learn_from(TimePoint now);

  Source source_;
  bool learns_;
  bool wanted_ = false;                  // asked for by a viewer, not yet of the source
  std::optional<TimePoint> asked_;       // last time the source was asked
  std::optional<TimePoint> unanswered_;  // first time it was asked since the last key frame
  std::optional<TimePoint> last_key_;
  std::optional<Duration> usual_interval_;
  int granted_ = 0;  // key frames in a row that came on request and off the beat
};

}  // namespace webrtcserver
