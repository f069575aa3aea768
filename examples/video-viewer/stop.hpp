// SPDX-License-Identifier: LGPL-2.1-or-later
// stop.hpp — the end that a signal asks for: Ctrl-C, SIGTERM, or SIGHUP of a terminal that closes.
// The first ends the work in order, so that files can be played; a second ends the process at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <functional>
#include <mutex>
#include <thread>

class Stop {
 public:
  // Before any other thread is started, since those inherit that the signals are blocked: one
  // thread alone takes them, and may do there what a signal handler may not.
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  // The signal that came first; 0 while none has.
  int signal() const;
  bool requested() const { return signal() != 0; }
  // Until then, or until a signal comes; whether one has.
  bool wait_until(std::chrono::steady_clock::time_point deadline);
  // What ends a call that waits; empty: nothing does. Called once, on the thread of the signals;
  // at once if one has come already. When this returns, the one before does not run any more.
  void interrupt_with(std::function<void()> interrupt);

 private:
  void run();
  void interrupt();

  sigset_t signals_{};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int signal_ = 0;                   // guarded by mutex_
  bool ending_ = false;              // guarded by mutex_
  std::mutex interrupt_mutex_;       // taken alone; held while interrupt_ runs
  std::function<void()> interrupt_;  // guarded by interrupt_mutex_
  // Closing may take its time, and a second signal does not wait for it.
  std::thread interrupter_;  // of the thread of the signals, until that has ended
  std::thread thread_;
};
