// SPDX-License-Identifier: LGPL-2.1-or-later
// encoder_watch.hpp — tells an encoder that has fallen silent from one that has nothing to do.
// Arithmetic only. Usable on any thread.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

namespace webrtcserver {

class EncoderWatch {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  // People wait no longer than this for a picture that stands still.
  static constexpr Duration kPatience = std::chrono::seconds(5);
  // To start, and for its first frame, an encoder has as many times that: a driver may have to wake
  // the GPUs of the machine first, one after another.
  static constexpr int kToStart = 3;
  // A process that was stopped for a while finds a frame unanswered that had no chance.
  static constexpr unsigned kInputs = 5;

  explicit EncoderWatch(Duration patience) : patience_(patience) {}

  // A frame goes in. True, once: nothing has come out for too long.
  bool note_input(TimePoint now);
  void note_output();

 private:
  const Duration patience_;
  std::mutex mutex_;
  std::optional<TimePoint> waiting_since_;  // guarded by mutex_: of the first frame without answer
  unsigned unanswered_ = 0;                 // guarded by mutex_
  bool answered_ = false;                   // guarded by mutex_: ever
  bool told_ = false;                       // guarded by mutex_
};

}  // namespace webrtcserver
