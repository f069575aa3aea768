// SPDX-License-Identifier: LGPL-2.1-or-later
// A Peer against a real webrtcbin on the loopback interface, which plays the browser.
#include "rtc/peer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "peer_fixture.hpp"
#include "rtc/sdp.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using test::make_frame;
using test::PeerTest;
using test::RemotePeer;

using test::format;

Peer::Media video(const char* name = "video_0") {
  return {MediaKind::kVideo, name, {format("H264"), format("VP8")}};
}

Peer::Media audio() {
  return {MediaKind::kAudio, "audio_0", {format("OPUS")}};
}

std::string attribute(const std::string& sdp, unsigned media_index, const char* key) {
  const auto message = parse_sdp(sdp);
  const char* value =
      gst_sdp_media_get_attribute_val(gst_sdp_message_get_media(message.get(), media_index), key);
  return value ? value : "";
}

// The SSRC of an m-line's media; its retransmission has another.
std::uint32_t ssrc_of(const std::string& offer, unsigned media_index) {
  const auto message = parse_sdp(offer);
  const GstSDPMedia* media = gst_sdp_message_get_media(message.get(), media_index);
  const char* group = gst_sdp_media_get_attribute_val(media, "ssrc-group");
  const std::string text =
      group ? std::string(group).substr(4) : attribute(offer, media_index, "ssrc");
  return static_cast<std::uint32_t>(std::stoul(text));
}

int payload_type_of(const std::string& offer, unsigned media_index, const std::string& codec) {
  const auto message = parse_sdp(offer);
  const GstSDPMedia* media = gst_sdp_message_get_media(message.get(), media_index);
  for (guint i = 0; i < gst_sdp_media_attributes_len(media); ++i) {
    const GstSDPAttribute* candidate = gst_sdp_media_get_attribute(media, i);
    const std::string value = candidate->value ? candidate->value : "";
    if (std::string(candidate->key) == "rtpmap" &&
        value.find(" " + codec + "/") != std::string::npos)
      return std::stoi(value);
  }
  return -1;
}

std::size_t threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

TEST_F(PeerTest, DeliversMediaUnderTheIdentityOfTheOffer) {
  make_peer({video()});
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  EXPECT_EQ(listener_->seen().negotiated, (std::vector<const Codec*>{find_codec("H264")}));
  push(0, 10, 3);
  const std::pair expected(ssrc_of(offer_, 0), payload_type_of(offer_, 0, "H264"));
  EXPECT_TRUE(remote_->wait([&](const auto& counts) {
    const auto found = counts.find(expected);
    return found != counts.end() && found->second == 30;
  }));
  EXPECT_EQ(remote_->received().size(), 1U);
  EXPECT_TRUE(remote_->wait_repaired(expected.first, 30));
}

TEST_F(PeerTest, CarriesTwoVideosAndAudioOnOneTransport) {
  make_peer({video("video_0"), video("video_1"), audio()});
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  push(0, 2, 3);
  push(1, 2, 5);
  const GstClockTime now = gst_clock_get_time(clock_.get());
  for (unsigned i = 0; i < 4; ++i)
    peer_->feeds()[2]->push(make_frame({.time = now - (3 - i) * 20 * GST_MSECOND}));
  const RemotePeer::Counts expected{{{ssrc_of(offer_, 0), payload_type_of(offer_, 0, "H264")}, 6},
                                    {{ssrc_of(offer_, 1), payload_type_of(offer_, 1, "H264")}, 10},
                                    {{ssrc_of(offer_, 2), payload_type_of(offer_, 2, "OPUS")}, 4}};
  EXPECT_TRUE(remote_->wait([&](const auto& counts) { return counts == expected; }));
}

TEST_F(PeerTest, ChoosesTheFirstCodecThatTheBrowserHas) {
  make_peer({video()});
  auto settings = remote_settings();
  settings.codecs = {"VP8"};
  ASSERT_NO_FATAL_FAILURE(connect(std::move(settings)));
  EXPECT_EQ(listener_->seen().negotiated, (std::vector<const Codec*>{find_codec("VP8")}));
  push(0, 1, 2);
  const std::pair expected(ssrc_of(offer_, 0), payload_type_of(offer_, 0, "VP8"));
  EXPECT_TRUE(remote_->wait([&](const auto& counts) {
    return counts == RemotePeer::Counts{{expected, 2}};
  }));
}

TEST_F(PeerTest, RejectedMediaLeavesTheOthers) {
  make_peer({video(), audio()});
  auto settings = remote_settings();
  settings.codecs = {"OPUS"};
  ASSERT_NO_FATAL_FAILURE(connect(std::move(settings)));
  EXPECT_EQ(listener_->seen().negotiated, (std::vector<const Codec*>{nullptr, find_codec("OPUS")}));
  push(0, 1, 2);  // nobody is there for it
  push(1, 1, 1);
  const std::pair expected(ssrc_of(offer_, 1), payload_type_of(offer_, 1, "OPUS"));
  EXPECT_TRUE(remote_->wait([&](const auto& counts) {
    return counts == RemotePeer::Counts{{expected, 1}};
  }));
}

