// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/offer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.hpp"
#include "rtc/sdp.hpp"

namespace webrtcserver {
namespace {

using testing::HasSubstr;
using testing::Not;

Format format(const char* codec) {
  return {find_codec(codec), find_codec(codec)->fmtp};
}

using Media = std::vector<std::pair<MediaKind, std::vector<Format>>>;

Media video_and_audio() {
  return {{MediaKind::kVideo, {format("H264"), format("VP8")}},
          {MediaKind::kVideo, {format("VP8")}},
          {MediaKind::kAudio, {format("OPUS")}}};
}

// webrtcbin 1.22's, shortened.
constexpr char kWebrtcbinOffer[] =
    "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-options:trickle\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=setup:actpass\r\n"
    "a=ice-ufrag:ufra\r\na=ice-pwd:0123456789012345678901\r\na=rtcp-mux\r\na=sendonly\r\n"
    "a=rtpmap:96 H264/90000\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 transport-cc\r\n"
    "a=framerate:30\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
    "a=ssrc-group:FID 1111 2222\r\na=ssrc:1111 msid:user1@host webrtctransceiver0\r\n"
    "a=ssrc:1111 cname:user1@host\r\na=ssrc:2222 msid:user1@host webrtctransceiver0\r\n"
    "a=ssrc:2222 cname:user1@host\r\na=msid:user1@host webrtctransceiver0\r\n"
    "a=mid:video0\r\na=fingerprint:sha-256 00\r\na=rtcp-mux-only\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\na=bundle-only\r\na=mid:video1\r\n"
    "m=audio 0 UDP/TLS/RTP/SAVPF 98\r\na=bundle-only\r\na=mid:audio2\r\na=ssrc:3333 cname:x\r\n"
    "a=group:BUNDLE video0 video1 audio2\r\n";

std::string rewritten(const std::vector<OfferedMedia>& media) {
  const auto message = parse_sdp(kWebrtcbinOffer);
  write_codecs(message.get(), media, "cam");
  return to_text(message.get());
}

TEST(PayloadTypes, AreUniqueInTheWholeOffer) {
  std::set<int> seen;
  for (const auto& line : assign_payload_types(video_and_audio(), true)) {
    for (const auto& codec : line.codecs) {
      EXPECT_TRUE(seen.insert(codec.payload_type).second) << codec.payload_type;
      if (line.kind == MediaKind::kVideo) {
        EXPECT_TRUE(seen.insert(codec.rtx_payload_type).second) << codec.rtx_payload_type;
      } else {
        EXPECT_EQ(codec.rtx_payload_type, -1);
      }
    }
  }
  EXPECT_EQ(seen.size(), 7U);
}

TEST(PayloadTypes, HaveNoneForRetransmissionThatIsOff) {
  for (const auto& line : assign_payload_types(video_and_audio(), false)) {
    for (const auto& codec : line.codecs) EXPECT_EQ(codec.rtx_payload_type, -1);
  }
}

TEST(PayloadTypes, KeepClearOfRtcpAndEnd) {
  Media media(30, {MediaKind::kVideo, {format("VP8")}});
  media.push_back({MediaKind::kAudio, {format("OPUS")}});
  std::set<int> seen;
  for (const auto& line : assign_payload_types(media, true)) {
    for (const auto& codec : line.codecs) {
      seen.insert(codec.payload_type);
      if (codec.rtx_payload_type >= 0) seen.insert(codec.rtx_payload_type);
    }
  }
  EXPECT_EQ(seen.size(), 61U);
  for (const int payload_type : seen) {
    EXPECT_TRUE((payload_type >= 35 && payload_type <= 63) ||
                (payload_type >= 96 && payload_type <= 127))
        << payload_type;
  }
  media.push_back({MediaKind::kAudio, {format("OPUS")}});
  try {
    assign_payload_types(media, true);
    ADD_FAILURE() << "62 payload types were given.";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kLimit);
  }
}

TEST(PayloadTypes, AreNotGivenToAMediaWithoutACodec) {
  EXPECT_THROW(assign_payload_types({{MediaKind::kVideo, {}}}, true), Error);
}

TEST(RtpCaps, DescribeOneCodec) {
  const auto offered = assign_payload_types(video_and_audio(), true);
  const auto video = rtp_caps(offered[0].codecs[1], 0xF0000001);
  const auto expected = Ref<GstCaps>::adopt(gst_caps_from_string(
      "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=98,"
      "ssrc=(uint)4026531841"));
  EXPECT_TRUE(gst_caps_is_equal(video.get(), expected.get()))
      << take_string(gst_caps_to_string(video.get()));
  const auto audio = rtp_caps(offered[2].codecs[0], 7);
  EXPECT_STREQ(gst_structure_get_string(gst_caps_get_structure(audio.get(), 0), "encoding-params"),
               "2");
}

TEST(Offer, ListsEveryCodecWithItsRetransmission) {
  const std::string text = rewritten(assign_payload_types(video_and_audio(), true));
  for (const char* line :
       {"m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99\r\n", "a=rtpmap:96 H264/90000\r\n",
        "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n",
        "a=rtcp-fb:96 nack\r\n", "a=rtcp-fb:96 nack pli\r\n", "a=rtcp-fb:96 ccm fir\r\n",
        "a=rtpmap:97 rtx/90000\r\n", "a=fmtp:97 apt=96\r\n", "a=rtpmap:98 VP8/90000\r\n",
        "a=rtcp-fb:98 nack\r\n", "a=rtpmap:99 rtx/90000\r\n", "a=fmtp:99 apt=98\r\n",
        "m=video 9 UDP/TLS/RTP/SAVPF 100 101\r\n", "m=audio 9 UDP/TLS/RTP/SAVPF 102\r\n",
        "a=rtpmap:102 OPUS/48000/2\r\n", "a=fmtp:102 minptime=10;useinbandfec=1\r\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("a=fmtp:98")));
  EXPECT_THAT(text, Not(HasSubstr("a=rtcp-fb:102")));
}

TEST(Offer, NamesOneStreamAndOffersPlayoutDelayForVideo) {
  const auto message = parse_sdp(rewritten(assign_payload_types(video_and_audio(), true)));
  for (guint i = 0; i < 3; ++i) {
    const GstSDPMedia* media = gst_sdp_message_get_media(message.get(), i);
    EXPECT_EQ(gst_sdp_media_get_attribute_val(media, "msid"),
              std::string("cam ") + gst_sdp_media_get_attribute_val(media, "mid"));
    const char* extension = gst_sdp_media_get_attribute_val(media, "extmap");
    if (i < 2) {
      EXPECT_EQ(extension, std::string("2 ") + kPlayoutDelayUri);
    } else {
      EXPECT_EQ(extension, nullptr);
    }
  }
}

TEST(Offer, KeepsTheTransportAndTheSources) {
  const std::string text = rewritten(assign_payload_types(video_and_audio(), true));
  for (const char* line :
       {"a=ssrc-group:FID 1111 2222\r\n", "a=ssrc:1111 cname:user1@host\r\n",
        "a=ssrc:2222 cname:user1@host\r\n", "a=ssrc:3333 cname:x\r\n", "a=setup:actpass\r\n",
        "a=ice-ufrag:ufra\r\n", "a=ice-pwd:0123456789012345678901\r\n",
        "a=fingerprint:sha-256 00\r\n", "a=sendonly\r\n", "a=ice-options:trickle\r\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Offer, DropsWhatWebrtcbinSaidOfCodecsAndStreams) {
  const std::string text = rewritten(assign_payload_types(video_and_audio(), true));
  for (const char* stale :
       {"transport-cc", "framerate", "sdes:mid", "msid:user1", "webrtctransceiver"})
    EXPECT_THAT(text, Not(HasSubstr(stale)));
}

// A browser that rejects the first m-line still has a transport.
TEST(Offer, GivesEveryMediaATransport) {
  const std::string text = rewritten(assign_payload_types(video_and_audio(), true));
  EXPECT_THAT(text, Not(HasSubstr("bundle-only")));
  const auto message = parse_sdp(text);
  for (guint i = 0; i < gst_sdp_message_medias_len(message.get()); ++i)
    EXPECT_EQ(gst_sdp_media_get_port(gst_sdp_message_get_media(message.get(), i)), 9U);
}

TEST(Offer, MustHaveTheMediaThatWereAskedFor) {
  const auto message = parse_sdp(kWebrtcbinOffer);
  const auto one = assign_payload_types({{MediaKind::kVideo, {format("VP8")}}}, true);
  EXPECT_THROW(write_codecs(message.get(), one, "cam"), Error);
}

TEST(Offer, OfWhatIsReceivedAsksForFeedbackAndNamesNoStream) {
  auto media = assign_payload_types(video_and_audio(), true);
  for (OfferedMedia& line : media) line.direction = Direction::kReceive;
  const std::string text = rewritten(media);
  EXPECT_THAT(text, HasSubstr("a=rtcp-fb:96 transport-cc\r\n"));
  EXPECT_THAT(text, HasSubstr("draft-holmer-rmcat-transport-wide-cc"));
  EXPECT_THAT(text, HasSubstr("profile-level-id=42e01f;x-google-start-bitrate=2500\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("a=msid")));
  EXPECT_THAT(text, Not(HasSubstr("playout-delay")));
}

}  // namespace
}  // namespace webrtcserver
