// SPDX-License-Identifier: LGPL-2.1-or-later
// token_bucket.hpp — a rate with bursts, as arithmetic on times that the caller gives. Any one
// thread.
#pragma once

#include <algorithm>
#include <chrono>

namespace webrtcserver {

class TokenBucket {
 public:
  using Clock = std::chrono::steady_clock;

  // `rate` tokens a second flow in, up to `burst`, which is there from the start.
  TokenBucket(double rate, double burst) : rate_(rate), burst_(burst), level_(burst) {}

  // Takes `amount` if it is there.
  bool take(double amount, Clock::time_point now) {
    if (last_ != Clock::time_point()) {
      const double seconds = std::chrono::duration<double>(now - last_).count();
      level_ = std::min(burst_, level_ + rate_ * std::max(0.0, seconds));
    }
    last_ = now;
    if (level_ < amount) return false;
    level_ -= amount;
    return true;
  }

 private:
  double rate_;
  double burst_;
  double level_;
  Clock::time_point last_;
};

}  // namespace webrtcserver
