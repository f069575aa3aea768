// SPDX-License-Identifier: LGPL-2.1-or-later
#include "secrets.hpp"

#include <gtest/gtest.h>

namespace {

TEST(WithoutSecrets, PasswordsAreLeftOut) {
  EXPECT_EQ(without_secrets("Reading rtsp://me:pass@camera:554/stream: H.264."),
            "Reading rtsp://me:...@camera:554/stream: H.264.");
  EXPECT_EQ(without_secrets("rtsp://me:p@ss@camera/a is given up: rtsp://me:p@ss@camera/a"),
            "rtsp://me:...@camera/a is given up: rtsp://me:...@camera/a");
}

TEST(WithoutSecrets, TokensAreLeftOut) {
  EXPECT_EQ(without_secrets("Writing whip://host/live?auth-token=abc.def&max-bitrate=9."),
            "Writing whip://host/live?auth-token=...&max-bitrate=9.");
}

TEST(WithoutSecrets, AllElseStays) {
  for (const char* sentence :
       {"Open http://127.0.0.1:8554/output to watch.", "Reading webrtc://@:8554/input: I420.",
        "rtp://host:5004 is given up: nobody@host:5004 knows it", "video/x-raw, 30 frames/s"})
    EXPECT_EQ(without_secrets(sentence), sentence);
}

}  // namespace
