// SPDX-License-Identifier: LGPL-2.1-or-later
// application_calls.hpp — what an application is told, one call after another, where it expects
// calls: on its main context when it runs one. One that never returns holds up those behind it and
// nothing else. Any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "base/application_context.hpp"

namespace webrtcserver {

class ApplicationCalls : public std::enable_shared_from_this<ApplicationCalls> {
 public:
  static constexpr std::size_t kMaxWaiting = 64;

  explicit ApplicationCalls(LoopThread& clock)
      : context_(std::make_shared<ApplicationContext>(clock)) {}

  // Soon, and never on the caller's thread. For what is bounded by other means.
  void post(std::function<void()> call);
  // The same, unless so many wait already; then false.
  bool offer(std::function<void()> call);

 private:
  void run_next();

  const std::shared_ptr<ApplicationContext> context_;
  std::mutex mutex_;
  std::deque<std::function<void()>> calls_;  // guarded by mutex_
  bool running_ = false;                     // guarded by mutex_
};

}  // namespace webrtcserver
