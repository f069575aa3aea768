// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/bounded_task.hpp"

#include <future>
#include <thread>
#include <utility>

namespace webrtcserver {

bool run_within(std::chrono::steady_clock::duration patience, std::function<void()> task) {
  std::promise<void> promise;
  std::future<void> done = promise.get_future();
  std::thread([promise = std::move(promise), task = std::move(task)]() mutable {
    std::exception_ptr failure;
    try {
      task();
    } catch (const std::exception&) {  // the end of a thread is not caught: see base/guard.hpp
      failure = std::current_exception();
    }
    task = nullptr;  // what it holds is gone before the waiting one goes on
    if (failure) {
      promise.set_exception(failure);
    } else {
      promise.set_value();
    }
  }).detach();
  if (done.wait_for(patience) != std::future_status::ready) return false;
  done.get();
  return true;
}

}  // namespace webrtcserver
