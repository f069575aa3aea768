// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stop.hpp"

#include <pthread.h>
#include <unistd.h>

#include <system_error>
#include <utility>

namespace {

// nohup has SIGHUP ignored, and whoever asked for that wants the program to go on.
bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Stop::Stop() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  if (!is_ignored(SIGHUP)) sigaddset(&signals_, SIGHUP);
  // A reader of our output that goes away is no reason to leave a file unfinished.
  std::signal(SIGPIPE, SIG_IGN);
  const int failed = pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  if (failed) throw std::system_error(failed, std::generic_category(), "pthread_sigmask");
  thread_ = std::thread([this] { run(); });
}

Stop::~Stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  pthread_kill(thread_.native_handle(), SIGINT);
  thread_.join();
  if (interrupter_.joinable()) interrupter_.join();
}

int Stop::signal() const {
  const std::lock_guard lock(mutex_);
  return signal_;
}

bool Stop::wait_until(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [this] { return signal_ != 0; });
}

void Stop::interrupt_with(std::function<void()> interrupt) {
  const std::lock_guard lock(interrupt_mutex_);
  interrupt_ = std::move(interrupt);
  if (interrupt_ && requested()) std::exchange(interrupt_, nullptr)();
}

void Stop::run() {
  for (;;) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0) continue;
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return;
      // What the shell says of a process that a signal has ended.
      if (signal_) _exit(128 + signal);
      signal_ = signal;
    }
    changed_.notify_all();
    interrupter_ = std::thread([this] { interrupt(); });
  }
}

void Stop::interrupt() {
  const std::lock_guard lock(interrupt_mutex_);
  if (interrupt_) std::exchange(interrupt_, nullptr)();
}
