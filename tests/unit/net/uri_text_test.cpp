// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/uri_text.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

TEST(UriText, NamesInAnyAlphabetAreQuotedAsTheyAre) {
  EXPECT_EQ(quote("Fußgänger.mp4"), "“Fußgänger.mp4”");
  EXPECT_EQ(quote("映画"), "“映画”");
}

TEST(UriText, WhatCouldDisturbATerminalIsEscaped) {
  EXPECT_EQ(quote("a\x1b[2J\n"), "“a\\x1b[2J\\x0a”");
  EXPECT_EQ(quote("\xc3"), "“\\xc3”");                    // the half of a character
  EXPECT_EQ(quote("\xff\xfe"), "“\\xff\\xfe”");           // no UTF-8 at all
  EXPECT_EQ(quote("\xe2\x80\xae"), "“\\xe2\\x80\\xae”");  // turns the line's direction
  EXPECT_EQ(quote("\xc2\x9b"), "“\\xc2\\x9b”");           // a control character of eight bits
  EXPECT_EQ(quote(std::string_view("\0", 1)), "“\\x00”");
}

TEST(UriText, ALongTextIsCutBetweenItsCharacters) {
  std::string text(79, 'a');
  text += "ää";
  EXPECT_EQ(quote(text), "“" + std::string(79, 'a') + "ä…”");
}

TEST(UriText, SecretsOfAnAddressAreLeftOut) {
  EXPECT_EQ(without_secrets("rtsp://me:p@ss@camera/live"), "rtsp://…@camera/live");
  EXPECT_EQ(without_secrets("whip://host/a@b?auth-token=x&max-bitrate=1"),
            "whip://host/a@b?auth-token=…&max-bitrate=1");
  EXPECT_EQ(without_secrets("webrtc://@:8554/a?turn-servers=turn://u:p@h&turn-secret=s&x=1"),
            "webrtc://@:8554/a?turn-servers=…&turn-secret=…&x=1");
  EXPECT_EQ(without_secrets("webrtc://@:8554/a?auth-tokens=tokens.json"),
            "webrtc://@:8554/a?auth-tokens=tokens.json");
  EXPECT_EQ(without_secrets("what@ever.mp4"), "what@ever.mp4");
  EXPECT_EQ(without_secrets(""), "");
}

}  // namespace
}  // namespace webrtcserver
