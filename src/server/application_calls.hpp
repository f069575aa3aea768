// SPDX-License-Identifier: LGPL-2.1-or-later
// application_calls.hpp — what an application is told, one call after another, where it expects
// calls: on its main context when it runs one. One that never returns holds up those behind it and
// nothing else. Any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/application_context.hpp"

namespace webrtcserver {

class ApplicationCalls : public std::enable_shared_from_this<ApplicationCalls> {
 public:
  static constexpr std::size_t kMaxWaiting = 64;
  // Of messages, from all clients together: a handler that does not return holds up no more.
  static constexpr std::size_t kMaxMessages = 1024;
  static constexpr std::size_t kMaxMessageBytes = 8 * 1024 * 1024;

  explicit ApplicationCalls(LoopThread& clock)
      : context_(std::make_shared<ApplicationContext>(clock)) {}

  // Soon, and never on the caller's thread. For what is bounded by other means.
  void post(std::function<void()> call);
  // The same, unless so many wait already; then false.
  bool offer(std::function<void()> call);
  // The same for a client's message of so many bytes, where messages have bounds of their own.
  bool offer_message(std::size_t bytes, std::function<void()> call);

 private:
  struct Call {
    std::function<void()> run;
    std::optional<std::size_t> message;  // its bytes
  };

  // Whether it runs already, and will come to what was added. Else the caller starts it.
  bool add(Call call);  // with mutex_ held
  void run_next();
  void run_soon();

  const std::shared_ptr<ApplicationContext> context_;
  std::mutex mutex_;
  std::deque<Call> calls_;         // guarded by mutex_
  std::size_t messages_ = 0;       // guarded by mutex_; how many of them
  std::size_t message_bytes_ = 0;  // guarded by mutex_
  bool running_ = false;           // guarded by mutex_
};

}  // namespace webrtcserver
