// SPDX-License-Identifier: LGPL-2.1-or-later
// failed_encoders.hpp — remembers for a while which encoders failed at run time with the present
// input. Usable on any thread.
#pragma once

#include <chrono>
#include <map>
#include <mutex>

#include "codec/encoder_catalogue.hpp"

namespace webrtcserver {

class FailedEncoders {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Long enough not to fail again and again, short enough for a GPU that was busy.
  static constexpr std::chrono::seconds kMemory{60};

  void note(const Encoder* encoder, TimePoint now) {
    const std::scoped_lock lock(mutex_);
    failed_[encoder] = now;
  }

  bool contains(const Encoder* encoder, TimePoint now) const {
    const std::scoped_lock lock(mutex_);
    const auto found = failed_.find(encoder);
    return found != failed_.end() && now - found->second < kMemory;
  }

  // Another input may suit them.
  void clear() {
    const std::scoped_lock lock(mutex_);
    failed_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::map<const Encoder*, TimePoint> failed_;  // guarded by mutex_
};

}  // namespace webrtcserver
