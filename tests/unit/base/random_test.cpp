// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace webrtcserver {
namespace {

TEST(Random, NamesAreSafeInAUrlAndNeverRepeat) {
  std::set<std::string> seen;
  std::set<char> characters;
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = random_id();
    EXPECT_EQ(id.size(), 22U);
    EXPECT_EQ(
        id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos);
    EXPECT_TRUE(seen.insert(id).second);
    characters.insert(id.begin(), id.end());
  }
  EXPECT_EQ(characters.size(), 64U) << "22,000 characters hold each of the alphabet";
}

TEST(Random, NumbersUseEveryBit) {
  std::uint32_t ones = 0;
  std::uint32_t zeros = 0;
  for (int i = 0; i < 200; ++i) {
    const std::uint32_t value = random_u32();
    ones |= value;
    zeros |= ~value;
  }
  EXPECT_EQ(ones, 0xFFFFFFFFU);
  EXPECT_EQ(zeros, 0xFFFFFFFFU);
}

}  // namespace
}  // namespace webrtcserver
