// SPDX-License-Identifier: LGPL-2.1-or-later
// streams.hpp — contexts, streams and events of the double: a stream is a thread that does what is
// queued on it, one after another, and nobody waits for it unless told to.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "cuda/driver_api.hpp"

namespace libcuda_double {

namespace cu = webrtcserver::cu;

// The last time that it was recorded, and that this was reached.
struct EventState {
  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t recorded = 0;                  // guarded by mutex
  std::uint64_t reached = 0;                   // guarded by mutex
  std::chrono::steady_clock::time_point time;  // guarded by mutex

  void reach(std::uint64_t recording);
  void wait(std::uint64_t recording);
};

class Queue final {
 public:
  Queue();
  // Does what is queued first.
  ~Queue();
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  void push(std::function<void()> task);
  // What has not begun stays until it is let go.
  void hold(bool is_held);
  void wait();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_
  bool is_busy_ = false;                     // guarded by mutex_
  bool is_held_ = false;                     // guarded by mutex_
  bool has_ended_ = false;                   // guarded by mutex_
  std::thread thread_;
};

}  // namespace libcuda_double

// What the driver's handles point to.
struct CUctx_st {
  int device = 0;
  int holders = 0;  // of a primary context
  std::unique_ptr<libcuda_double::Queue> default_stream;
};

struct CUstream_st {
  CUctx_st* context = nullptr;
  libcuda_double::Queue queue;
};

struct CUevent_st {
  std::shared_ptr<libcuda_double::EventState> state;
};
