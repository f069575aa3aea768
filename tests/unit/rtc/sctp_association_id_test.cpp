// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sctp_association_id.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

namespace webrtcserver {
namespace {

TEST(SctpAssociationId, IsNobodyElses) {
  std::vector<std::unique_ptr<SctpAssociationId>> all;
  std::set<guint> numbers;
  for (int i = 0; i < 65536; ++i) {
    all.push_back(std::make_unique<SctpAssociationId>());
    ASSERT_TRUE(all.back()->number());
    EXPECT_TRUE(numbers.insert(*all.back()->number()).second);
  }
  EXPECT_FALSE(SctpAssociationId().number());
  const guint freed = *all[100]->number();
  all[100].reset();
  EXPECT_EQ(SctpAssociationId().number(), freed);
}

}  // namespace
}  // namespace webrtcserver
