// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sdp_fragment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// RFC 9725, section 4.3.3, has one like it.
constexpr char kRestart[] =
    "a=ice-options:trickle ice2\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "a=ice-ufrag:ysXw\r\n"
    "a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=mid:0\r\n"
    "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0\r\n"
    "a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0\r\n"
    "a=end-of-candidates\r\n";

std::string refusal(const std::string& text) {
  try {
    read_sdp_fragment(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kProtocol);
    return error.what();
  }
  return "";
}

TEST(SdpFragment, OfARestartIsRead) {
  const SdpFragment fragment = read_sdp_fragment(kRestart);
  EXPECT_EQ(fragment.credentials, (IceCredentials{"ysXw", "vw5LmwG4y/e6dPP/zAP9Gp5k"}));
  EXPECT_EQ(fragment.media, "audio 9 UDP/TLS/RTP/SAVPF 111");
  EXPECT_EQ(fragment.mid, "0");
  EXPECT_THAT(
      fragment.candidates,
      ElementsAre(
          "candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0",
          "candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0"));
  EXPECT_TRUE(fragment.end_of_candidates);
}

TEST(SdpFragment, SaysWhatItWasMadeFrom) {
  const SdpFragment fragment = read_sdp_fragment(kRestart);
  const SdpFragment again = read_sdp_fragment(write_sdp_fragment(fragment));
  EXPECT_EQ(again.group, "BUNDLE 0 1");
  EXPECT_EQ(again.credentials, fragment.credentials);
  EXPECT_EQ(again.media, fragment.media);
  EXPECT_EQ(again.mid, fragment.mid);
  EXPECT_EQ(again.candidates, fragment.candidates);
  EXPECT_TRUE(again.end_of_candidates);
}

TEST(SdpFragment, NeedsNothingButWhatItIsFor) {
  const SdpFragment fragment = read_sdp_fragment("a=candidate:1 1 udp 1 192.0.2.1 1 typ host");
  EXPECT_FALSE(fragment.credentials);
  EXPECT_THAT(fragment.media, IsEmpty());
  EXPECT_THAT(fragment.candidates, ElementsAre("candidate:1 1 udp 1 192.0.2.1 1 typ host"));
  EXPECT_FALSE(fragment.end_of_candidates);
}

TEST(SdpFragment, OfADescriptionNamesItsIceSession) {
  SdpFragment fragment = read_sdp_fragment(
      "v=0\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:Abcd\r\n"
      "a=ice-pwd:0123456789012345678901\r\na=mid:0\r\nm=video 9 UDP/TLS/RTP/SAVPF 97\r\n"
      "a=ice-ufrag:Efgh\r\na=mid:1\r\n");
  fragment.candidates = {"candidate:1 1 udp 1 192.0.2.1 1 typ host"};
  EXPECT_EQ(write_sdp_fragment(fragment),
            "a=group:BUNDLE 0 1\r\na=ice-ufrag:Abcd\r\na=ice-pwd:0123456789012345678901\r\n"
            "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"
            "a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n");
}

TEST(SdpFragment, OfTwoLinesCountsTheFirst) {
  const SdpFragment fragment = read_sdp_fragment(
      "m=audio 9 X 1\na=mid:0\na=ice-ufrag:aaaa\na=ice-pwd:0123456789012345678901\n"
      "m=video 9 X 2\na=mid:1\na=ice-ufrag:bbbb\na=ice-pwd:1123456789012345678901\n");
  EXPECT_EQ(fragment.mid, "0");
  EXPECT_EQ(fragment.credentials->ufrag, "aaaa");
  EXPECT_EQ(fragment.credentials->pwd, "0123456789012345678901");
}

TEST(SdpFragment, RefusesWhatIsNone) {
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("\r\n\r\n"), HasSubstr("empty"));
  EXPECT_THAT(refusal("{\"candidate\":1}"), HasSubstr("begins with a letter"));
  EXPECT_THAT(refusal("a=ice-ufrag:aaaa\r\n"), HasSubstr("alone"));
  EXPECT_THAT(refusal("a=ice-pwd:0123456789012345678901\r\n"), HasSubstr("alone"));
  EXPECT_THAT(refusal("a=ice-ufrag:a\r\na=ice-pwd:0123456789012345678901\r\n"),
              HasSubstr("a=ice-ufrag is not valid"));
  EXPECT_THAT(refusal("a=ice-ufrag:aaaa\r\na=ice-pwd:with space 123456789012345\r\n"),
              HasSubstr("a=ice-pwd is not valid"));
  EXPECT_THAT(refusal(std::string("a=mid:0\0\r\n", 10)), HasSubstr("NUL"));
  EXPECT_THAT(refusal("a=" + std::string(64 * 1024, 'x')), HasSubstr("64 KiB"));
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "a=x\n";
  EXPECT_THAT(refusal(many), HasSubstr("1000 lines"));
}

}  // namespace
}  // namespace webrtcserver
