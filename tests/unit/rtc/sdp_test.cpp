// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/sdp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

constexpr char kHead[] = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

std::string repeat(const std::string& text, unsigned count) {
  std::string result;
  for (unsigned i = 0; i < count; ++i) result += text;
  return result;
}

std::string refusal(std::string_view text) {
  try {
    parse_sdp(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kProtocol);
    return error.what();
  }
  return {};
}

TEST(Sdp, ReadsAndWrites) {
  const auto message = parse_sdp(
      std::string(kHead) + "a=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n");
  ASSERT_EQ(gst_sdp_message_medias_len(message.get()), 1U);
  const std::string text = to_text(message.get());
  EXPECT_THAT(text, testing::HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"));
  EXPECT_THAT(text, testing::HasSubstr("a=group:BUNDLE 0\r\n"));
}

TEST(Sdp, RefusesWhatIsNoSdp) {
  EXPECT_THAT(refusal(""), testing::HasSubstr("v=0"));
  EXPECT_THAT(refusal("garbage"), testing::HasSubstr("v=0"));
  EXPECT_THAT(refusal("\r\nv=0\r\n"), testing::HasSubstr("v=0"));
}

TEST(Sdp, RefusesANulByte) {
  using namespace std::string_view_literals;
  EXPECT_THAT(refusal("v=0\r\ns=\0\r\n"sv), testing::HasSubstr("NUL"));
}

TEST(Sdp, BoundsItsBytes) {
  const std::string line = "a=x\r\n";
  const std::string longest = kHead + ("a=" + std::string(64 * 1024 - sizeof(kHead) - 1, 'x'));
  ASSERT_EQ(longest.size(), 64U * 1024U);
  EXPECT_EQ(refusal(longest), "");
  EXPECT_THAT(refusal(longest + "x"), testing::HasSubstr("65537 bytes"));
  EXPECT_THAT(refusal(std::string(kHead) + std::string(1024 * 1024, 'x')),
              testing::HasSubstr("bytes"));
}

TEST(Sdp, BoundsItsLines) {
  EXPECT_EQ(refusal(kHead + repeat("a=x\n", 1000 - 4)), "");
  EXPECT_THAT(refusal(kHead + repeat("a=x\n", 1001 - 4)), testing::HasSubstr("1000 lines"));
}

TEST(Sdp, BoundsItsMedia) {
  const std::string line = "m=video 9 RTP/AVP 96\r\n";
  EXPECT_EQ(refusal(kHead + repeat(line, 9)), "");
  EXPECT_THAT(refusal(kHead + repeat(line, 10)), testing::HasSubstr("10 m-lines"));
  EXPECT_THAT(refusal(kHead + repeat(line, 900)), testing::HasSubstr("900 m-lines"));
}

// GStreamer's parser skips white space ahead of a line, and ends one at a LF alone.
TEST(Sdp, BoundsItsMediaHoweverTheyAreIndented) {
  for (const char* end : {"\n ", "\n\t", "\r\n\r\n", "\n\f\r "}) {
    const std::string text = kHead + repeat("m=video 9 RTP/AVP 96" + std::string(end), 10);
    EXPECT_THAT(refusal(text), testing::HasSubstr("10 m-lines"));
    const auto within = parse_sdp(kHead + repeat("m=video 9 RTP/AVP 96" + std::string(end), 8));
    EXPECT_EQ(gst_sdp_message_medias_len(within.get()), 8U);
  }
  EXPECT_EQ(gst_sdp_message_medias_len(parse_sdp(kHead + repeat("m=video\r", 100)).get()), 1U);
}

TEST(Sdp, SurvivesOddLines) {
  for (const char* text :
       {"v=0\r\nm=\r\n", "v=0\r\nm=video\r\n", "v=0\r\na=\r\n", "v=0\r\na=:\r\n", "v=0\r\nc=\r\n",
        "v=0\r\nb=\r\n", "v=0\r\no=\r\n", "v=0\r\nk=\r\n", "v=0\r\nm=video 1/ /x\r\na=rtpmap:\r\n",
        "v=0\r\nx\r\n=\r\n", "v=0\r\nm=video 99999999999999999999 x 1\r\n", "v=0"}) {
    EXPECT_TRUE(parse_sdp(text)) << text;
  }
  EXPECT_TRUE(parse_sdp(std::string(kHead) + "a=" + std::string(20000, 'k') + ":v\r\n"));
}

TEST(Sdp, FindsAnAttributeAtItsMediaBeforeTheSession) {
  const auto message = parse_sdp(std::string(kHead) +
                                 "a=setup:active\r\nm=audio 9 RTP/AVP 0\r\na=setup:passive\r\n"
                                 "m=audio 9 RTP/AVP 0\r\n");
  const auto find = [&](guint i, const char* key) {
    return find_attribute(message.get(), gst_sdp_message_get_media(message.get(), i), key);
  };
  EXPECT_STREQ(find(0, "setup"), "passive");
  EXPECT_STREQ(find(1, "setup"), "active");
  EXPECT_EQ(find(1, "ice-ufrag"), nullptr);
}

constexpr char kCandidate[] = "candidate:1 1 UDP 1 192.0.2.1 5000 typ host";

TEST(Sdp, CandidatesStandWhereTheTransportIs) {
  const std::string description = std::string(kHead) +
                                  "m=audio 0 RTP/AVP 0\r\na=mid:0\r\nm=audio 9 RTP/AVP 0\r\n"
                                  "a=mid:1\r\nm=video 9 RTP/AVP 96\r\na=mid:2\r\n";
  const std::string text = with_candidates(description, {kCandidate}, true);
  EXPECT_NE(
      text.find("a=mid:1\r\na=" + std::string(kCandidate) + "\r\na=end-of-candidates\r\nm=video"),
      std::string::npos)
      << text;
  EXPECT_EQ(with_candidates(description, {}, false).find("end-of-candidates"), std::string::npos);
}

TEST(Sdp, WithoutMediaTakesNoCandidates) {
  EXPECT_EQ(with_candidates(kHead, {kCandidate}, true), kHead);
}

}  // namespace
}  // namespace webrtcserver
