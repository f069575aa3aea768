// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "rtc/sdp.hpp"
#include "unit/rtc/recorded_answers.hpp"

namespace webrtcserver {
namespace {

using testing::HasSubstr;
using testing::Not;

Format format(const char* codec) {
  return {find_codec(codec), find_codec(codec)->fmtp};
}

std::vector<OfferedMedia> offered() {
  const std::vector<Format> video{format("H264"), format("VP8")};
  return assign_payload_types({{MediaKind::kVideo, video},
                               {MediaKind::kVideo, video},
                               {MediaKind::kAudio, {format("OPUS")}}},
                              true);
}

Owned<GstSDPMessage> offer() {
  return parse_sdp(
      "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
      "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:video0\r\n"
      "m=video 0 UDP/TLS/RTP/SAVPF 100\r\na=mid:video1\r\n"
      "m=audio 0 UDP/TLS/RTP/SAVPF 104\r\na=mid:audio2\r\n");
}

Answer read(const std::string& text) {
  return read_answer(text, offer().get(), offered());
}

struct Refusal {
  ErrorCode code = ErrorCode::kFailed;
  std::string message;
};

Refusal refusal(const std::string& text) {
  try {
    read(text);
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {};
}

// The recorded answer with `what` replaced by `with`, everywhere or `times` times.
std::string changed(const std::string& what, const std::string& with, int times = -1) {
  std::string text = test::kChromiumAnswer;
  EXPECT_THAT(text, HasSubstr(what));
  for (auto at = text.find(what); at != std::string::npos && times != 0;
       at = text.find(what, at + with.size()), --times)
    text.replace(at, what.size(), with);
  return text;
}

constexpr char kFingerprint[] =
    "a=fingerprint:sha-256 66:B3:C7:95:3C:15:93:32:74:84:F6:8D:7B:D8:26:6A:DE:46:92:D7:A6:C1:B9:46:"
    "ED:A2:9E:61:61:CC:8E:2E\n";

TEST(Answer, ReadsChromium) {
  const Answer answer = read(test::kChromiumAnswer);
  ASSERT_EQ(answer.media.size(), 3U);
  for (const AnsweredMedia& media : answer.media) {
    EXPECT_TRUE(media.accepted());
    EXPECT_EQ(media.codecs.front().index, 0U);
  }
  EXPECT_TRUE(answer.media[0].codecs.front().retransmission);
  EXPECT_TRUE(answer.media[1].codecs.front().retransmission);
  EXPECT_FALSE(answer.media[2].codecs.front().retransmission);
  EXPECT_EQ(answer.media[0].playout_delay_id, 2);
  EXPECT_FALSE(answer.media[2].playout_delay_id);
  EXPECT_EQ(answer.ice_ufrag, "tSHl");
  EXPECT_EQ(answer.ice_pwd, "NWsvwRbN1vJ9s2pGkft1rphy");
  EXPECT_EQ(answer.setup, "active");
  ASSERT_EQ(answer.fingerprints.size(), 1U);
  EXPECT_EQ(answer.fingerprints[0].algorithm, "sha-256");
  EXPECT_TRUE(answer.candidates.empty());
}

TEST(Answer, ReadsFirefox) {
  const Answer answer = read(test::kFirefoxAnswer);
  EXPECT_EQ(answer.media[0].codecs.front().index, 1U);  // VP8
  EXPECT_EQ(answer.media[1].codecs.front().index, 1U);
  EXPECT_EQ(answer.media[2].codecs.front().index, 0U);  // "opus"
  EXPECT_TRUE(answer.media[0].codecs.front().retransmission);
  EXPECT_EQ(answer.media[0].playout_delay_id, 2);  // "extmap:2/recvonly"
  EXPECT_EQ(answer.ice_ufrag, "bc504ff0");
  ASSERT_EQ(answer.fingerprints.size(), 1U);  // of the session
}

TEST(Answer, TakesOurFirstCodecWhateverTheBrowserPrefers) {
  EXPECT_EQ(read(changed("SAVPF 96 97 98 99", "SAVPF 98 99 96 97")).media[0].codecs.front().index,
            0U);
}

TEST(Answer, MediaMayBeRejected) {
  const Answer answer = read(changed("m=video 9 ", "m=video 0 "));
  EXPECT_FALSE(answer.media[0].accepted());
  EXPECT_FALSE(answer.media[1].accepted());
  EXPECT_TRUE(answer.media[2].accepted());
}

TEST(Answer, MediaThatReceivesNothingIsRejected) {
  for (const char* direction : {"a=sendonly", "a=inactive"})
    EXPECT_FALSE(read(changed("a=recvonly", direction, 1)).media[0].accepted()) << direction;
  EXPECT_TRUE(read(changed("a=recvonly", "a=sendrecv")).media[0].accepted());
  EXPECT_TRUE(read(changed("a=recvonly\n", "")).media[0].accepted());
  std::string of_the_session = changed("a=recvonly\n", "");
  of_the_session.insert(of_the_session.find("m="), "a=inactive\n");
  EXPECT_EQ(refusal(of_the_session).code, ErrorCode::kNoCommonCodec);
}

// JSEP puts the transport on the first m-line of the bundle alone.
TEST(Answer, AnInactiveMediaSpeaksForTheTransport) {
  std::string text = changed("a=recvonly", "a=inactive", 1);
  const auto second = text.find("m=", text.find("m=") + 1);
  std::string rest = text.substr(second);
  for (const char* line : {"a=ice-ufrag:tSHl\n", "a=ice-pwd:NWsvwRbN1vJ9s2pGkft1rphy\n",
                           "a=setup:active\n", kFingerprint}) {
    for (auto at = rest.find(line); at != std::string::npos; at = rest.find(line))
      rest.erase(at, std::string(line).size());
  }
  const Answer answer = read(text.substr(0, second) + rest);
  EXPECT_FALSE(answer.media[0].accepted());
  EXPECT_TRUE(answer.media[1].accepted());
  EXPECT_EQ(answer.ice_ufrag, "tSHl");
}

TEST(Answer, ARejectedMediaDoesNot) {
  std::string text = changed("m=video 9 ", "m=video 0 ", 1);
  text.replace(text.find("tSHl"), 4, "XXXX");
  EXPECT_EQ(read(text).ice_ufrag, "tSHl");
}

TEST(Answer, NothingInCommonNamesTheCodecs) {
  const Refusal none = refusal(changed(" 9 UDP", " 0 UDP"));
  EXPECT_EQ(none.code, ErrorCode::kNoCommonCodec);
  EXPECT_THAT(none.message, HasSubstr("H264, VP8, OPUS"));
}

TEST(Answer, AnotherCodecUnderOurPayloadTypeIsNone) {
  EXPECT_EQ(read(changed("96 H264/90000", "96 VP9/90000")).media[0].codecs.front().index, 1U);
  EXPECT_EQ(read(changed("96 H264/90000", "96 H26/90000")).media[0].codecs.front().index, 1U);
  EXPECT_EQ(read(changed("96 H264/90000", "96 H2645/90000")).media[0].codecs.front().index, 1U);
  EXPECT_EQ(read(changed("a=rtpmap:96 H264/90000\n", "")).media[0].codecs.front().index, 1U);
  EXPECT_EQ(read(changed("96 H264/90000", "96 ")).media[0].codecs.front().index, 1U);
  EXPECT_EQ(read(changed("96 H264/90000", "96 h264/90000")).media[0].codecs.front().index, 0U);
  EXPECT_EQ(read(changed("SAVPF 96 97", "SAVPF 97")).media[0].codecs.front().index, 1U);
  EXPECT_EQ(read(changed("SAVPF 96 97", "SAVPF 96x 97")).media[0].codecs.front().index, 1U);
}

TEST(Answer, MayDoWithoutRetransmissionAndPlayoutDelay) {
  const AnsweredMedia plain = read(changed("SAVPF 96 97 98 99", "SAVPF 96")).media[0];
  EXPECT_TRUE(plain.accepted());
  EXPECT_FALSE(plain.codecs.front().retransmission);
  for (const char* extension :
       {"a=extmap:0 ", "a=extmap:15 ", "a=extmap:2x ", "a=extmap: ", "a=ext:2 "})
    EXPECT_FALSE(read(changed("a=extmap:2 ", extension)).media[0].playout_delay_id) << extension;
  EXPECT_EQ(read(changed("a=extmap:2 ", "a=extmap:14/recvonly ")).media[0].playout_delay_id, 14);
}

TEST(Answer, MustHaveTheMediaOfTheOffer) {
  const auto message = [](const std::string& text) {
    const Refusal refused = refusal(text);
    EXPECT_EQ(refused.code, ErrorCode::kProtocol);
    return refused.message;
  };
  EXPECT_THAT(message("v=0\n"), HasSubstr("0 m-lines; the offer has 3"));
  EXPECT_THAT(message(test::kChromiumAnswer + std::string("m=audio 0 x 0\n")),
              HasSubstr("4 m-lines"));
  EXPECT_THAT(message(changed("m=audio", "m=video")), HasSubstr("m=audio in m-line 2"));
  EXPECT_THAT(message(changed("m=video", "m=")), HasSubstr("m=video in m-line 0"));
  EXPECT_THAT(message(changed("a=mid:video1", "a=mid:video0")), HasSubstr("mid of m-line 1"));
  EXPECT_THAT(message("garbage"), HasSubstr("v=0"));
}

TEST(Answer, NeedNotRepeatTheMids) {
  EXPECT_TRUE(read(changed("a=mid:video0\n", "")).media[0].accepted());
}

TEST(Answer, MustHaveTransport) {
  const auto message = [](const std::string& text) {
    const Refusal refused = refusal(text);
    EXPECT_EQ(refused.code, ErrorCode::kProtocol);
    return refused.message;
  };
  EXPECT_THAT(message(changed("a=ice-ufrag:tSHl\n", "")), HasSubstr("ice-ufrag"));
  for (const std::string& bad :
       {std::string("abc"), std::string("ab d"), std::string("ab\xC3\xA9x"), std::string("ab-d"),
        std::string(257, 'x')})
    EXPECT_THAT(message(changed("tSHl", bad)), HasSubstr("ice-ufrag")) << bad;
  EXPECT_THAT(message(changed("a=ice-pwd:NWsvwRbN1vJ9s2pGkft1rphy\n", "")), HasSubstr("ice-pwd"));
  EXPECT_THAT(message(changed("NWsvwRbN1vJ9s2pGkft1rphy", "tooshort")), HasSubstr("ice-pwd"));
  for (const char* setup : {"a=setup:actpass\n", "a=setup:holdconn\n", "a=setup:\n", ""})
    EXPECT_THAT(message(changed("a=setup:active\n", setup)), HasSubstr("a=setup")) << setup;
  EXPECT_EQ(read(changed("a=setup:active", "a=setup:passive")).setup, "passive");
}

TEST(Answer, TakesTransportOfTheSession) {
  std::string text = changed("a=ice-ufrag:tSHl\na=ice-pwd:NWsvwRbN1vJ9s2pGkft1rphy\n", "");
  text.insert(text.find("m="), "a=ice-ufrag:sess\na=ice-pwd:0123456789012345678901\n");
  EXPECT_EQ(read(text).ice_ufrag, "sess");
}

TEST(Answer, ListsItsCandidates) {
  std::string text =
      changed("a=mid:video0\n", "a=mid:video0\na=candidate:1 1 udp 1 192.168.1.7 5 typ host\n");
  text += "a=candidate:2 1 udp 1 192.168.1.8 5 typ host\n";
  EXPECT_THAT(read(text).candidates,
              testing::ElementsAre("candidate:1 1 udp 1 192.168.1.7 5 typ host",
                                   "candidate:2 1 udp 1 192.168.1.8 5 typ host"));
}

TEST(Answer, ErrorsDoNotRepeatTheBrowser) {
  for (const std::string& text :
       {changed("m=audio", "m=\x1b[31m"), changed("a=mid:video0", "a=mid:\x1b[31m"),
        changed("tSHl", "\x1b[31m"), changed("a=setup:active", "a=setup:\x1b[31m")})
    EXPECT_THAT(refusal(text).message, Not(HasSubstr("\x1b")));
}

std::string canonical(const std::string& text) {
  return to_text(canonical_answer(read(text), offer().get(), offered()).get());
}

TEST(CanonicalAnswer, HoldsWhatIsNeededAndNothingElse) {
  const std::string text = canonical(changed(
      "a=mid:video0\n",
      "a=mid:video0\na=x-evil:1\na=candidate:1 1 udp 1 192.168.1.7 5 typ host\na=ssrc:1 cname:x\n"
      "a=ice-lite\na=rid:1 recv\na=simulcast:recv 1\nb=AS:1\ni=evil\n"));
  EXPECT_EQ(
      text,
      "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE video0 video1 audio2\r\n" +
          [] {
            const std::string transport =
                "a=ice-ufrag:tSHl\r\na=ice-pwd:NWsvwRbN1vJ9s2pGkft1rphy\r\n"
                "a=setup:active\r\n" +
                std::string(kFingerprint).substr(0, sizeof(kFingerprint) - 2) +
                "\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=recvonly\r\n";
            const auto video = [&](const char* mid, int pt) {
              const std::string media = std::to_string(pt);
              const std::string rtx = std::to_string(pt + 1);
              return "m=video 9 UDP/TLS/RTP/SAVPF " + media + " " + rtx +
                     "\r\nc=IN IP4 0.0.0.0\r\na=mid:" + mid + "\r\n" + transport +
                     "a=rtpmap:" + media + " H264/90000\r\na=fmtp:" + media +
                     " level-asymmetry-allowed=1;packetization-mode=1;"
                     "profile-level-id=42e01f\r\na=rtcp-fb:" +
                     media + " nack pli\r\na=rtcp-fb:" + media + " ccm fir\r\na=rtcp-fb:" + media +
                     " nack\r\na=rtpmap:" + rtx + " rtx/90000\r\na=fmtp:" + rtx + " apt=" + media +
                     "\r\na=extmap:2 " + kPlayoutDelayUri + "\r\n";
            };
            return video("video0", 96) + video("video1", 100) +
                   "m=audio 9 UDP/TLS/RTP/SAVPF 104\r\nc=IN IP4 0.0.0.0\r\na=mid:audio2\r\n" +
                   transport +
                   "a=rtpmap:104 OPUS/48000/2\r\n"
                   "a=fmtp:104 minptime=10;useinbandfec=1\r\n";
          }());
}

// webrtcbin forgets to choose a DTLS role when the first m-line of the bundle is rejected.
TEST(CanonicalAnswer, KeepsRejectedMediaInactive) {
  const std::string text = canonical(changed("m=video 9 ", "m=video 0 ", 1));
  const auto message = parse_sdp(text);
  const GstSDPMedia* rejected = gst_sdp_message_get_media(message.get(), 0);
  EXPECT_EQ(gst_sdp_media_get_port(rejected), 9U);
  EXPECT_NE(gst_sdp_media_get_attribute_val(rejected, "inactive"), nullptr);
  EXPECT_EQ(gst_sdp_media_get_attribute_val(rejected, "recvonly"), nullptr);
  EXPECT_NE(
      gst_sdp_media_get_attribute_val(gst_sdp_message_get_media(message.get(), 1), "recvonly"),
      nullptr);
}

TEST(CanonicalAnswer, ListsEveryFingerprint) {
  const std::string text = canonical(changed(
      kFingerprint, std::string(kFingerprint) + "a=fingerprint:sha-1 00\n" +
                        "a=fingerprint:sha-512 " +
                        [] {
                          std::string digest = "0a";
                          for (int i = 1; i < 64; ++i) digest += ":0a";
                          return digest;
                        }() +
                        "\n"));
  EXPECT_THAT(text, HasSubstr("a=fingerprint:sha-256 66:B3"));
  EXPECT_THAT(text, HasSubstr("a=fingerprint:sha-512 0A:0A"));
  EXPECT_THAT(text, Not(HasSubstr("sha-1")));
}

// ---- what a browser sends

std::vector<OfferedMedia> offered_to_receive() {
  auto media = assign_payload_types(
      {{MediaKind::kAudio, {format("OPUS")}}, {MediaKind::kVideo, {format("H264"), format("VP8")}}},
      true);
  for (OfferedMedia& line : media) line.direction = Direction::kReceive;
  return media;
}

constexpr char kPublisherAnswer[] =
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE audio0 video1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n"
    "a=ice-pwd:0123456789012345678901\r\na=setup:active\r\na=mid:audio0\r\na=sendonly\r\n"
    "a=fingerprint:sha-256 66:B3:C7:95:3C:15:93:32:74:84:F6:8D:7B:D8:26:6A:DE:46:92:D7:A6:C1:B9:46:"
    "ED:A2:9E:61:61:CC:8E:2E\r\na=rtcp-mux\r\na=rtpmap:96 opus/48000/2\r\na=ssrc:11 cname:x\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 99 100 97 98\r\nc=IN IP4 0.0.0.0\r\na=mid:video1\r\n"
    "a=sendonly\r\na=rtpmap:99 VP8/90000\r\na=rtpmap:100 rtx/90000\r\na=fmtp:100 apt=99\r\n"
    "a=rtpmap:97 H264/90000\r\na=rtpmap:98 rtx/90000\r\na=fmtp:98 apt=97\r\n"
    "a=extmap:5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=ssrc-group:FID 22 33\r\na=ssrc:22 cname:x\r\na=ssrc:22 msid:- t\r\na=ssrc:33 cname:x\r\n"
    "a=ssrc:nonsense cname:x\r\n";

Owned<GstSDPMessage> offer_to_receive() {
  return parse_sdp(
      "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
      "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:audio0\r\n"
      "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=mid:video1\r\n");
}

Answer read_publisher(const std::string& text) {
  return read_answer(text, offer_to_receive().get(), offered_to_receive());
}

std::string with(const std::string& what, const std::string& instead) {
  std::string text = kPublisherAnswer;
  text.replace(text.find(what), what.size(), instead);
  return text;
}

TEST(PublisherAnswer, HasEveryCodecInTheBrowsersOrder) {
  const Answer answer = read_publisher(kPublisherAnswer);
  const std::vector<AnsweredCodec> audio{{0, false}};
  const std::vector<AnsweredCodec> video{{1, true}, {0, true}};
  EXPECT_EQ(answer.media[0].codecs, audio);
  EXPECT_EQ(answer.media[1].codecs, video);
  EXPECT_EQ(answer.media[1].transport_wide_id, 5);
  EXPECT_THAT(answer.media[0].sources, testing::ElementsAre(11));
  EXPECT_THAT(answer.media[1].sources, testing::ElementsAre(22, 33));
}

TEST(PublisherAnswer, ServesWhatItSends) {
  for (const char* direction : {"a=inactive", "a=recvonly"}) {
    const Answer answer = read_publisher(with("a=sendonly", direction));
    EXPECT_FALSE(answer.media[0].accepted()) << direction;
    EXPECT_TRUE(answer.media[1].accepted()) << direction;
  }
  EXPECT_TRUE(read_publisher(with("a=sendonly", "a=sendrecv")).media[0].accepted());
}

TEST(PublisherAnswer, AnnouncesAFewSourcesAtMost) {
  std::string text = kPublisherAnswer;
  for (int i = 0; i < 100; ++i) text += "a=ssrc:" + std::to_string(1000 + i) + " cname:x\r\n";
  EXPECT_EQ(read_publisher(text).media[1].sources.size(), kMaxSources);
}

TEST(PublisherAnswer, IsWrittenAnewForWebrtcbin) {
  const Answer answer = read_publisher(kPublisherAnswer);
  const std::string text =
      to_text(canonical_answer(answer, offer_to_receive().get(), offered_to_receive()).get());
  EXPECT_THAT(text, HasSubstr("a=sendonly"));
  EXPECT_THAT(text, HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 99 100 97 98"));
  EXPECT_THAT(text, HasSubstr("a=ssrc:22 cname:browser"));
  EXPECT_THAT(text, HasSubstr("a=rtcp-fb:99 transport-cc"));
  EXPECT_THAT(text, HasSubstr("a=extmap:5 "));
  EXPECT_THAT(text, Not(HasSubstr("cname:x")));
  EXPECT_THAT(text, Not(HasSubstr("msid")));
}

// The offer with a data channel behind its media.
Owned<GstSDPMessage> offer_with_data() {
  return parse_sdp(
      to_text(offer().get()) +
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data3\r\na=sctp-port:5000\r\n");
}

struct DataLine {
  bool accepted;
  std::uint64_t max_message;
};

DataLine read_data(const std::string& line) {
  const Answer answer =
      read_answer(test::kChromiumAnswer + line, offer_with_data().get(), offered());
  return {answer.data_channel, answer.max_message};
}

TEST(Answer, TakesTheDataChannel) {
  const std::string line =
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data3\r\na=sctp-port:5000\r\n";
  EXPECT_TRUE(read_data(line).accepted);
  EXPECT_EQ(read_data(line).max_message, 65536U);
  EXPECT_EQ(read_data(line + "a=max-message-size:100\r\n").max_message, 100U);
  EXPECT_EQ(read_data(line + "a=max-message-size:0\r\n").max_message, 262144U);
  EXPECT_EQ(read_data(line + "a=max-message-size:1073741823\r\n").max_message, 262144U);
  EXPECT_EQ(read_data(line + "a=max-message-size:-1\r\n").max_message, 65536U);
}

TEST(Answer, MayRejectTheDataChannelOrLeaveItOut) {
  EXPECT_FALSE(read_data("").accepted);
  EXPECT_FALSE(read_data("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n").accepted);
  EXPECT_FALSE(read_data("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=sctp-port:5001\r\n")
                   .accepted);
  EXPECT_THROW(read_data("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"), Error);
  EXPECT_THROW(read_data("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:other\r\n"),
               Error);
}

TEST(Answer, TellsWebrtcbinWhetherTheDataChannelIsTaken) {
  const auto with = offer_with_data();
  const auto text = [&](const std::string& line) {
    const Answer answer = read_answer(test::kChromiumAnswer + line, with.get(), offered());
    return to_text(canonical_answer(answer, with.get(), offered()).get());
  };
  const std::string taken = text(
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data3\r\na=sctp-port:5000\r\n");
  EXPECT_THAT(taken, HasSubstr("a=group:BUNDLE video0 video1 audio2 data3\r\n"));
  EXPECT_THAT(taken, HasSubstr("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
  EXPECT_THAT(taken, HasSubstr("a=sctp-port:5000\r\n"));
  const std::string left = text("");
  EXPECT_THAT(left, HasSubstr("a=group:BUNDLE video0 video1 audio2\r\n"));
  EXPECT_THAT(left, HasSubstr("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
}

}  // namespace
}  // namespace webrtcserver
