// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sctp_association.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

namespace webrtcserver {
namespace {

TEST(SctpAssociation, IsNobodyElses) {
  std::vector<std::unique_ptr<SctpAssociation>> all;
  std::set<guint> numbers;
  for (int i = 0; i < 65536; ++i) {
    all.push_back(std::make_unique<SctpAssociation>());
    ASSERT_TRUE(all.back()->number());
    EXPECT_TRUE(numbers.insert(*all.back()->number()).second);
  }
  EXPECT_FALSE(SctpAssociation().number());
  const guint freed = *all[100]->number();
  all[100].reset();
  EXPECT_EQ(SctpAssociation().number(), freed);
}

}  // namespace
}  // namespace webrtcserver
