// SPDX-License-Identifier: LGPL-2.1-or-later
// application_context.hpp — runs what touches the application's elements where the application
// expects it: on its main context when it runs one, else on a thread of our own.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

#include "base/loop_thread.hpp"
#include "base/serial_queue.hpp"

namespace webrtcserver {

// Any thread.
class ApplicationContext : public std::enable_shared_from_this<ApplicationContext> {
 public:
  // `clock` measures how long the main context may take before it is thought not to run.
  explicit ApplicationContext(LoopThread& clock) : clock_(clock) {}

  // Once, soon, and never on the caller's thread. GLib does not tell whether somebody iterates the
  // default main context: it is asked, and when it does not answer in time, the task runs on a
  // queue, as do those of the next seconds. Nothing is left behind in the context.
  void run(std::function<void()> task);

 private:
  class Task;

  LoopThread& clock_;
  const std::shared_ptr<SerialQueue> queue_ = SerialQueue::create(SerialQueue::Pool::kApplication);
  std::atomic<std::chrono::steady_clock::time_point> silent_until_{};
};

}  // namespace webrtcserver
