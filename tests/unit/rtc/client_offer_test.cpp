// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/client_offer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "rtc/sdp.hpp"
#include "unit/rtc/recorded_offers.hpp"

namespace webrtcserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

Format format(const char* codec) {
  return {find_codec(codec), find_codec(codec)->fmtp};
}

// A stream with sound and picture.
std::vector<OfferedMedia> ours(Direction direction = Direction::kSend,
                               const std::vector<Format>& video = {format("H264"), format("VP8")}) {
  auto media = assign_payload_types(
      {{MediaKind::kAudio, {format("OPUS")}}, {MediaKind::kVideo, video}}, true);
  for (OfferedMedia& line : media) line.direction = direction;
  return media;
}

std::string changed(std::string text, const std::string& what, const std::string& with) {
  EXPECT_THAT(text, HasSubstr(what));
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

// Everything from `begin` on to the next m-line.
std::string without_line(std::string text, const std::string& begin) {
  const auto at = text.find(begin);
  EXPECT_NE(at, std::string::npos);
  return text.erase(at, text.find("m=", at + 1) - at);
}

std::string refusal(const std::string& text, const std::vector<OfferedMedia>& media = ours()) {
  try {
    read_client_offer(text, media);
  } catch (const Error& error) {
    return std::to_string(static_cast<int>(error.code())) + " " + error.what();
  }
  return "";
}

std::string with_code(ErrorCode code) {
  return std::to_string(static_cast<int>(code)) + " ";
}

// What webrtcbin would offer.
Owned<GstSDPMessage> local_offer(bool data_channel = false) {
  constexpr char kTransport[] =
      "a=ice-ufrag:ours\r\na=ice-pwd:0123456789012345678901\r\n"
      "a=fingerprint:sha-256 00:11\r\na=setup:actpass\r\n";
  std::string text = std::string("v=0\r\no=- 7 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n") +
                     "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:audio0\r\n" + kTransport +
                     "a=ssrc:1 cname:us\r\na=msid:stream audio0\r\n" +
                     "m=video 9 UDP/TLS/RTP/SAVPF 108\r\na=mid:video1\r\n" + kTransport +
                     "a=ssrc:2 cname:us\r\na=msid:stream video1\r\n";
  if (data_channel) {
    text += std::string("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data2\r\n") +
            kTransport + "a=sctp-port:5000\r\na=max-message-size:262144\r\n";
  }
  return parse_sdp(text);
}

TEST(ClientOffer, AViewersPayloadTypesBecomeOurs) {
  const ClientOffer client = read_client_offer(test::kChromiumViewer, ours());
  ASSERT_THAT(client.media, SizeIs(2));
  EXPECT_EQ(client.media[0].codecs.front().payload_type, 111);
  const auto& video = client.media[1].codecs;
  ASSERT_THAT(video, SizeIs(2));
  EXPECT_EQ(video[0].payload_type, 108);  // exactly our profile, though another stands before it
  EXPECT_EQ(video[0].rtx_payload_type, 109);
  EXPECT_EQ(video[1].payload_type, 96);
  EXPECT_EQ(video[1].rtx_payload_type, 97);
  EXPECT_EQ(client.media[1].playout_delay_id, 5);
}

TEST(ClientOffer, IsAnAnswerToOurs) {
  const Answer answer = read_client_offer(test::kChromiumViewer, ours()).answer;
  ASSERT_THAT(answer.media, SizeIs(2));
  ASSERT_THAT(answer.media[1].codecs, SizeIs(1));  // what we send is one
  EXPECT_EQ(answer.media[1].codecs.front().index, 0U);
  EXPECT_TRUE(answer.media[1].codecs.front().retransmission);
  EXPECT_EQ(answer.media[1].playout_delay_id, 5);
  EXPECT_EQ(answer.ice_ufrag, "8jCn");
  EXPECT_EQ(answer.setup, "passive");
  EXPECT_FALSE(answer.data_channel);
  EXPECT_THAT(answer.fingerprints, SizeIs(1));
}

TEST(ClientOffer, APublisherMaySendAllThatWeTakeInItsOrder) {
  const ClientOffer client = read_client_offer(test::kChromiumPublisher, ours(Direction::kReceive));
  std::vector<int> payload_types;
  for (const AnsweredCodec& codec : client.answer.media[1].codecs)
    payload_types.push_back(client.media[1].codecs[codec.index].payload_type);
  // VP8, and H.264 Constrained Baseline and Baseline however it is packetised.
  EXPECT_THAT(payload_types, ElementsAre(96, 102, 104, 108, 114));
  EXPECT_EQ(client.answer.media[1].transport_wide_id, 4);
  EXPECT_EQ(client.media[1].transport_wide_id, 4);
  EXPECT_THAT(client.answer.media[1].sources, ElementsAre(4118254703U, 1489193805U));
  EXPECT_FALSE(client.answer.media[0].accepted());
  EXPECT_TRUE(client.answer.data_channel);
  EXPECT_EQ(client.answer.max_message, 262144U);
}

// webrtcbin offers it nevertheless, and must not confuse it with anything.
TEST(ClientOffer, MediaThatTheClientDoesNotHaveGetsAnUnusedPayloadType) {
  const ClientOffer client = read_client_offer(test::kChromiumPublisher, ours(Direction::kReceive));
  const int unused = client.media[0].codecs.front().payload_type;
  EXPECT_TRUE(is_dynamic(unused));
  EXPECT_THAT(test::kChromiumPublisher, Not(HasSubstr("rtpmap:" + std::to_string(unused) + " ")));
}

TEST(ClientOffer, TheAnswerIsInTheClientsOrderAndWords) {
  const ClientOffer client = read_client_offer(test::kChromiumViewer, ours());
  const std::string text = write_client_answer(client, local_offer().get());
  EXPECT_THAT(text, HasSubstr("a=group:BUNDLE 0 1\r\n"));
  EXPECT_THAT(text, HasSubstr("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"));
  EXPECT_THAT(text, HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 108 109\r\n"));
  EXPECT_LT(text.find("m=audio"), text.find("m=video"));
  EXPECT_THAT(text, HasSubstr("a=mid:1\r\n"));
  EXPECT_THAT(text, HasSubstr("a=ice-ufrag:ours\r\n"));
  EXPECT_THAT(text, HasSubstr("a=setup:active\r\n"));
  EXPECT_THAT(text, HasSubstr("a=sendonly\r\n"));
  EXPECT_THAT(text, HasSubstr("a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;"
                              "profile-level-id=42e01f\r\n"));
  EXPECT_THAT(text, HasSubstr("a=extmap:5 " + std::string(kPlayoutDelayUri) + "\r\n"));
  EXPECT_THAT(text, HasSubstr("a=ssrc:2 cname:us\r\n"));
  EXPECT_THAT(text, HasSubstr("a=msid:stream video1\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("video1\r\na=ice")));  // our own mids are not the client's
}

TEST(ClientOffer, WhatWeDoNotHaveIsRejected) {
  auto video = ours();
  video.erase(video.begin());
  const ClientOffer client = read_client_offer(test::kChromiumViewer, video);
  auto local = parse_sdp(
      "v=0\r\no=- 7 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 108\r\n"
      "a=mid:video0\r\na=ice-ufrag:ours\r\na=ice-pwd:0123456789012345678901\r\n");
  const std::string text = write_client_answer(client, local.get());
  EXPECT_THAT(text, HasSubstr("m=audio 0 UDP/TLS/RTP/SAVPF 111"));
  EXPECT_THAT(text, HasSubstr("a=group:BUNDLE 1\r\n"));
  EXPECT_THAT(text, HasSubstr("a=inactive\r\n"));
}

TEST(ClientOffer, ADataChannelIsTaken) {
  const ClientOffer client = read_client_offer(test::kChromiumPublisher, ours(Direction::kReceive));
  const std::string text = write_client_answer(client, local_offer(true).get());
  EXPECT_THAT(text, HasSubstr("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
  EXPECT_THAT(text, HasSubstr("a=sctp-port:5000\r\n"));
  EXPECT_THAT(text, HasSubstr("a=group:BUNDLE 0 1\r\n"));
  EXPECT_THAT(text, HasSubstr("a=recvonly\r\n"));
}

TEST(ClientOffer, CandidatesOfTheOfferAreTaken) {
  const std::string text = changed(test::kChromiumViewer, "a=mid:0\n",
                                   "a=mid:0\na=candidate:1 1 udp 1 192.0.2.9 5000 typ host\n");
  EXPECT_THAT(read_client_offer(text, ours()).answer.candidates,
              ElementsAre("candidate:1 1 udp 1 192.0.2.9 5000 typ host"));
}

// RFC 9143: port 0 and a=bundle-only is no rejection in an offer.
TEST(ClientOffer, ABundledLineMayHaveNoPort) {
  std::string text = changed(test::kChromiumViewer, "m=video 9", "m=video 0");
  EXPECT_FALSE(read_client_offer(text, ours()).answer.media[1].accepted());
  text = changed(text, "a=mid:1\n", "a=mid:1\na=bundle-only\n");
  EXPECT_TRUE(read_client_offer(text, ours()).answer.media[1].accepted());
}

TEST(ClientOffer, TheOtherSideMayInsistOnItsPart) {
  const auto setup = [](const char* offered) {
    const ClientOffer client = read_client_offer(
        changed(test::kChromiumViewer, "setup:actpass", std::string("setup:") + offered), ours());
    const std::string text = write_client_answer(client, local_offer().get());
    const auto at = text.find("a=setup:");
    return client.answer.setup + " " + text.substr(at, text.find('\r', at) - at);
  };
  EXPECT_EQ(setup("active"), "active a=setup:passive");
  EXPECT_EQ(setup("passive"), "passive a=setup:active");
}

TEST(ClientOffer, DirectionsMustMeet) {
  EXPECT_THAT(refusal(changed(test::kChromiumViewer, "a=recvonly", "a=sendonly")),
              HasSubstr("receives none of the codecs that this stream has: OPUS, H264, VP8."));
  EXPECT_THAT(refusal(test::kChromiumViewer, ours(Direction::kReceive)),
              HasSubstr("sends nothing of what this stream takes: OPUS, H264, VP8."));
  EXPECT_EQ(refusal(changed(test::kChromiumViewer, "a=recvonly", "a=sendrecv")), "");
}

TEST(ClientOffer, WrongOffersAreRefusedInWords) {
  const std::string good = test::kChromiumViewer;
  EXPECT_THAT(refusal("hello"), HasSubstr("v=0"));
  EXPECT_THAT(refusal("v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"),
              HasSubstr("has no m-line"));
  EXPECT_THAT(refusal(changed(good, "a=ice-ufrag:8jCn\n", "")), HasSubstr("a=ice-ufrag"));
  EXPECT_THAT(refusal(changed(good, "a=ice-pwd:8zw2bCmsq7aSQcPVAaCuEb5S", "a=ice-pwd:short")),
              HasSubstr("a=ice-pwd"));
  EXPECT_THAT(refusal(changed(good, "a=setup:actpass", "a=setup:holdconn")),
              HasSubstr("a=setup:actpass or a=setup:active or a=setup:passive"));
  EXPECT_THAT(refusal(changed(good, "a=fingerprint:sha-256", "a=fingerprint:sha-1")),
              HasSubstr(with_code(ErrorCode::kProtocol)));
  EXPECT_THAT(refusal(changed(good, "a=group:BUNDLE 0 1\n", "")), HasSubstr("a=group:BUNDLE"));
  EXPECT_THAT(refusal(changed(good, "a=group:BUNDLE 0 1\n", "a=group:BUNDLE 0\n")),
              HasSubstr("a=group:BUNDLE"));
  EXPECT_THAT(refusal(changed(good, "UDP/TLS/RTP/SAVPF", "RTP/AVP")),
              HasSubstr(with_code(ErrorCode::kNoCommonCodec)));
}

TEST(ClientOffer, TwoTracksOfAKindAreTooMany) {
  const std::string good = test::kChromiumViewer;
  const auto video = good.substr(good.find("m=video"));
  EXPECT_THAT(refusal(good + video), HasSubstr(with_code(ErrorCode::kLimit) + "The offer has 2"));
  EXPECT_THROW(check_client_offer(good + video), Error);
  EXPECT_EQ(refusal(good + changed(video, "m=video 9", "m=video 0")), "");
}

TEST(ClientOffer, OneLineNeedsNoBundle) {
  std::string text = without_line(test::kChromiumViewer, "m=audio");
  text = changed(text, "a=group:BUNDLE 0 1\n", "");
  text = changed(text, "a=mid:1\n", "");
  const std::string answer =
      write_client_answer(read_client_offer(text, ours()), local_offer().get());
  EXPECT_THAT(answer, Not(HasSubstr("a=group")));
  EXPECT_THAT(answer, Not(HasSubstr("a=mid")));
}

// One payload type cannot mean two codecs where everything shares a transport.
TEST(ClientOffer, APayloadTypeOfTwoLinesIsTakenOnce) {
  const std::string text =
      changed(changed(test::kChromiumViewer, "SAVPF 111 63", "SAVPF 108 63"), ":111 ", ":108 ");
  const ClientOffer client = read_client_offer(text, ours());
  EXPECT_EQ(client.media[0].codecs.front().payload_type, 108);
  EXPECT_NE(client.media[1].codecs.front().payload_type, 108);
}

TEST(ClientOffer, PayloadTypesOfRtcpAreNotUsed) {
  const std::string text =
      changed(changed(test::kChromiumViewer, "SAVPF 111 63", "SAVPF 72 63"), ":111 ", ":72 ");
  EXPECT_FALSE(read_client_offer(text, ours()).answer.media[0].accepted());
}

TEST(ClientOffer, TheClientsCredentialsAreRead) {
  EXPECT_EQ(check_client_offer(test::kChromiumViewer),
            (IceCredentials{"8jCn", "8zw2bCmsq7aSQcPVAaCuEb5S"}));
}

}  // namespace
}  // namespace webrtcserver
