// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst/run_control.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using testing::ElementsAre;

// An application that writes down what it is asked.
class Application final : public RunControl::Host {
 public:
  bool run_requested(bool run) override {
    note(run ? "start?" : "stop?");
    if (const auto& handler = run ? start : stop) return handler();
    return false;
  }
  void request_state(GstState state) override { note(gst_element_state_get_name(state)); }
  void suspend_encoders(bool /*suspend*/) override {}

  std::vector<std::string> take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(notes_, {});
  }

  std::function<bool()> start;  // set before anything is asked
  std::function<bool()> stop;

 private:
  void note(const std::string& text) {
    const std::scoped_lock lock(mutex_);
    notes_.push_back(text);
  }

  std::mutex mutex_;
  std::vector<std::string> notes_;  // guarded by mutex_
};

class RunControlTest : public testing::Test {
 protected:
  ~RunControlTest() override { control_->end(); }

  std::future<std::string> want(bool run) {
    const auto answer = std::make_shared<std::promise<std::string>>();
    loop_.post([this, run, answer] {
      control_->apply(run, [answer](const std::optional<ControlFault>& fault) {
        answer->set_value(fault ? fault->code() : "done");
      });
    });
    return answer->get_future();
  }
  static std::string await(std::future<std::string> answer) {
    return answer.wait_for(test::kPatience) == std::future_status::ready ? answer.get()
                                                                         : "no answer";
  }
  void await_time(std::chrono::milliseconds time) {
    std::promise<void> over;
    Timer timer;
    loop_.call([&] { timer = loop_.after(time, [&] { over.set_value(); }); });
    over.get_future().wait();
    loop_.call([&] { timer.cancel(); });
  }

  static constexpr std::chrono::milliseconds kShort{5};
  LoopThread loop_{"test"};
  const std::shared_ptr<Application> application_ = std::make_shared<Application>();
  const std::shared_ptr<RunControl> control_ =
      std::make_shared<RunControl>(loop_, application_, kShort);
};

TEST_F(RunControlTest, AnApplicationThatDoesNotPlayInTimeIsAFault) {
  control_->begin(false);
  EXPECT_EQ(await(want(true)), "not-started");
  EXPECT_TRUE(control_->gate()->is_shut());
  EXPECT_THAT(application_->take(), ElementsAre("start?", "PLAYING"));
}

TEST_F(RunControlTest, AHandlerThatTakesLongerThanTheLimitIsAnswered) {
  application_->start = [this] {
    await_time(2 * kShort);
    return false;
  };
  control_->begin(false);
  EXPECT_EQ(await(want(true)), "not-started");
  EXPECT_EQ(await(want(false)), "done");
  EXPECT_EQ(await(want(true)), "not-started");
}

TEST_F(RunControlTest, WhoPlaysAlthoughItIsStoppedIsAskedToPauseEachTime) {
  control_->begin(false);
  control_->played();
  EXPECT_EQ(await(want(false)), "done");  // behind what has been asked
  EXPECT_THAT(application_->take(), ElementsAre("stop?", "PAUSED", "stop?", "PAUSED"));
  control_->pause();
  control_->played();
  ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_THAT(application_->take(), ElementsAre("stop?", "PAUSED"));
}

TEST_F(RunControlTest, SoIsAnApplicationThatPausesByItself) {
  application_->start = [this] {
    control_->played();
    return true;
  };
  application_->stop = [this] {
    control_->pause();
    return true;
  };
  control_->begin(false);
  EXPECT_EQ(await(want(true)), "done");
  ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_FALSE(control_->is_stopped());
  EXPECT_EQ(await(want(false)), "done");
  EXPECT_FALSE(control_->gate()->is_shut());
  EXPECT_TRUE(control_->is_stopped());
  EXPECT_THAT(application_->take(), ElementsAre("start?", "stop?"));
  control_->played();
  ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_THAT(application_->take(), ElementsAre("stop?"));
}

TEST_F(RunControlTest, AStartThatWasInVainLeavesItStopped) {
  application_->stop = [] { return true; };
  control_->begin(false);
  EXPECT_EQ(await(want(false)), "done");
  EXPECT_EQ(await(want(true)), "not-started");
  EXPECT_TRUE(control_->is_stopped());
  application_->take();
  control_->played();
  ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_THAT(application_->take(), ElementsAre("stop?"));
}

}  // namespace
}  // namespace webrtcserver
