// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/run_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using namespace std::chrono_literals;

using testing::ElementsAre;

class RunStateTest : public testing::Test {
 protected:
  ~RunStateTest() override {
    loop_.call([&] { state_->close(); });
  }

  template <typename Task>
  auto call(Task&& task) {
    return loop_.call(std::forward<Task>(task));
  }

  void make(const RunSettings& settings) {
    call([&] {
      state_ = std::make_shared<RunState>(loop_, settings);
      state_->on_changed([this] { note(state_->is_playing() ? "playing" : "stopped"); });
      state_->set_apply([this](bool run, RunState::Done done) {
        note(run ? "start" : "stop");
        const std::scoped_lock lock(mutex_);
        applied_.push_back(std::move(done));
      });
    });
  }

  void wish(bool run, const std::string& who) {
    call([&] {
      state_->wish(run, [this, who](const std::optional<ControlFault>& fault) {
        note(who + (fault ? std::string(": ") + fault->code() : ": done"));
      });
    });
  }

  // The element has carried out the n-th change.
  void carried_out(std::size_t n, const std::optional<ControlFault>& fault = {}) {
    RunState::Done done;
    {
      const std::scoped_lock lock(mutex_);
      done = applied_.at(n);
    }
    call([&] { done(fault); });
  }

  void note(const std::string& what) {
    {
      const std::scoped_lock lock(mutex_);
      log_.push_back(what);
    }
    changed_.notify_all();
  }

  std::vector<std::string> log() {
    const std::scoped_lock lock(mutex_);
    return log_;
  }

