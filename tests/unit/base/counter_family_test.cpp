// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/counter_family.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace webrtcserver {
namespace {

TEST(CounterFamily, CountsEachSetOfLabelsByItself) {
  CounterFamily family("x_total", "X.", {"stream", "reason"});
  family.add({"output", "left"});
  family.add({"output", "left"}, 4);
  family.add({"input", "left"}, 0);
  EXPECT_EQ(family.value({"output", "left"}), 5U);
  EXPECT_EQ(family.value({"output", "error"}), 0U);
  PrometheusText text;
  family.write(text);
  EXPECT_EQ(text.text(),
            "# HELP x_total X.\n# TYPE x_total counter\n"
            "x_total{stream=\"input\",reason=\"left\"} 0\n"
            "x_total{stream=\"output\",reason=\"left\"} 5\n");
}

TEST(CounterFamily, LosesNothingBetweenThreads) {
  CounterFamily family("x_total", "X.", {});
  const auto count = [&] {
    for (int i = 0; i < 1000; ++i) family.add({});
  };
  std::thread other(count);
  count();
  other.join();
  EXPECT_EQ(family.value({}), 2000U);
}

TEST(TakeGrowth, BeginsAnewWithASmallerNumber) {
  std::uint64_t last = 0;
  EXPECT_EQ(take_growth(last, 7), 7U);
  EXPECT_EQ(take_growth(last, 9), 2U);
  EXPECT_EQ(take_growth(last, 9), 0U);
  EXPECT_EQ(take_growth(last, 3), 3U);
  EXPECT_EQ(take_growth(last, 4), 1U);
}

}  // namespace
}  // namespace webrtcserver
