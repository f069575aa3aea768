// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/turn_credentials.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

TEST(TurnCredentials, AreWhatTheServerComputesToo) {
  const std::chrono::system_clock::time_point now{std::chrono::seconds(1'700'000'000)};
  const auto credentials = mint_turn_credentials("north wind", "s17", now);
  EXPECT_EQ(credentials.username, "1700086400:s17");
  // printf '1700086400:s17' | openssl dgst -sha1 -hmac 'north wind' -binary | base64
  EXPECT_EQ(credentials.password, "c5ogUt1hDkyjnDkKw6w7BQ1Gjr8=");
}

}  // namespace
}  // namespace webrtcserver
