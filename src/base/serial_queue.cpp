// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/serial_queue.hpp"

#include <glib.h>

#include <array>
#include <condition_variable>
#include <cstddef>

#include "base/guard.hpp"

namespace webrtcserver {

namespace {

// Of each pool. Starting a webrtcbin waits for its threads, so a few may wait side by side; more
// would only compete with the encoders for the cores.
constexpr int kMaxThreads = 8;
constexpr std::size_t kPools = 3;

// Queues that have something to do. They pass through a lock of our own, which ThreadSanitizer
// sees; that of GThreadPool it does not.
struct Ready {
  std::mutex mutex;
  std::condition_variable idle;
  std::array<std::deque<std::shared_ptr<SerialQueue>>, kPools> queues;  // guarded by mutex
  unsigned busy = 0;  // guarded by mutex: queues that wait or run
};

thread_local bool in_pool = false;

Ready& ready() {
  static auto* const instance = new Ready();  // NOLINT: outlives the pools' threads
  return *instance;
}

}  // namespace

struct SerialQueue::Threads {
  static void run(gpointer /*token*/, gpointer pool) {
    auto& queues = ready().queues[GPOINTER_TO_SIZE(pool)];
    std::shared_ptr<SerialQueue> queue;
    {
      const std::scoped_lock lock(ready().mutex);
      queue = std::move(queues.front());
      queues.pop_front();
    }
    in_pool = true;
    queue->run_next();
    queue.reset();
    const std::scoped_lock lock(ready().mutex);
    if (--ready().busy == 0) ready().idle.notify_all();
  }

  static GThreadPool* start(Pool pool) {
    return g_thread_pool_new(run, GSIZE_TO_POINTER(pool), kMaxThreads, FALSE, nullptr);
  }

  static void push(std::shared_ptr<SerialQueue> queue) {
    static const std::array<GThreadPool*, kPools> threads{
        start(Pool::kWork), start(Pool::kApplication), start(Pool::kNetwork)};
    const auto pool = static_cast<std::size_t>(queue->pool_);
    {
      const std::scoped_lock lock(ready().mutex);
      ready().queues[pool].push_back(std::move(queue));
      ++ready().busy;
    }
    g_thread_pool_push(threads[pool], GINT_TO_POINTER(1),
                       nullptr);  // One token a queue; null is not one.
  }
};

std::shared_ptr<SerialQueue> SerialQueue::create(Pool pool) {
  return std::shared_ptr<SerialQueue>(
      new SerialQueue(pool));  // NOLINT: the constructor is private.
}

void SerialQueue::post(std::function<void()> task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
    if (running_) return;
    running_ = true;
  }
  Threads::push(shared_from_this());
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
