// SPDX-License-Identifier: LGPL-2.1-or-later
// backoff.hpp — how long to wait before the next attempt: twice as long each time, up to a limit,
// and never the same for two machines, so that they do not come back together.
// A plain value.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/random.hpp"

namespace webrtcserver {

class Backoff {
 public:
  using Milliseconds = std::chrono::milliseconds;

  Backoff(Milliseconds first, Milliseconds most) : first_(first), most_(most), next_(first) {}

  // Between a half and all of what it is this time.
  Milliseconds next() {
    const Milliseconds now = next_;
    next_ = std::min(most_, next_ * 2);
    const auto half = now.count() / 2;
    return Milliseconds(now.count() - half + random_u32() % (half + 1));
  }

  void reset() { next_ = first_; }

 private:
  const Milliseconds first_;
  const Milliseconds most_;
  Milliseconds next_;
};

}  // namespace webrtcserver
