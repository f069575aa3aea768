// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/timeline.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

constexpr GstClockTime kNone = GST_CLOCK_TIME_NONE;
constexpr GstClockTime kNow = 100 * GST_SECOND;

TEST(Timeline, FirstSampleIsNowAndDistancesAreKept) {
  Timeline timeline;
  EXPECT_EQ(timeline.place(5 * GST_SECOND, kNone, kNow).pts, kNow);
  EXPECT_EQ(timeline.place(5 * GST_SECOND + 40, kNone, kNow + 7).pts, kNow + 40);
  EXPECT_EQ(timeline.place(9 * GST_SECOND, kNone, kNow + 9).pts, kNow + 4 * GST_SECOND);
}

TEST(Timeline, SampleWithoutTimeHasThatOfItsArrival) {
  Timeline timeline;
  const auto first = timeline.place(kNone, kNone, kNow);
  EXPECT_EQ(first.pts, kNow);
  EXPECT_EQ(first.dts, kNone);
  constexpr GstClockTime kLater = kNow + 30 * GST_MSECOND;
  EXPECT_EQ(timeline.place(kNone, kNone, kLater).pts, kLater);
  EXPECT_EQ(timeline.place(kNone, kNone, kLater + 1).pts, kLater + GST_MSECOND);
}

TEST(Timeline, FilmThatBeginsAgainGoesOnBehindItself) {
  Timeline timeline;
  timeline.place(0, kNone, kNow);
  timeline.place(GST_SECOND / 10, kNone, kNow);
  EXPECT_EQ(timeline.place(0, kNone, kNow).pts, kNow + 2 * GST_SECOND / 10);
  EXPECT_EQ(timeline.place(GST_SECOND / 10, kNone, kNow).pts, kNow + 3 * GST_SECOND / 10);
}

TEST(Timeline, FramesThatOthersHaveOvertakenDoNotDelayAll) {
  Timeline timeline;
  constexpr GstClockTime kStep = 40 * GST_MSECOND;
  timeline.place(0, kNone, kNow);
  GstClockTime last = kNow;
  for (GstClockTime i = 1; i < 1000; i += 2) {
    // Two threads: the second is always the faster one.
    const GstClockTime second = timeline.place((i + 1) * kStep, kNone, kNow).pts;
    const GstClockTime first = timeline.place(i * kStep, kNone, kNow).pts;
    EXPECT_EQ(second, kNow + (i + 1) * kStep);
    EXPECT_GT(second, last);
    EXPECT_GT(first, second);
    last = first;
  }
}

TEST(Timeline, ShortFilmThatBeginsAgainBehindItsBeginIsNotTakenForLate) {
  Timeline timeline;
  constexpr GstClockTime kStep = 40 * GST_MSECOND;
  GstClockTime last = 0;
  for (int round = 0; round < 10; ++round) {
    for (GstClockTime i = round == 0 ? 0 : 1; i < 20; ++i) {
      const GstClockTime pts = timeline.place(i * kStep, kNone, kNow).pts;
      EXPECT_GT(pts, last);
      last = pts;
    }
  }
  // Of each round, eight frames at most come too close.
  EXPECT_GT(last, kNow + 9 * 11 * kStep);
}

TEST(Timeline, ReorderedFramesKeepTheirOrderOfDecoding) {
  Timeline timeline;
  const auto key = timeline.place(2 * GST_SECOND, GST_SECOND, kNow);
  EXPECT_EQ(key.dts, kNow);
  EXPECT_EQ(key.pts, kNow + GST_SECOND);
  const auto later = timeline.place(5 * GST_SECOND, GST_SECOND + 1, kNow);
  const auto between = timeline.place(3 * GST_SECOND, GST_SECOND + 2, kNow);
  EXPECT_EQ(later.pts, kNow + 4 * GST_SECOND);
  EXPECT_EQ(between.pts, kNow + 2 * GST_SECOND);
  EXPECT_GT(between.dts, later.dts);
}

TEST(Timeline, MixOfTimedAndUntimedSamplesNeverGoesBack) {
  Timeline timeline;
  GstClockTime last = timeline.place(0, kNone, kNow).pts;
  for (const GstClockTime pts : {kNone, GstClockTime{5}, kNone, GstClockTime{3}, kNone}) {
    const auto stamp = timeline.place(pts, kNone, kNow);
    EXPECT_GT(stamp.pts, last);
    last = stamp.pts;
  }
}

}  // namespace
}  // namespace webrtcserver
