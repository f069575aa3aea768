// SPDX-License-Identifier: LGPL-2.1-or-later
// fake_channel.hpp — a browser's channel that remembers what a session says to it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "signalling/channel.hpp"
#include "support/patience.hpp"

namespace webrtcserver::test {

class FakeChannel final : public Channel {
 public:
  struct Seen {
    std::vector<Hello> hellos;
    std::vector<std::pair<std::string, std::string>> states;  // state, message
    std::vector<std::string> offers;
    std::vector<std::pair<std::string, std::string>> errors;  // code, message
    std::vector<std::string> control;
    std::vector<std::pair<std::string, std::string>> byes;  // reason, message
    bool destroyed = false;
  };

  // What was seen outlives the channel, which belongs to the session.
  class Record {
   public:
    Seen seen() const {
      const std::scoped_lock lock(mutex_);
      return seen_;
    }

    bool wait(const std::function<bool(const Seen&)>& condition) {
      std::unique_lock lock(mutex_);
      return changed_.wait_for(lock, test::kPatience, [&] { return condition(seen_); });
    }

    template <typename Change>
    void change(Change&& change) {
      {
        const std::scoped_lock lock(mutex_);
        change(seen_);
      }
      changed_.notify_all();
    }

   private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Seen seen_;  // guarded by mutex_
  };

  explicit FakeChannel(std::shared_ptr<Record> record) : record_(std::move(record)) {}
  ~FakeChannel() override {
    record_->change([](Seen& seen) { seen.destroyed = true; });
  }

  void set_listener(Listener* listener) override { listener_ = listener; }
  void send_hello(const Hello& hello) override {
    record_->change([&](Seen& seen) { seen.hellos.push_back(hello); });
  }
  void send_state(std::string_view state, std::string_view message) override {
    record_->change([&](Seen& seen) { seen.states.emplace_back(state, message); });
  }
  void send_description(const std::string& sdp) override {
    record_->change([&](Seen& seen) { seen.offers.push_back(sdp); });
  }
  void send_candidate(unsigned /*media_index*/, const std::string& /*candidate*/) override {}
  void send_error(std::string_view code, std::string_view message) override {
    record_->change([&](Seen& seen) { seen.errors.emplace_back(code, message); });
  }
  void send_control(std::string_view json) override {
    record_->change([&](Seen& seen) { seen.control.emplace_back(json); });
  }
  void say_bye(std::string_view reason, std::string_view message) override {
    record_->change([&](Seen& seen) { seen.byes.emplace_back(reason, message); });
  }

  Listener* listener() const { return listener_; }

 private:
  const std::shared_ptr<Record> record_;
  Listener* listener_ = nullptr;
};

}  // namespace webrtcserver::test
