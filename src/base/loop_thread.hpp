// SPDX-License-Identifier: LGPL-2.1-or-later
// loop_thread.hpp — a thread that runs its own GMainContext, and timers on it.
// Everything that belongs to the server lives on one of these; the default main context is never
// touched, since it belongs to the host application.
#pragma once

#include <gio/gio.h>

#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "base/ref.hpp"

namespace webrtcserver {

// A repeating or one-shot timer; destroying it cancels it. Create and destroy on its loop's thread.
class Timer {
 public:
  Timer() = default;
  Timer(Timer&& other) noexcept : source_(std::exchange(other.source_, nullptr)) {}
  Timer& operator=(Timer&& other) noexcept {
    std::swap(source_, other.source_);
    return *this;
  }
  ~Timer() { cancel(); }

  void cancel();
  explicit operator bool() const { return source_ != nullptr; }

 private:
  friend class LoopThread;
  explicit Timer(GSource* source) : source_(source) {}

  GSource* source_ = nullptr;
};

class LoopThread {
 public:
  explicit LoopThread(const char* name);
  // Runs what was posted before, then joins. Never called from the thread itself.
  ~LoopThread();
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  GMainContext* context() const { return context_.get(); }
  bool is_current() const { return std::this_thread::get_id() == thread_.get_id(); }

  // Runs `task` on the thread, after everything posted before. From any thread; never blocks.
  void post(std::function<void()> task);

  // Runs `task` on the thread and returns its result, or rethrows its exception. At once when
  // already there.
  template <typename Task>
  auto call(Task&& task) -> std::invoke_result_t<Task> {
    if (is_current()) return task();
    // Shared, since the thread still touches it when the result is already there.
    const auto packaged = std::make_shared<std::packaged_task<std::invoke_result_t<Task>()>>(
        std::forward<Task>(task));
    auto result = packaged->get_future();
    post([packaged] { (*packaged)(); });
    return result.get();
  }

  // `tick` runs every `interval` until it returns false or the timer is destroyed.
  [[nodiscard]] Timer every(std::chrono::milliseconds interval, std::function<bool()> tick);
  [[nodiscard]] Timer after(std::chrono::milliseconds delay, std::function<void()> task);

 private:
  static gboolean run_posted(gpointer self);

  Ref<GMainContext> context_;
  Ref<GMainLoop> loop_;
  // The tasks pass through a lock of our own, which ThreadSanitizer sees; GLib's it does not.
  std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace webrtcserver
