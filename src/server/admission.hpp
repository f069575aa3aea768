// SPDX-License-Identifier: LGPL-2.1-or-later
// admission.hpp — the question to the application whether somebody may come in, which it answers at
// once or later. Any thread, unless a method says otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/loop_thread.hpp"
#include "net/grant.hpp"
#include "net/http.hpp"
#include "net/listener.hpp"

namespace webrtcserver {

class Admission {
 public:
  static constexpr std::chrono::seconds kLimit{10};

  struct Question {
    HttpRequest request;
    std::string token;   // that came with it; empty: none
    std::string stream;  // that it is about; empty: none
    std::optional<Permission> permission;
    HttpResponse refusal;  // what is answered where nobody lets them in
  };
  using Done = std::function<void(const GateAnswer&)>;

  // Server thread, which is that of `loop`. `done` is called there, once.
  Admission(LoopThread& loop, Question question, Done done,
            std::chrono::milliseconds limit = kLimit);
  // Without an answer nobody is let in.
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  const Question& question() const { return question_; }
  // Whether an answer still matters.
  bool waits() const;

  // False: it has been answered before. The grant is for the question's token and lasts until it
  // expires, whatever files of tokens say.
  bool allow(Grant grant);
  // `message` is for the client; empty: the server's own.
  bool refuse(const std::string& message);
  // Nobody can be asked now: the client may come again.
  void put_off();

 private:
  struct Pending;

  bool answer(GateAnswer answer);

  LoopThread& loop_;
  const Question question_;
  std::shared_ptr<Pending> pending_;  // used, and dropped, on the server thread
  std::atomic<bool> answered_{false};
};

}  // namespace webrtcserver