TEST_F(PeerTest, NoCommonCodecNamesWhatWasOffered) {
  make_peer({video()});
  auto settings = remote_settings();
  settings.codecs = {"AV1"};
  ASSERT_NO_FATAL_FAILURE(offer(std::move(settings)));
  peer_->set_answer(remote_->answer(offer_));
  ASSERT_TRUE(fails_with(Peer::Failure::kNoCommonCodec));
  const std::string message = listener_->seen().failures.front().message;
  EXPECT_NE(message.find("H264"), std::string::npos) << message;
  EXPECT_NE(message.find("VP8"), std::string::npos) << message;
}

// webrtcbin by itself retransmits the first codec of an offer only.
TEST_F(PeerTest, RepairsALossOfACodecThatIsNotTheFirst) {
  make_peer({video("video_0"), video("video_1")});
  auto settings = remote_settings();
  settings.codecs = {"VP8"};
  ASSERT_NO_FATAL_FAILURE(offer(std::move(settings)));
  const std::pair media(ssrc_of(offer_, 1), payload_type_of(offer_, 1, "VP8"));
  unsigned count = 0;
  remote_->set_loss([media, count](const auto& packet) mutable {
    // One alone: the pace of RTCP may delay a receiver's second NACK for too long.
    return packet.ssrc == media.first && packet.payload_type == media.second && ++count == 13;
  });
  ASSERT_NO_FATAL_FAILURE(answer());
  push(1, 10, 3);
  EXPECT_TRUE(remote_->wait_repaired(media.first, 30)) << remote_->repaired(media.first);
  const auto received = remote_->received();
  EXPECT_EQ(received.at(media), 30U);
  ASSERT_EQ(received.size(), 2U);
  const auto rtx = std::find_if(received.begin(), received.end(),
                                [&](const auto& entry) { return entry.first != media; });
  EXPECT_EQ(attribute(offer_, 1, "ssrc-group"),
            "FID " + std::to_string(media.first) + " " + std::to_string(rtx->first.first));
  EXPECT_GE(rtx->second, 1U);
}

TEST_F(PeerTest, OffersNoRetransmissionWhenItIsOff) {
  retransmission_ = false;
  make_peer({video()});
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  EXPECT_EQ(offer_.find("rtx"), std::string::npos);
  EXPECT_EQ(offer_.find("ssrc-group"), std::string::npos);
  push(0, 1, 2);
  EXPECT_TRUE(remote_->wait_repaired(ssrc_of(offer_, 0), 2));
}

TEST_F(PeerTest, ALostPictureIsReportedForItsMedia) {
  make_peer({video("video_0"), audio(), video("video_1")});
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  push(2, 2, 2);
  ASSERT_TRUE(remote_->wait_repaired(ssrc_of(offer_, 2), 4));
  remote_->request_key_frame(ssrc_of(offer_, 2));
  ASSERT_TRUE(listener_->wait([](const auto& seen) { return !seen.key_frames.empty(); }));
  EXPECT_EQ(listener_->seen().key_frames.front(), 2U);
}

TEST_F(PeerTest, DeliversNothingToAPeerWithAnotherCertificate) {
  make_peer({video()});
  ASSERT_NO_FATAL_FAILURE(offer(remote_settings()));
  std::string answer = remote_->answer(offer_);
  auto digit = answer.find("a=fingerprint:sha-256 ") + 22;
  answer[digit] = answer[digit] == '0' ? '1' : '0';
  push(0, 3, 2);  // waits in the feed
  peer_->set_answer(answer);
  // From 1.28.5 on webrtcbin finds out by itself.
  ASSERT_TRUE(listener_->wait([](const auto& seen) { return !seen.failures.empty(); }));
  const auto seen = listener_->seen();
  EXPECT_TRUE(seen.failures.front().failure == Peer::Failure::kFingerprint ||
              seen.failures.front().failure == Peer::Failure::kIce);
  push(0, 3, 2);
  listener_->close(*peer_);
  EXPECT_FALSE(listener_->seen().connected);
  EXPECT_TRUE(remote_->received().empty());
}

TEST_F(PeerTest, AGarbageAnswerIsTheEnd) {
  make_peer({video()});
  ASSERT_NO_FATAL_FAILURE(offer(remote_settings()));
  peer_->set_answer("garbage");
  ASSERT_TRUE(fails_with(Peer::Failure::kSdp));
  peer_->set_answer(remote_->answer(offer_));
  close();
  EXPECT_TRUE(listener_->seen().negotiated.empty());
  EXPECT_EQ(listener_->seen().failures.size(), 1U);
}

TEST_F(PeerTest, ASecondAnswerIsRefused) {
  make_peer({video()});
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  peer_->set_answer("v=0\r\n");
  EXPECT_TRUE(fails_with(Peer::Failure::kSdp));
}

TEST_F(PeerTest, AnAnswerBeforeTheOfferIsRefused) {
  make_peer({video()});
  peer_->set_answer("v=0\r\n");
  EXPECT_TRUE(fails_with(Peer::Failure::kSdp));
}

