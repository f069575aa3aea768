// SPDX-License-Identifier: LGPL-2.1-or-later
// serial_queue.hpp — runs tasks one after another on a pool of threads that queues share.
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
  // Whose threads run the tasks. An application that is told something may take as long as it
  // likes: with threads of their own, what it holds up is never a peer or an encoder. The same goes
  // for what waits for other machines.
  enum class Pool { kWork, kApplication, kNetwork };

  static std::shared_ptr<SerialQueue> create(Pool pool = Pool::kWork);

  // Runs `task` after everything posted before. From any thread; never blocks. The queue lives on
  // until its last task has run.
  void post(std::function<void()> task);

  // Whether the caller is a task of some queue.
  static bool is_pool_thread();

  // Waits until no queue of the process has anything to do, at most for `limit`; false when that
  // was too short. On a thread of a pool, which would wait for itself, false at once.
  static bool wait_idle(std::chrono::milliseconds limit);

 private:
  struct Threads;

  explicit SerialQueue(Pool pool) : pool_(pool) {}

  void run_next();

  const Pool pool_;
  std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_
  bool running_ = false;                     // guarded by mutex_
};

}  // namespace webrtcserver
