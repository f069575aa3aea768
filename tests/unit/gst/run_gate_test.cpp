// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst/run_gate.hpp"

#include <gtest/gtest.h>

#include <thread>

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
  std::thread waiter([&] { EXPECT_FALSE(gate_.wait(leave)); });
  leave = true;
  gate_.wake();
  waiter.join();
  leave = false;
  std::thread other([&] { EXPECT_TRUE(gate_.wait(leave)); });
  gate_.open();
  other.join();
}

}  // namespace
}  // namespace webrtcserver
