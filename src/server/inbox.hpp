// SPDX-License-Identifier: LGPL-2.1-or-later
// inbox.hpp — what one browser says to the application, which is told one thing after another and
// only while it knows the session: from open() to close(). Any thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "base/serial_queue.hpp"

namespace webrtcserver {

class Inbox : public std::enable_shared_from_this<Inbox> {
 public:
  // The application knows the session from now on.
  void open();
  bool is_open() const;

  // Runs `task` after those posted before, on a queue that waits for applications only. Dropped
  // while `limit` wait, and when it is not begun before close().
  void post(std::function<void()> task, int limit);

  // Begins no task any more. `then` runs once the last has ended: here and now when none runs, else
  // on the queue. A close() that follows another does nothing.
  void close(std::function<void()> then);

 private:
  void run(const std::function<void()>& task);

  const std::shared_ptr<SerialQueue> queue_ = SerialQueue::create(SerialQueue::Pool::kApplication);

  mutable std::mutex mutex_;
  bool open_ = false;           // guarded by mutex_
  bool closed_ = false;         // guarded by mutex_
  bool running_ = false;        // guarded by mutex_
  int waiting_ = 0;             // guarded by mutex_
  std::function<void()> then_;  // guarded by mutex_
};

}  // namespace webrtcserver
