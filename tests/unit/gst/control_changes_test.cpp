// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst/control_changes.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

TEST(ControlChanges, AreAllToldInTheirOrder) {
  ControlChanges changes;
  EXPECT_FALSE(changes.take());
  EXPECT_TRUE(changes.add("a", 1.0));
  EXPECT_TRUE(changes.add("b", true));
  EXPECT_TRUE(changes.add("a", 2.0));
  EXPECT_EQ(changes.take(), ControlChanges::Change("a", 1.0));
  EXPECT_EQ(changes.take(), ControlChanges::Change("b", true));
  EXPECT_EQ(changes.take(), ControlChanges::Change("a", 2.0));
  EXPECT_FALSE(changes.take());
}

TEST(ControlChanges, OfAnApplicationThatFallsBehindTheLastCounts) {
  ControlChanges changes;
  for (std::size_t i = 0; i < ControlChanges::kMany; ++i)
    EXPECT_TRUE(changes.add("a", static_cast<double>(i)));
  EXPECT_FALSE(changes.add("a", 7.0));
  EXPECT_TRUE(changes.add("b", 1.0));
  EXPECT_FALSE(changes.add("a", 8.0));
  ControlChanges::Change last_of_a;
  std::size_t count = 0;
  while (const auto change = changes.take()) {
    ++count;
    if (change->first == "a") last_of_a = *change;
  }
  EXPECT_EQ(count, ControlChanges::kMany + 1);
  EXPECT_EQ(last_of_a.second, ControlValue(8.0));
}

}  // namespace
}  // namespace webrtcserver
