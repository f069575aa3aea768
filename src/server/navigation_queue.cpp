// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/navigation_queue.hpp"

#include <utility>

namespace webrtcserver {

bool NavigationQueue::has_room() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size() < kMaxWaiting;
}

// With the lock held.
bool NavigationQueue::replaces_last(const std::string& session,
                                    const NavigationEvent& event) const {
  if (waiting_.empty()) return false;
  const auto& [last_session, last] = waiting_.back();
  return last_session == session && last.type == event.type && last.track == event.track &&
         last.identifier == event.identifier;
}

void NavigationQueue::put(const std::string& session, NavigationEvent event) {
  {
    const std::scoped_lock lock(mutex_);
    if (event.is_move() && waiting_.size() >= kManyWaiting) {
      if (replaces_last(session, event)) {
        waiting_.back().event = std::move(event);
        return;
      }
      if (waiting_.size() >= kMaxWaiting) return;
    }
    waiting_.push_back({session, std::move(event)});
  }
  queue_->post([self = shared_from_this()] { self->pass_on(); });
}

void NavigationQueue::pass_on() {
  NavigationEvent event;
  {
    const std::scoped_lock lock(mutex_);
    event = std::move(waiting_.front().event);
    waiting_.pop_front();
  }
  push_(event);
}

}  // namespace webrtcserver
