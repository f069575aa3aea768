// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/serial_queue.hpp"

#include <glib.h>

#include <array>
#include <condition_variable>
#include <cstddef>
#include <utility>

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
  // The time of a queue on a thread. It ends with the thread, too, where a task ends that: what the
  // queue still has then stays undone, since whatever ended this thread would end the next.
  class Turn {
   public:
    explicit Turn(std::shared_ptr<SerialQueue> queue) : queue_(std::move(queue)) {}
    ~Turn() {
      queue_.reset();
      const std::scoped_lock lock(ready().mutex);
      if (--ready().busy == 0) ready().idle.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    SerialQueue& queue() const { return *queue_; }

   private:
    std::shared_ptr<SerialQueue> queue_;
  };

  static std::shared_ptr<SerialQueue> take(std::size_t pool) {
    const std::scoped_lock lock(ready().mutex);
    auto& queues = ready().queues[pool];
    auto queue = std::move(queues.front());
    queues.pop_front();
    return queue;
  }

  static void run(gpointer /*token*/, gpointer pool) {
    in_pool = true;
    const Turn turn(take(GPOINTER_TO_SIZE(pool)));
    turn.queue().run_next();
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

bool SerialQueue::is_pool_thread() {
  return in_pool;
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
