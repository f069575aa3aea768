// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/rate_meter.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using std::chrono::milliseconds;

TEST(RateMeter, MeasuresFromOneLookToTheNext) {
  const RateMeter::Clock::time_point start{};
  RateMeter meter;
  meter.start(start);
  EXPECT_EQ(meter.look(0, start), 0U);
  EXPECT_EQ(meter.look(500, start + milliseconds(500)), 1000U);
  EXPECT_EQ(meter.look(2000, start + milliseconds(2000)), 1000U);
  EXPECT_EQ(meter.look(8000, start + milliseconds(4000)), 3000U);
  // Looks that follow at once say nearly the same, whoever else looked.
  EXPECT_EQ(meter.look(8000, start + milliseconds(4001)), 2998U);
  EXPECT_EQ(meter.look(8000, start + milliseconds(8000)), 0U);
}

TEST(RateMeter, ANumberThatFallsHasNoRate) {
  const RateMeter::Clock::time_point start{};
  RateMeter meter;
  meter.start(start);
  EXPECT_EQ(meter.look(5000, start + milliseconds(2000)), 2500U);
  EXPECT_EQ(meter.look(10, start + milliseconds(4000)), 0U);
}

}  // namespace
}  // namespace webrtcserver
