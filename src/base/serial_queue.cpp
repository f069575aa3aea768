// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/serial_queue.hpp"

#include <glib.h>

#include <condition_variable>

#include "base/guard.hpp"

namespace webrtcserver {

namespace {

// Starting a webrtcbin waits for its threads, so a few may wait side by side; more would only
// compete with the encoders for the cores.
constexpr int kMaxThreads = 8;

// Queues that have something to do. They pass through a lock of our own, which ThreadSanitizer
// sees; that of GThreadPool it does not.
struct Ready {
  std::mutex mutex;
  std::condition_variable idle;
  std::deque<std::shared_ptr<SerialQueue>> queues;  // guarded by mutex
  unsigned busy = 0;                                // guarded by mutex: queues that wait or run
};

thread_local bool in_pool = false;

Ready& ready() {
  static auto* const instance = new Ready();  // NOLINT: outlives the pool's threads
  return *instance;
}

}  // namespace

struct SerialQueue::Pool {
  static void run(gpointer /*token*/, gpointer /*data*/) {
    std::shared_ptr<SerialQueue> queue;
    {
      const std::scoped_lock lock(ready().mutex);
      queue = std::move(ready().queues.front());
      ready().queues.pop_front();
    }
    in_pool = true;
    queue->run_next();
    queue.reset();
    const std::scoped_lock lock(ready().mutex);
    if (--ready().busy == 0) ready().idle.notify_all();
  }

  static void push(std::shared_ptr<SerialQueue> queue) {
    static GThreadPool* const threads =
        g_thread_pool_new(run, nullptr, kMaxThreads, FALSE, nullptr);
    {
      const std::scoped_lock lock(ready().mutex);
      ready().queues.push_back(std::move(queue));
      ++ready().busy;
    }
    g_thread_pool_push(threads, GINT_TO_POINTER(1),
                       nullptr);  // One token a queue; null is not one.
  }
};

std::shared_ptr<SerialQueue> SerialQueue::create() {
  return std::shared_ptr<SerialQueue>(new SerialQueue());  // NOLINT: the constructor is private.
}

void SerialQueue::post(std::function<void()> task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
    if (running_) return;
    running_ = true;
  }
  Pool::push(shared_from_this());
}

bool SerialQueue::wait_idle(std::chrono::milliseconds limit) {
  if (in_pool) return false;
  std::unique_lock lock(ready().mutex);
  return ready().idle.wait_for(lock, limit, [] { return ready().busy == 0; });
}

void SerialQueue::run_next() {
  while (true) {
    std::function<void()> task;
    {
      const std::scoped_lock lock(mutex_);
      if (tasks_.empty()) {
        running_ = false;
        return;
      }
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    guard("a queued task", [&] { task(); });
  }
}

}  // namespace webrtcserver
