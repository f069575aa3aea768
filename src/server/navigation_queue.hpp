// SPDX-License-Identifier: LGPL-2.1-or-later
// navigation_queue.hpp — events on their way to a pipeline, in the order in which they came. The
// pipeline's elements may take their time over each, on a thread that waits for applications only.
// Any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/serial_queue.hpp"
#include "signalling/navigation_event.hpp"

namespace webrtcserver {

class NavigationQueue : public std::enable_shared_from_this<NavigationQueue> {
 public:
  // While so many wait, a move takes the place of the one before it.
  static constexpr std::size_t kManyWaiting = 16;
  // While so many wait, nothing is taken but releases.
  static constexpr std::size_t kMaxWaiting = 256;

  using Push = std::function<void(const NavigationEvent&)>;

  explicit NavigationQueue(Push push) : push_(std::move(push)) {}

  // Whether there is room for something that may be left out. A move is left out without a word.
  bool has_room() const;
  // `session`: whose it is. What is put here is passed on, but for moves while too much waits.
  void put(const std::string& session, NavigationEvent event);

 private:
  struct Entry {
    std::string session;
    NavigationEvent event;
  };

  bool replaces_last(const std::string& session, const NavigationEvent& event) const;
  void pass_on();

  const Push push_;
  const std::shared_ptr<SerialQueue> queue_ = SerialQueue::create(SerialQueue::Pool::kApplication);

  mutable std::mutex mutex_;
  std::deque<Entry> waiting_;  // guarded by mutex_
};

}  // namespace webrtcserver
