// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst/run_gate.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "support/patience.hpp"

namespace {

std::atomic<GstClockTime> now{0};

}  // namespace

// A clock that a test sets.
struct TestRunClock {
  GstClock parent;
};
struct TestRunClockClass {
  GstClockClass parent_class;
};
G_BEGIN_DECLS
GType test_run_clock_get_type();
G_END_DECLS
G_DEFINE_TYPE(TestRunClock, test_run_clock, GST_TYPE_CLOCK)
static void test_run_clock_class_init(TestRunClockClass* klass) {
  GST_CLOCK_CLASS(klass)->get_internal_time = [](GstClock*) -> GstClockTime { return now; };
}
static void test_run_clock_init(TestRunClock* /*clock*/) {}

namespace webrtcserver {
namespace {

// Waits at a gate, on a thread of its own that sleeps there by the time this is constructed.
class Waiter {
 public:
  Waiter(RunGate& gate, const std::atomic<bool>& leave) {
    std::promise<pid_t> number;
    auto begun = number.get_future();
    answer_ = std::async(std::launch::async, [&gate, &leave, number = std::move(number)]() mutable {
      number.set_value(gettid());
      return gate.wait(leave);
    });
    const std::string stat = "/proc/self/task/" + std::to_string(begun.get()) + "/stat";
    const auto end = std::chrono::steady_clock::now() + test::kPatience;
    while (!sleeps(stat) && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_TRUE(sleeps(stat));
  }

  // Whether the gate was open; none where the waiter was not woken.
  std::optional<bool> answer() {
    if (answer_.wait_for(test::kPatience) != std::future_status::ready) return {};
    return answer_.get();
  }

 private:
  // proc(5): number, name in brackets, state.
  static bool sleeps(const std::string& stat) {
    std::string text;
    std::getline(std::ifstream(stat), text);
    const auto bracket = text.rfind(')');
    return bracket != std::string::npos && text.substr(bracket, 3) == ") S";
  }

  std::future<bool> answer_;
};

class RunGateTest : public testing::Test {
 protected:
  const Ref<GstClock> clock_ =
      Ref<GstClock>::sink(GST_CLOCK(g_object_new(test_run_clock_get_type(), nullptr)));
  RunGate gate_;
};

TEST_F(RunGateTest, CountsHowLongAPipelineThatPlaysIsHeld) {
  now = 1000;
  gate_.play(clock_, 1000);
  now = 1100;
  gate_.shut();
  now = 1500;
  gate_.open();
  EXPECT_EQ(gate_.offset(), 400);
  now = 1600;
  gate_.open();
  gate_.shut();
  gate_.shut();
  now = 1605;
  gate_.open();
  EXPECT_EQ(gate_.offset(), 405);
}

TEST_F(RunGateTest, ThePauseOfAPipelineIsNotCountedTwice) {
  now = 1000;
  gate_.play(clock_, 1000);
  now = 1100;
  gate_.shut();
  now = 1103;  // it obeys
  gate_.pause();
  now = 5000;
  gate_.open();
  gate_.play(clock_, 4897);  // running time goes on at 103
  EXPECT_EQ(gate_.offset(), 3);
}

TEST_F(RunGateTest, ALossOfPrerollCountsRunningTimeAlone) {
  now = 1000;
  gate_.play(clock_, 1000);
  now = 1100;
  gate_.shut();
  now = 2000;
  gate_.play(clock_, 1800);  // running time was 200 and is
  now = 2050;
  gate_.open();
  EXPECT_EQ(gate_.offset(), 150);
}

TEST_F(RunGateTest, AFlushBeginsAnew) {
  now = 1000;
  gate_.play(clock_, 1000);
  gate_.shut();
  now = 1500;
  gate_.restart();
  now = 1600;
  gate_.play(clock_, 1600);
  now = 1650;
  gate_.open();
  EXPECT_EQ(gate_.offset(), 50);
}

TEST_F(RunGateTest, WhoWaitsGoesOnWhenItOpensOrHasToLeave) {
  std::atomic<bool> leave{false};
  EXPECT_TRUE(gate_.wait(leave));
  gate_.shut();
  Waiter leaving(gate_, leave);
  leave = true;
  gate_.wake();
  EXPECT_EQ(leaving.answer(), false);
  leave = false;
  Waiter passing(gate_, leave);
  gate_.open();
  EXPECT_EQ(passing.answer(), true);
}

}  // namespace
}  // namespace webrtcserver
