// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/recent_failures.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

TEST(RecentFailures, AreForgottenAfterAWhileOrWithNewInput) {
  const int one = 1;
  const int other = 2;
  const RecentFailures<int>::TimePoint now{};
  RecentFailures<int> failed;
  EXPECT_FALSE(failed.contains(&one, now));
  failed.note(&one, now);
  EXPECT_TRUE(failed.contains(&one, now));
  EXPECT_FALSE(failed.contains(&other, now));
  EXPECT_TRUE(
      failed.contains(&one, now + RecentFailures<int>::kMemory - std::chrono::milliseconds(1)));
  EXPECT_FALSE(failed.contains(&one, now + RecentFailures<int>::kMemory));
  failed.clear();
  EXPECT_FALSE(failed.contains(&one, now));
}

}  // namespace
}  // namespace webrtcserver
