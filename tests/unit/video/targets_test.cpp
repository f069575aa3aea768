// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/targets.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

std::string name(const std::string& text) {
  return name_of(Location::parse(text, LocationUse::kOutput));
}

TEST(Targets, AreNamedWithoutTheirSecrets) {
  EXPECT_EQ(name("film@home?.mkv"), "\"film@home?.mkv\"");
  EXPECT_EQ(name("webrtc://@:8554/output?max-viewers=2"),
            "\"webrtc://@:8554/output?max-viewers=2\"");
  EXPECT_EQ(name("rtmp://me:secret@host/live"), "\"rtmp://…@host/live\"");
  EXPECT_EQ(name("whips://host/whip?auth-token=secret&max-bitrate=1"),
            "\"whips://host/whip?auth-token=…&max-bitrate=1\"");
  EXPECT_EQ(name("whips://host/whip?auth-token=secret"), "\"whips://host/whip?auth-token=…\"");
}

}  // namespace
}  // namespace webrtcserver
