// SPDX-License-Identifier: LGPL-2.1-or-later
// rate_meter.hpp — how fast a number grows, as whoever looks at it now and then wants to know. One
// thread at a time.
#pragma once

#include <chrono>
#include <cstdint>

namespace webrtcserver {

class RateMeter {
 public:
  using Clock = std::chrono::steady_clock;
  // Looks that follow each other sooner have the same beginning.
  static constexpr std::chrono::seconds kSpan{1};

  void start(Clock::time_point now) { base_ = last_ = {now, 0}; }

  // A second, since the look before.
  std::uint64_t look(std::uint64_t count, Clock::time_point now) {
    if (now - last_.time >= kSpan) {
      base_ = last_;
      last_ = {now, count};
    }
    const std::chrono::duration<double> elapsed = now - base_.time;
    if (elapsed.count() <= 0 || count < base_.count) return 0;
    return static_cast<std::uint64_t>(static_cast<double>(count - base_.count) / elapsed.count());
  }

 private:
  struct Look {
    Clock::time_point time;
    std::uint64_t count = 0;
  };

  Look base_;
  Look last_;
};

}  // namespace webrtcserver