  bool wait_log(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, test::kPatience, [&] { return log_.size() >= count; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> log_;         // guarded by mutex_
  std::vector<RunState::Done> applied_;  // guarded by mutex_
  LoopThread loop_{"test"};
  std::shared_ptr<RunState> state_;
};

TEST_F(RunStateTest, AWishIsAnsweredOnceItHasBeenDoneAndEverybodyKnows) {
  make({.policy = RunPolicy::kManual});
  EXPECT_FALSE(call([&] { return state_->is_playing(); }));
  wish(true, "a");
  EXPECT_THAT(log(), ElementsAre("start"));
  carried_out(0);
  EXPECT_THAT(log(), ElementsAre("start", "playing", "a: done"));
}

TEST_F(RunStateTest, WhatIsSoAlreadyIsDone) {
  make({.policy = RunPolicy::kManual});
  wish(false, "a");
  EXPECT_THAT(log(), ElementsAre("a: done"));
}

TEST_F(RunStateTest, WishesOfSeveralAreCarriedOutInOrderAndTheSameOneOnce) {
  make({.policy = RunPolicy::kManual});
  wish(true, "a");
  wish(true, "b");
  wish(false, "c");
  wish(true, "d");
  wish(true, "e");
  carried_out(0);
  EXPECT_THAT(log(), ElementsAre("start", "playing", "a: done", "b: done", "stop"));
  carried_out(1);
  carried_out(2);
  EXPECT_THAT(log(), ElementsAre("start", "playing", "a: done", "b: done", "stop", "stopped",
                                 "c: done", "start", "playing", "d: done", "e: done"));
}

TEST_F(RunStateTest, APipelineThatCannotStaysAsItIs) {
  make({.policy = RunPolicy::kManual});
  wish(true, "a");
  carried_out(0, ControlFault("not-started", "", "No."));
  EXPECT_THAT(log(), ElementsAre("start", "a: not-started"));
  wish(true, "b");
  carried_out(1);
  EXPECT_THAT(log(), ElementsAre("start", "a: not-started", "start", "playing", "b: done"));
}

TEST_F(RunStateTest, AFloodIsRefused) {
  make({.policy = RunPolicy::kManual});
  for (int i = 0; i < 64; ++i) wish(i % 2 == 0, "flood");
  wish(true, "a");
  EXPECT_THAT(log(), ElementsAre("start", "a: busy"));
}

TEST_F(RunStateTest, OtherPoliciesTakeNoWishes) {
  make({});
  wish(false, "a");
  make({.policy = RunPolicy::kOnDemand});
  wish(true, "b");
  EXPECT_THAT(log(), ElementsAre("a: not-manual", "b: not-manual"));
}

TEST_F(RunStateTest, OnDemandTheFirstViewerStartsItAndTheLastStopsItLater) {
  make({.policy = RunPolicy::kOnDemand, .idle_timeout = 1ms});
  call([&] { state_->set_viewers(1); });
  call([&] { state_->set_viewers(2); });
  EXPECT_THAT(log(), ElementsAre("start"));
  carried_out(0);
  call([&] { state_->set_viewers(0); });
  ASSERT_TRUE(wait_log(3));
  EXPECT_THAT(log(), ElementsAre("start", "playing", "stop"));
  // Who comes meanwhile is not forgotten.
  call([&] { state_->set_viewers(1); });
  carried_out(1);
  EXPECT_THAT(log(), ElementsAre("start", "playing", "stop", "stopped", "start"));
}

TEST_F(RunStateTest, OnDemandAViewerWhoComesBackInTimeFindsItRunning) {
  make({.policy = RunPolicy::kOnDemand, .idle_timeout = 1h});
  call([&] { state_->set_viewers(1); });
  carried_out(0);
  for (const unsigned viewers : {0U, 1U, 0U}) call([&] { state_->set_viewers(viewers); });
  EXPECT_THAT(log(), ElementsAre("start", "playing"));
}

TEST_F(RunStateTest, OnDemandAPipelineThatWouldNotStartIsAskedAgain) {
  make({.policy = RunPolicy::kOnDemand, .retry_delay = 1ms});
  call([&] { state_->set_viewers(1); });
  carried_out(0, ControlFault("not-started", "", "No."));
  ASSERT_TRUE(wait_log(2));
  EXPECT_THAT(log(), ElementsAre("start", "start"));
}

TEST_F(RunStateTest, AStreamThatReturnsRunningIsStoppedWhenNobodyComes) {
  make({.policy = RunPolicy::kOnDemand, .idle_timeout = 1ms, .begins_running = true});
  ASSERT_TRUE(wait_log(1));
  EXPECT_THAT(log(), ElementsAre("stop"));
}

TEST_F(RunStateTest, ThePauseOfAnApplicationIsSeenAndEndedByAStart) {
  make({.policy = RunPolicy::kManual, .begins_running = true});
  call([&] { state_->set_paused(true); });
  EXPECT_THAT(log(), ElementsAre("stopped"));
  wish(true, "a");
  EXPECT_THAT(log(), ElementsAre("stopped", "start"));
  call([&] { state_->set_paused(false); });
  carried_out(0);
  EXPECT_THAT(log(), ElementsAre("stopped", "start", "playing", "a: done"));
}

TEST_F(RunStateTest, AnotherPolicyCountsAtOnce) {
  make({.policy = RunPolicy::kManual});
  call([&] { state_->set_settings({.policy = RunPolicy::kAlways}); });
  EXPECT_THAT(log(), ElementsAre("start"));
  carried_out(0);
  call([&] { state_->set_settings({.policy = RunPolicy::kOnDemand, .idle_timeout = 1ms}); });
  ASSERT_TRUE(wait_log(3));
  EXPECT_THAT(log(), ElementsAre("start", "playing", "stop"));
}

TEST_F(RunStateTest, AtTheEndWhoWaitsIsTold) {
  make({.policy = RunPolicy::kManual});
  wish(true, "a");
  wish(false, "b");
  call([&] { state_->close(); });
  EXPECT_THAT(log(), ElementsAre("start", "a: gone", "b: gone"));
  carried_out(0);
  wish(true, "c");
  EXPECT_THAT(log(), ElementsAre("start", "a: gone", "b: gone", "c: gone"));
}

}  // namespace
}  // namespace webrtcserver
