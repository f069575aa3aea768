// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/libcuda/streams.hpp"

#include <utility>

#include "doubles/libcuda/machine.hpp"

namespace libcuda_double {

void EventState::reach(std::uint64_t recording) {
  {
    const std::scoped_lock lock(mutex);
    if (recording > reached) reached = recording;
    time = std::chrono::steady_clock::now();
  }
  changed.notify_all();
}

void EventState::wait(std::uint64_t recording) {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return reached >= recording; });
}

Queue::Queue() : thread_([this] { run(); }) {}

Queue::~Queue() {
  {
    const std::scoped_lock lock(mutex_);
    has_ended_ = true;
    is_held_ = false;
  }
  changed_.notify_all();
  thread_.join();
}

void Queue::push(std::function<void()> task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_all();
}

void Queue::hold(bool is_held) {
  {
    const std::scoped_lock lock(mutex_);
    is_held_ = is_held;
  }
  changed_.notify_all();
}

void Queue::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return tasks_.empty() && !is_busy_; });
}

void Queue::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return !is_held_ && (has_ended_ || !tasks_.empty()); });
    if (tasks_.empty()) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    is_busy_ = true;
    lock.unlock();
    Machine::get().wait_while_held();
    task();
    lock.lock();
    is_busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace libcuda_double
