// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_watch.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class EncoderWatchTest : public ::testing::Test {
 protected:
  // Frames every 40 ms for so long; whether one of them was too many.
  bool feed(milliseconds time) {
    bool told = false;
    for (const auto end = now_ + time; now_ < end; now_ += milliseconds(40))
      told = watch_.note_input(now_) || told;
    return told;
  }

  EncoderWatch watch_{seconds(2)};
  EncoderWatch::TimePoint now_{seconds(1000)};
};

TEST_F(EncoderWatchTest, AnEncoderThatAnswersIsNeverSilent) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(feed(milliseconds(1900)));
    watch_.note_output();
  }
}

TEST_F(EncoderWatchTest, SilenceIsToldOnce) {
  EXPECT_FALSE(feed(milliseconds(100)));
  watch_.note_output();
  EXPECT_FALSE(feed(milliseconds(1900)));
  EXPECT_TRUE(feed(milliseconds(200)));
  EXPECT_FALSE(feed(seconds(10)));
}

TEST_F(EncoderWatchTest, TheFirstFrameMayTakeLonger) {
  EXPECT_FALSE(feed(milliseconds(5900)));
  EXPECT_TRUE(feed(milliseconds(200)));
}

TEST_F(EncoderWatchTest, WhoHasNothingToDoIsNotSilent) {
  watch_.note_input(now_);
  watch_.note_output();
  now_ += seconds(60);
  EXPECT_FALSE(watch_.note_input(now_));
}

// The process was stopped, or the machine asleep, with a frame in the encoder.
TEST_F(EncoderWatchTest, AJumpOfTheClockIsNoSilence) {
  watch_.note_input(now_);
  watch_.note_output();
  watch_.note_input(now_);
  now_ += seconds(60);
  EXPECT_FALSE(watch_.note_input(now_));
  watch_.note_output();
  EXPECT_FALSE(feed(seconds(1)));
}

// A live source has frames for the time that was missed.
TEST_F(EncoderWatchTest, ABurstBehindAJumpOfTheClockIsNoSilence) {
  watch_.note_input(now_);
  watch_.note_output();
  watch_.note_input(now_);
  now_ += seconds(60);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(watch_.note_input(now_));
  EXPECT_TRUE(feed(milliseconds(1200))) << "it gives nothing for all that";
}

// The fifth frame of a source that gives one in ten seconds.
TEST_F(EncoderWatchTest, SilenceOfASlowStreamIsToldToo) {
  watch_.note_input(now_);
  watch_.note_output();
  for (int i = 1; i <= 5; ++i) {
    EXPECT_EQ(watch_.note_input(now_), i == 5) << i;
    now_ += seconds(10);
  }
}

}  // namespace
}  // namespace webrtcserver
