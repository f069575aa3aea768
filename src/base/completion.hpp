// SPDX-License-Identifier: LGPL-2.1-or-later
// completion.hpp — something that happens once, and who waits for it does so for a while only.
// Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace webrtcserver {

class Completion {
 public:
  using Clock = std::chrono::steady_clock;

  void set() {
    {
      const std::scoped_lock lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
  }

  // False: it had not happened by then.
  bool wait_until(Clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [this] { return done_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;  // guarded by mutex_
};

}  // namespace webrtcserver
