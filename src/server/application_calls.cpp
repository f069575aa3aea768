// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/application_calls.hpp"

#include <utility>

#include "base/guard.hpp"

namespace webrtcserver {

void ApplicationCalls::post(std::function<void()> call) {
  {
    const std::scoped_lock lock(mutex_);
    calls_.push_back(std::move(call));
    if (std::exchange(running_, true)) return;
  }
  context_->run([self = shared_from_this()] { self->run_next(); });
}

bool ApplicationCalls::offer(std::function<void()> call) {
  {
    const std::scoped_lock lock(mutex_);
    if (calls_.size() >= kMaxWaiting) return false;
    calls_.push_back(std::move(call));
    if (std::exchange(running_, true)) return true;
  }
  context_->run([self = shared_from_this()] { self->run_next(); });
  return true;
}

void ApplicationCalls::run_next() {
  {
    std::function<void()> call;
    {
      const std::scoped_lock lock(mutex_);
      call = std::move(calls_.front());
      calls_.pop_front();
    }
    guard("a call of the application", call);
  }
  {
    const std::scoped_lock lock(mutex_);
    running_ = !calls_.empty();
    if (!running_) return;
  }
  context_->run([self = shared_from_this()] { self->run_next(); });
}

}  // namespace webrtcserver
