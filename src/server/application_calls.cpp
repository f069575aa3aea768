// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/application_calls.hpp"

#include <utility>

#include "base/guard.hpp"

namespace webrtcserver {

bool ApplicationCalls::add(Call call) {
  if (call.message) {
    ++messages_;
    message_bytes_ += *call.message;
  }
  calls_.emplace_back(std::move(call));
  return std::exchange(running_, true);
}

void ApplicationCalls::run_soon() {
  context_->run([self = shared_from_this()] { self->run_next(); });
}

void ApplicationCalls::post(std::function<void()> call) {
  {
    const std::scoped_lock lock(mutex_);
    if (add({std::move(call), {}})) return;
  }
  run_soon();
}

bool ApplicationCalls::offer(std::function<void()> call) {
  {
    const std::scoped_lock lock(mutex_);
    if (calls_.size() >= kMaxWaiting) return false;
    if (add({std::move(call), {}})) return true;
  }
  run_soon();
  return true;
}

bool ApplicationCalls::offer_message(std::size_t bytes, std::function<void()> call) {
  {
    const std::scoped_lock lock(mutex_);
    if (messages_ >= kMaxMessages || message_bytes_ + bytes > kMaxMessageBytes) return false;
    if (add({std::move(call), bytes})) return true;
  }
  run_soon();
  return true;
}

void ApplicationCalls::run_next() {
  {
    Call call;
    {
      const std::scoped_lock lock(mutex_);
      call = std::move(calls_.front());
      calls_.pop_front();
      if (call.message) {
        --messages_;
        message_bytes_ -= *call.message;
      }
    }
    guard("a call of the application", call.run);
  }
  {
    const std::scoped_lock lock(mutex_);
    running_ = !calls_.empty();
    if (!running_) return;
  }
  run_soon();
}

}  // namespace webrtcserver
