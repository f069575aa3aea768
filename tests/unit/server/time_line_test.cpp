// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/time_line.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

constexpr GstClockTime kNow = 1000 * GST_SECOND;

TEST(TimeLine, KeepsDistancesWhateverTheMomentOfArrival) {
  TimeLine line;
  EXPECT_EQ(line.place(5 * GST_SECOND, kNow), kNow);
  EXPECT_EQ(line.place(5 * GST_SECOND + 40 * GST_MSECOND, kNow + 90 * GST_MSECOND),
            kNow + 40 * GST_MSECOND);
  // Sound that begins a little earlier.
  EXPECT_EQ(line.place(5 * GST_SECOND - 20 * GST_MSECOND, kNow + 91 * GST_MSECOND),
            kNow - 20 * GST_MSECOND);
}

TEST(TimeLine, BeginsAnewWhereTheApplicationDoes) {
  TimeLine line;
  EXPECT_EQ(line.place(60 * GST_SECOND, kNow), kNow);
  EXPECT_EQ(line.place(0, kNow + GST_SECOND), kNow + GST_SECOND);
  EXPECT_EQ(line.place(GST_SECOND, kNow + 2 * GST_SECOND), kNow + 2 * GST_SECOND);
  // It has waited.
  EXPECT_EQ(line.place(2 * GST_SECOND, kNow + 60 * GST_SECOND), kNow + 60 * GST_SECOND);
}

TEST(TimeLine, WithoutATimestampItIsTheMomentOfArrival) {
  TimeLine line;
  EXPECT_EQ(line.place(GST_CLOCK_TIME_NONE, kNow), kNow);
  EXPECT_EQ(line.place(0, kNow + GST_SECOND), kNow + GST_SECOND);
}

}  // namespace
}  // namespace webrtcserver
