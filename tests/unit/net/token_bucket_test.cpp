// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/token_bucket.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using std::chrono::milliseconds;

TEST(TokenBucket, GivesItsBurstAndThenItsRate) {
  TokenBucket bucket(10, 3);
  auto now = TokenBucket::Clock::time_point(milliseconds(1'000));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take(1, now));
  EXPECT_FALSE(bucket.take(1, now));
  now += milliseconds(99);
  EXPECT_FALSE(bucket.take(1, now));
  now += milliseconds(1);
  EXPECT_TRUE(bucket.take(1, now));
  EXPECT_FALSE(bucket.take(1, now));
}

TEST(TokenBucket, KeepsNoMoreThanItsBurst) {
  TokenBucket bucket(10, 3);
  auto now = TokenBucket::Clock::time_point(milliseconds(1'000));
  EXPECT_TRUE(bucket.take(3, now));
  now += std::chrono::hours(1);
  EXPECT_FALSE(bucket.take(4, now));
  EXPECT_TRUE(bucket.take(3, now));
}

TEST(TokenBucket, IgnoresAClockThatStepsBack) {
  TokenBucket bucket(10, 3);
  auto now = TokenBucket::Clock::time_point(milliseconds(5'000));
  EXPECT_TRUE(bucket.take(3, now));
  EXPECT_FALSE(bucket.take(1, now - milliseconds(4'000)));
}

}  // namespace
}  // namespace webrtcserver
