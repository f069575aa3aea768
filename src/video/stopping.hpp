// SPDX-License-Identifier: LGPL-2.1-or-later
// stopping.hpp — stops several things side by side, and waits for them for a while only: what hangs
// goes on hanging by itself. For one caller.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/completion.hpp"
#include "base/guard.hpp"
#include "base/serial_queue.hpp"

namespace webrtcserver {

class Stopping {
 public:
  // `stop` runs on a thread that may wait for others' machines, and owns what it needs.
  void add(std::function<void()> stop) {
    auto done = std::make_shared<Completion>();
    done_.push_back(done);
    SerialQueue::create(SerialQueue::Pool::kNetwork)
        ->post([stop = std::move(stop), done]() mutable {
          guard("a stop", stop);
          // Who has waited may end the process: nothing is left to be destroyed here.
          stop = nullptr;
          done->set();
        });
  }

  // False: not all of them had stopped by then.
  bool wait_until(Completion::Clock::time_point deadline) {
    bool all = true;
    for (const auto& one : done_) all = one->wait_until(deadline) && all;
    return all;
  }

 private:
  std::vector<std::shared_ptr<Completion>> done_;
};

}  // namespace webrtcserver
