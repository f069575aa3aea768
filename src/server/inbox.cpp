// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/inbox.hpp"

#include <utility>

#include "base/guard.hpp"

namespace webrtcserver {

void Inbox::open() {
  const std::scoped_lock lock(mutex_);
  open_ = true;
}

bool Inbox::is_open() const {
  const std::scoped_lock lock(mutex_);
  return open_ && !closed_;
}

void Inbox::post(std::function<void()> task, int limit) {
  {
    const std::scoped_lock lock(mutex_);
    if (closed_ || waiting_ >= limit) return;
    ++waiting_;
  }
  queue_->post([self = shared_from_this(), task = std::move(task)] { self->run(task); });
}

void Inbox::run(const std::function<void()>& task) {
  {
    const std::scoped_lock lock(mutex_);
    --waiting_;
    if (closed_) return;
    running_ = true;
  }
  guard("a message of a browser", [&] { task(); });
  std::function<void()> then;
  {
    const std::scoped_lock lock(mutex_);
    running_ = false;
    then = std::move(then_);
  }
  if (then) then();
}

void Inbox::close(std::function<void()> then) {
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return;
    closed_ = true;
    if (running_) {
      then_ = std::move(then);
      return;
    }
  }
  then();
}

}  // namespace webrtcserver
