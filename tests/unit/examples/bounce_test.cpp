// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bounce.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Bounce, MovesByDirectionTimesSpeed) {
  Bounce bounce(10, 0.5);
  EXPECT_FALSE(bounce.advance(4, 100));
  EXPECT_DOUBLE_EQ(bounce.position(), 12);
  EXPECT_FALSE(bounce.advance(0, 100));
  EXPECT_DOUBLE_EQ(bounce.position(), 12);
}

TEST(Bounce, IsReflectedAtBothWalls) {
  Bounce bounce(97, 1);
  EXPECT_TRUE(bounce.advance(5, 100));
  EXPECT_DOUBLE_EQ(bounce.position(), 98);  // 3 to the wall, 2 back
  EXPECT_FALSE(bounce.advance(5, 100));
  EXPECT_DOUBLE_EQ(bounce.position(), 93);
  Bounce back(3, -1);
  EXPECT_TRUE(back.advance(5, 100));
  EXPECT_DOUBLE_EQ(back.position(), 2);
  EXPECT_FALSE(back.advance(5, 100));
  EXPECT_DOUBLE_EQ(back.position(), 7);
}

TEST(Bounce, AWallThatIsJustReachedIsNotMet) {
  Bounce bounce(95, 1);
  EXPECT_FALSE(bounce.advance(5, 100));
  EXPECT_DOUBLE_EQ(bounce.position(), 100);
  EXPECT_TRUE(bounce.advance(5, 100));
  EXPECT_DOUBLE_EQ(bounce.position(), 95);
}

TEST(Bounce, AStepLongerThanTheRoomEndsAtAWall) {
  Bounce bounce(5, 1);
  EXPECT_TRUE(bounce.advance(1000, 10));
  EXPECT_DOUBLE_EQ(bounce.position(), 0);
  EXPECT_TRUE(bounce.advance(1000, 10));
  EXPECT_DOUBLE_EQ(bounce.position(), 10);
  Bounce back(5, -1);
  EXPECT_TRUE(back.advance(1000, 10));
  EXPECT_DOUBLE_EQ(back.position(), 10);
}

TEST(Bounce, ARoomThatShrinksTakesItAlong) {
  Bounce bounce(90, -1);
  EXPECT_FALSE(bounce.advance(1, 40));
  EXPECT_DOUBLE_EQ(bounce.position(), 39);
}

TEST(Bounce, WithoutRoomItStandsAndDoesNotBounce) {
  Bounce bounce(90, 1);
  for (double room : {0.0, -50.0}) {
    EXPECT_FALSE(bounce.advance(100, room));
    EXPECT_DOUBLE_EQ(bounce.position(), 0);
  }
  // And goes on once there is room again.
  EXPECT_FALSE(bounce.advance(1, 40) && bounce.advance(1, 40));
  EXPECT_GT(bounce.position(), 0);
}

TEST(Bounce, IsNeverOutWhateverTheSpeedAndTheRoom) {
  Bounce bounce(0, 0.37);
  double speed = 0;
  for (int i = 0; i < 20000; ++i) {
    const double room = (i * 7919) % 500;
    speed = (i * 104729) % 3000 / 10.0;
    bounce.advance(speed, room);
    ASSERT_GE(bounce.position(), 0) << i;
    ASSERT_LE(bounce.position(), room) << i;
  }
}

}  // namespace