TEST_F(PeerTest, TakesCandidatesThatComeBeforeTheAnswer) {
  make_peer({video()});
  auto settings = remote_settings();
  // Shared: candidates come until the remote is gone.
  const auto first = std::make_shared<std::promise<void>>();
  settings.on_candidate = [first, told = false, forward = settings.on_candidate](
                              unsigned index, const std::string& candidate) mutable {
    forward(index, candidate);
    if (!std::exchange(told, true)) first->set_value();
  };
  ASSERT_NO_FATAL_FAILURE(offer(std::move(settings)));
  const std::string answer = remote_->answer(offer_);
  ASSERT_EQ(first->get_future().wait_for(test::kPatience), std::future_status::ready);
  peer_->set_answer(answer);
  EXPECT_TRUE(listener_->wait([](const auto& seen) { return seen.connected; }));
}

TEST_F(PeerTest, BadCandidatesAreReportedAndSurvived) {
  make_peer({video()});
  ASSERT_NO_FATAL_FAILURE(offer(remote_settings()));
  peer_->add_candidate(0, "candidate:nonsense");
  peer_->add_candidate(17, "candidate:1 1 udp 1 127.0.0.1 5000 typ host");
  peer_->add_candidate(0, "");
  peer_->set_answer(remote_->answer(offer_));
  EXPECT_TRUE(listener_->wait([](const auto& seen) { return seen.connected; }));
  const auto failures = listener_->seen().failures;
  ASSERT_EQ(failures.size(), 2U);
  EXPECT_EQ(failures[0].failure, Peer::Failure::kCandidate);
  EXPECT_EQ(failures[1].failure, Peer::Failure::kCandidate);
}

// The server's own interface is where its media leaves from.
TEST_F(PeerTest, OffersItsOwnAddressesOnly) {
  make_peer({video()});
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  const auto candidates = listener_->seen().candidates;
  ASSERT_FALSE(candidates.empty());
  for (const auto& candidate : candidates) {
    EXPECT_TRUE(candidate.empty() || candidate.find(" 127.0.0.1 ") != std::string::npos)
        << candidate;
  }
}

TEST_F(PeerTest, StatisticsComeAlways) {
  make_peer({video()});
  const auto ask = [this] {
    std::promise<bool> reply;
    peer_->get_statistics(
        [&reply](Owned<GstStructure> statistics) { reply.set_value(statistics != nullptr); });
    auto future = reply.get_future();
    EXPECT_EQ(future.wait_for(test::kPatience), std::future_status::ready);
    return future.get();
  };
  EXPECT_FALSE(ask());
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  EXPECT_TRUE(ask());
  close();
  EXPECT_FALSE(ask());
}

TEST_F(PeerTest, ClosesAtEveryStage) {
  enum class Stage { kNew, kStarting, kOffered, kAnswered, kConnected, kSending, kFailed };
  for (const Stage stage : {Stage::kNew, Stage::kStarting, Stage::kOffered, Stage::kAnswered,
                            Stage::kConnected, Stage::kSending, Stage::kFailed}) {
    SCOPED_TRACE(static_cast<int>(stage));
    make_peer({video(), audio()});
    if (stage >= Stage::kOffered) {
      ASSERT_NO_FATAL_FAILURE(offer(remote_settings()));
    } else if (stage == Stage::kStarting) {
      peer_->start();
    }
    if (stage == Stage::kFailed) {
      peer_->set_answer("garbage");
    } else if (stage >= Stage::kAnswered) {
      peer_->set_answer(remote_->answer(offer_));
    }
    if (stage == Stage::kConnected || stage == Stage::kSending) {
      ASSERT_TRUE(listener_->wait([](const auto& seen) { return seen.connected; }));
    }
    if (stage == Stage::kSending) push(0, 10, 50);
    listener_->close(*peer_);
    EXPECT_TRUE(listener_->wait([](const auto& seen) { return seen.alive == 0; }))
        << "GObjects of the peer are still alive";
    EXPECT_EQ(listener_->seen().created, listener_->seen().closing);
    EXPECT_FALSE(peer_->webrtcbin());
    remote_.reset();
  }
}

TEST_F(PeerTest, AForgottenPeerIsStoppedToo) {
  make_peer({video()});
  ASSERT_NO_FATAL_FAILURE(offer(remote_settings()));
  peer_.reset();
  EXPECT_TRUE(listener_->wait([](const auto& seen) { return seen.alive == 0; }));
}

TEST_F(PeerTest, FiftyPeersLeaveNoThreadBehind) {
  std::size_t before = 0;
  for (unsigned i = 0; i < 50; ++i) {
    make_peer({video(), audio()});
    peer_->start();
    ASSERT_TRUE(listener_->wait([](const auto& seen) { return !seen.offer.empty(); }));
    listener_->close(*peer_);
    ASSERT_TRUE(listener_->wait([](const auto& seen) { return seen.alive == 0; }));
    // The pools of GLib and GStreamer have their threads by then.
    if (i == 10) before = threads();
  }
  EXPECT_LE(threads(), before + 2);
}

}  // namespace
}  // namespace webrtcserver
