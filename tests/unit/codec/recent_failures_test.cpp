// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/recent_failures.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

TEST(FailedEncoders, AreForgottenAfterAWhileOrWithNewInput) {
  const Encoder one{};
  const Encoder other{};
  const FailedEncoders::TimePoint now{};
  FailedEncoders failed;
  EXPECT_FALSE(failed.contains(&one, now));
  failed.note(&one, now);
  EXPECT_TRUE(failed.contains(&one, now));
  EXPECT_FALSE(failed.contains(&other, now));
  EXPECT_TRUE(failed.contains(&one, now + FailedEncoders::kMemory - std::chrono::milliseconds(1)));
  EXPECT_FALSE(failed.contains(&one, now + FailedEncoders::kMemory));
  failed.clear();
  EXPECT_FALSE(failed.contains(&one, now));
}

}  // namespace
}  // namespace webrtcserver
