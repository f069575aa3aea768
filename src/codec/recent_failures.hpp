// SPDX-License-Identifier: LGPL-2.1-or-later
// recent_failures.hpp — remembers for a while which rows of a catalogue failed at run time with the
// present input. Usable on any thread.
#pragma once

#include <chrono>
#include <map>
#include <mutex>

namespace webrtcserver {

struct Decoder;
struct Encoder;

template <typename Row>
class RecentFailures {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Long enough not to fail again and again, short enough for a GPU that was busy.
  static constexpr std::chrono::seconds kMemory{60};

  void note(const Row* row, TimePoint now) {
    const std::scoped_lock lock(mutex_);
    failed_[row] = now;
  }

  bool contains(const Row* row, TimePoint now) const {
    const std::scoped_lock lock(mutex_);
    const auto found = failed_.find(row);
    return found != failed_.end() && now - found->second < kMemory;
  }

  // Another input may suit them.
  void clear() {
    const std::scoped_lock lock(mutex_);
    failed_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::map<const Row*, TimePoint> failed_;  // guarded by mutex_
};

using FailedEncoders = RecentFailures<Encoder>;
using FailedDecoders = RecentFailures<Decoder>;

}  // namespace webrtcserver
