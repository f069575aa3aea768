// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/backoff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace webrtcserver {
namespace {

using namespace std::chrono_literals;

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

TEST(Backoff, DoublesUpToItsLimit) {
  Backoff backoff(1s, 10s);
  for (const auto most : {1000ms, 2000ms, 4000ms, 8000ms, 10'000ms, 10'000ms})
    EXPECT_THAT(backoff.next(), AllOf(Ge(most / 2), Le(most)));
}

TEST(Backoff, BeginsAnew) {
  Backoff backoff(1s, 1h);
  for (int i = 0; i < 20; ++i) backoff.next();
  EXPECT_THAT(backoff.next(), Ge(30min));
  backoff.reset();
  EXPECT_THAT(backoff.next(), Le(1s));
}

TEST(Backoff, IsAnotherEachTime) {
  std::set<Backoff::Milliseconds> seen;
  Backoff backoff(1h, 1h);
  for (int i = 0; i < 10; ++i) seen.insert(backoff.next());
  EXPECT_GT(seen.size(), 1U);
}

}  // namespace
}  // namespace webrtcserver
