// SPDX-License-Identifier: LGPL-2.1-or-later
// serial_queue.hpp — runs tasks one after another on a shared pool of threads.
// Work that may take its time (state changes, negotiation, teardown) goes here, so that neither the
// streaming threads nor the server thread ever wait for it.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace webrtcserver {

class SerialQueue : public std::enable_shared_from_this<SerialQueue> {
 public:
  static std::shared_ptr<SerialQueue> create();

  // Runs `task` after everything posted before. From any thread; never blocks. The queue lives on
  // until its last task has run.
  void post(std::function<void()> task);

  // Waits until no queue of the process has anything to do, at most for `limit`; false when that
  // was too short. On a thread of the pool, which would wait for itself, false at once.
  static bool wait_idle(std::chrono::milliseconds limit);

 private:
  struct Pool;

  SerialQueue() = default;

  void run_next();

  std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_
  bool running_ = false;                     // guarded by mutex_
};

}  // namespace webrtcserver
