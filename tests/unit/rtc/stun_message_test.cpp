// SPDX-License-Identifier: LGPL-2.1-or-later
// That what is written is understood, the TURN tests show with a real server.
#include "rtc/stun_message.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

constexpr stun::Transaction kTransaction{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

std::vector<std::uint8_t> refusal() {
  return StunWriter(stun::kAllocate | stun::kFailure, kTransaction)
      .add(stun::kErrorCode, std::string_view("\0\0\4\1Unauthorized", 16))
      .add(stun::kRealm, "example.org")
      .add(stun::kNonce, "n0nce")
      .bytes();
}

TEST(StunMessage, IsReadAsItWasWritten) {
  const auto bytes = refusal();
  EXPECT_EQ(stun_size(bytes.data()), bytes.size());
  const auto response = read_stun(bytes.data(), bytes.size(), kTransaction);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->type, stun::kAllocate | stun::kFailure);
  EXPECT_EQ(response->error, 401U);
  EXPECT_EQ(response->realm, "example.org");
  EXPECT_EQ(response->nonce, "n0nce");
}

TEST(StunMessage, OfAnotherTransactionOrProtocolIsNone) {
  auto bytes = refusal();
  auto other = kTransaction;
  other[0] = 0;
  EXPECT_FALSE(read_stun(bytes.data(), bytes.size(), other));
  bytes[4] = 0;  // the cookie
  EXPECT_EQ(stun_size(bytes.data()), 0U);
  EXPECT_FALSE(read_stun(bytes.data(), bytes.size(), kTransaction));
}

TEST(StunMessage, MayBeCutOrLieAnywhere) {
  const auto whole = refusal();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::uint8_t> cut(whole.begin(),
                                        whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(read_stun(cut.data(), cut.size(), kTransaction)) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const std::uint8_t value : {0x00, 0x01, 0x7F, 0xFF}) {
      auto bytes = whole;
      bytes[at] = value;
      const auto response = read_stun(bytes.data(), bytes.size(), kTransaction);
      if (response) {
        EXPECT_LE(response->realm.size(), bytes.size());
      }
    }
  }
}

}  // namespace
}  // namespace webrtcserver
