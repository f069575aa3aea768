// SPDX-License-Identifier: LGPL-2.1-or-later
// A Peer that receives, against a real webrtcbin that sends as a browser does.
#include <gmock/gmock.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <gst/video/video-event.h>

#include <algorithm>
#include <atomic>

#include "peer_fixture.hpp"
#include "support/packet_recorder.hpp"

namespace webrtcserver {
namespace {

using test::format;
using test::PacketRecorder;
using test::RemotePeer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kCamera[] =
    "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=30/1";
constexpr char kMicrophone[] = "audiotestsrc is-live=true samplesperbuffer=480";

// What the remote knows of a source: "ssrc" names one of its own, "rb-ssrc" what we report of it.
// Null where it knows nothing.
Owned<GstStructure> statistics_of(const RemotePeer& remote, const char* field, guint32 ssrc) {
  GObject* object = nullptr;
  g_signal_emit_by_name(remote.element("rtpbin").get(), "get-internal-session", 0U, &object);
  const auto session = Ref<GObject>::adopt(object);
  GstStructure* all = nullptr;
  if (session) g_object_get(session.get(), "stats", &all, nullptr);
  const Owned<GstStructure> owned(all);
  const GValue* value = all ? gst_structure_get_value(all, "source-stats") : nullptr;
  if (!value) return nullptr;
  const auto* sources = static_cast<const GValueArray*>(g_value_get_boxed(value));
  for (guint i = 0; i < sources->n_values; ++i) {
    const GstStructure* source = gst_value_get_structure(&sources->values[i]);
    guint found = 0;
    if (gst_structure_get_uint(source, field, &found) && found == ssrc)
      return Owned<GstStructure>(gst_structure_copy(source));
  }
  return nullptr;
}

Ref<GstBuffer> with_ssrc(Ref<GstBuffer> packet, guint32 ssrc) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map(packet.get(), GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_ssrc(&rtp, ssrc);
  gst_rtp_buffer_unmap(&rtp);
  return packet;
}

class PeerReceptionTest : public test::PeerTest {
 protected:
  Peer::Media audio_in() { return {MediaKind::kAudio, "audio_0", {format("OPUS")}, sound_}; }
  Peer::Media video_in(std::vector<Format> formats = {format("H264"), format("VP8")}) {
    return {MediaKind::kVideo, "video_0", std::move(formats), picture_};
  }
  RemotePeer::Settings camera(std::vector<std::string> codecs = {}) {
    auto settings = remote_settings();
    settings.codecs = std::move(codecs);
    settings.sources = {{"video", kCamera}, {"audio", kMicrophone}};
    return settings;
  }

  // Of the peer's media with this index; the session ends with it.
  void expect_key_frame_request(unsigned media_index) {
    std::atomic<unsigned> asked{0};
    const auto encoder = remote_->element("video-encoder");
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder.get(), "src"));
    gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
        [](GstPad*, GstPadProbeInfo* info, gpointer data) {
          if (gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info)))
            ++*static_cast<std::atomic<unsigned>*>(data);
          return GST_PAD_PROBE_OK;
        },
        &asked, nullptr);
    peer_->request_key_frame(media_index);
    const auto now = picture_->seen().sequence.size();
    EXPECT_TRUE(picture_->wait(
        [&](const auto& seen) { return asked > 0 || seen.sequence.size() > now + 300; }));
    EXPECT_GE(asked, 1U);
    close();
  }

  const std::shared_ptr<PacketRecorder> picture_ = std::make_shared<PacketRecorder>();
  const std::shared_ptr<PacketRecorder> sound_ = std::make_shared<PacketRecorder>();
};

TEST_F(PeerReceptionTest, OffersToReceive) {
  make_peer({audio_in(), video_in()});
  ASSERT_NO_FATAL_FAILURE(offer(remote_settings()));
  EXPECT_THAT(offer_, HasSubstr("a=recvonly"));
  EXPECT_THAT(offer_, Not(HasSubstr("a=sendonly")));
  EXPECT_THAT(offer_, Not(HasSubstr("a=sendrecv")));
  EXPECT_THAT(offer_, HasSubstr(" transport-cc"));
  EXPECT_THAT(offer_, HasSubstr(" nack pli"));
  EXPECT_THAT(offer_, HasSubstr(" rtx/90000"));
  EXPECT_LT(offer_.find("m=audio"), offer_.find("m=video"));
}

TEST_F(PeerReceptionTest, HandsOverWhatTheBrowserSends) {
  make_peer({audio_in(), video_in()});
  const GstClockTime before = gst_clock_get_time(clock_.get());
  ASSERT_NO_FATAL_FAILURE(connect(camera()));
  ASSERT_TRUE(picture_->wait_packets(30));
  ASSERT_TRUE(sound_->wait_packets(30));
  const auto picture = picture_->seen();
  EXPECT_THAT(picture.codecs, ElementsAre("H264"));
  EXPECT_THAT(picture.sources, SizeIs(1));
  EXPECT_TRUE(std::is_sorted(picture.times.begin(), picture.times.end()));
  EXPECT_GE(picture.times.front(), before);
  // It is due when the jitter buffer lets it go, or soon after where the sender was held up.
  EXPECT_LE(picture.times.back(), gst_clock_get_time(clock_.get()) + GST_SECOND);
  EXPECT_THAT(sound_->seen().codecs, ElementsAre("OPUS"));
  EXPECT_THAT(listener_->seen().negotiated, ElementsAre(find_codec("OPUS"), find_codec("H264")));
}

TEST_F(PeerReceptionTest, TakesTheCodecThatTheBrowserHas) {
  make_peer({video_in()});
  ASSERT_NO_FATAL_FAILURE(connect(camera({"VP8"})));
  ASSERT_TRUE(picture_->wait_packets(5));
  EXPECT_THAT(picture_->seen().codecs, ElementsAre("VP8"));
}

TEST_F(PeerReceptionTest, LetsNothingInFromAPeerWithAnotherCertificate) {
  make_peer({audio_in(), video_in()});
  ASSERT_NO_FATAL_FAILURE(offer(camera()));
  std::string answer = remote_->answer(offer_);
  auto digit = answer.find("a=fingerprint:sha-256 ") + 22;
  while (digit < answer.size() && digit > 22) {
    answer[digit] = answer[digit] == '0' ? '1' : '0';
    digit = answer.find("a=fingerprint:sha-256 ", digit) + 22;
  }
  peer_->set_answer(answer);
  ASSERT_TRUE(listener_->wait([](const auto& seen) { return !seen.failures.empty(); }));
  // It is connected, and sends.
  const auto failure = listener_->seen().failures.front().failure;
  EXPECT_TRUE(failure == Peer::Failure::kFingerprint || failure == Peer::Failure::kIce);
  listener_->close(*peer_);
  EXPECT_THAT(picture_->seen().sequence, IsEmpty());
  EXPECT_THAT(sound_->seen().sequence, IsEmpty());
}

TEST_F(PeerReceptionTest, HasLostPacketsSentAgain) {
  make_peer({video_in({format("VP8")})});
  auto settings = camera();
  ASSERT_NO_FATAL_FAILURE(offer(std::move(settings)));
  const auto lost = std::make_shared<std::atomic<unsigned>>(0);
  constexpr int kPayloadType = 96;
  remote_->lose_sent([lost](const RemotePeer::Packet& packet) {
    const bool loses = packet.payload_type == kPayloadType && packet.sequence % 10 == 3;
    if (loses) ++*lost;
    return loses;
  });
  answer();
  ASSERT_TRUE(picture_->wait_packets(100));
  const auto seen = picture_->seen();
  EXPECT_GE(*lost, 5U);
  EXPECT_EQ(seen.losses, 0U);
  const std::uint16_t span = seen.sequence.back() - seen.sequence.front() + 1;
  EXPECT_EQ(seen.sequence.size(), span);
  EXPECT_THAT(seen.payload_types, ElementsAre(kPayloadType));
}

TEST_F(PeerReceptionTest, HasPacketsOfASourceThatNobodyAnnouncedSentAgain) {
  make_peer({video_in({format("VP8")})});
  auto settings = camera();
  constexpr guint32 kStranger = 4711;
  settings.sources.front().tamper = [](Ref<GstBuffer> packet) {
    return with_ssrc(std::move(packet), kStranger);
  };
  ASSERT_NO_FATAL_FAILURE(offer(std::move(settings)));
  const auto lost = std::make_shared<std::atomic<unsigned>>(0);
  remote_->lose_sent([lost](const RemotePeer::Packet& packet) {
    const bool loses = packet.ssrc == kStranger && packet.sequence % 10 == 3;
    if (loses) ++*lost;
    return loses;
  });
  answer();
  ASSERT_TRUE(picture_->wait_packets(100));
  const auto seen = picture_->seen();
  EXPECT_GE(*lost, 5U);
  // The first answers may go by: nothing says yet which retransmissions are this source's.
  EXPECT_LT(seen.losses * 2, *lost);
  EXPECT_THAT(seen.sources, ElementsAre(kStranger));
}

// It is not offered: without a retransmission stream the browser would send it as it was, and to
// what is only late too.
TEST_F(PeerReceptionTest, NeverAsksForSoundAgain) {
  make_peer({audio_in(), video_in({format("VP8")})});
  ASSERT_NO_FATAL_FAILURE(offer(camera()));
  constexpr int kSound = 96;  // the first that is offered
  const auto ssrc = std::make_shared<std::atomic<guint32>>(0);
  remote_->lose_sent([ssrc](const RemotePeer::Packet& packet) {
    if (packet.payload_type != kSound) return false;
    *ssrc = packet.ssrc;
    return packet.sequence % 10 == 3;
  });
  answer();
  ASSERT_TRUE(sound_->wait([](const auto& seen) { return seen.losses >= 3; }));
  ASSERT_TRUE(picture_->wait_packets(5));
  const auto statistics = statistics_of(*remote_, "ssrc", *ssrc);
  ASSERT_TRUE(statistics);
  guint asked = 1;
  EXPECT_TRUE(gst_structure_get_uint(statistics.get(), "recv-nack-count", &asked));
  EXPECT_EQ(asked, 0U);
}

// What a page shows of the connection that it sends over.
TEST_F(PeerReceptionTest, ReportsToTheSender) {
  // The sender knows the last report only: that of retransmissions, where something came late.
  retransmission_ = false;
  make_peer({video_in({format("VP8")})});
  ASSERT_NO_FATAL_FAILURE(connect(camera()));
  Owned<GstStructure> statistics;
  ASSERT_TRUE(picture_->wait([&](const auto& seen) {
    if (seen.sources.empty()) return false;
    statistics = statistics_of(*remote_, "rb-ssrc", *seen.sources.begin());
    guint round_trip = 0;
    return statistics && gst_structure_get_uint(statistics.get(), "rb-round-trip", &round_trip) &&
           round_trip > 0;
  }));
  gint lost = -1;
  EXPECT_TRUE(gst_structure_get_int(statistics.get(), "rb-packetslost", &lost));
  EXPECT_EQ(lost, 0);
}

TEST_F(PeerReceptionTest, TellsOfWhatIsLostForGood) {
  retransmission_ = false;
  make_peer({video_in({format("VP8")})});
  ASSERT_NO_FATAL_FAILURE(offer(camera()));
  remote_->lose_sent([](const RemotePeer::Packet& packet) { return packet.sequence % 10 == 3; });
  answer();
  EXPECT_TRUE(picture_->wait([](const auto& seen) { return seen.losses >= 3; }));
}

TEST_F(PeerReceptionTest, DropsWhatWasNotNegotiated) {
  make_peer({video_in({format("VP8")})});
  ASSERT_NO_FATAL_FAILURE(connect(camera()));
  ASSERT_TRUE(picture_->wait_packets(5));
  // It outlives the test: packets come until the peer has gone.
  const auto strange = std::make_shared<std::atomic<unsigned>>(0);
  remote_->tamper("video", [strange](Ref<GstBuffer> packet) {
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    gst_rtp_buffer_map(packet.get(), GST_MAP_WRITE, &rtp);
    // Every other packet is another codec's, from a source that nobody announced.
    if (gst_rtp_buffer_get_seq(&rtp) % 2 == 0) {
      gst_rtp_buffer_set_payload_type(&rtp, 111);
      gst_rtp_buffer_set_ssrc(&rtp, 1000 + *strange);
      ++*strange;
    }
    gst_rtp_buffer_unmap(&rtp);
    return packet;
  });
  const auto now = picture_->seen().sequence.size();
  ASSERT_TRUE(picture_->wait_packets(now + 50));
  EXPECT_GE(*strange, 30U);
  EXPECT_THAT(picture_->seen().sources, SizeIs(1));
  EXPECT_THAT(listener_->seen().failures, IsEmpty());
}

TEST_F(PeerReceptionTest, GoesOnWithAnotherSource) {
  make_peer({video_in({format("VP8")})});
  ASSERT_NO_FATAL_FAILURE(connect(camera()));
  ASSERT_TRUE(picture_->wait_packets(5));
  remote_->tamper("video",
                  [](Ref<GstBuffer> packet) { return with_ssrc(std::move(packet), 4711); });
  EXPECT_TRUE(picture_->wait([](const auto& seen) { return seen.sources.count(4711) > 0; }));
  EXPECT_TRUE(picture_->wait_packets(picture_->seen().sequence.size() + 50));
  EXPECT_THAT(listener_->seen().failures, IsEmpty());
}

// As webrtcbin before 1.22 is kept from sources that it would mistake for others.
TEST_F(PeerReceptionTest, TakesWhatWebrtcbinMakesNoPadFor) {
  make_peer({audio_in(), video_in({format("VP8")})});
  ASSERT_NO_FATAL_FAILURE(offer(camera()));
  const auto webrtcbin = peer_->webrtcbin();
  const auto rtpbin =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(webrtcbin.get()), "rtpbin"));
  ASSERT_EQ(
      g_signal_handlers_block_matched(
          rtpbin.get(), static_cast<GSignalMatchType>(G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DATA),
          g_signal_lookup("pad-added", GST_TYPE_ELEMENT), 0, nullptr, nullptr, webrtcbin.get()),
      1U);
  answer();
  ASSERT_TRUE(picture_->wait_packets(30));
  ASSERT_TRUE(sound_->wait_packets(30));
  EXPECT_EQ(webrtcbin->numsrcpads, 0);
  const auto picture = picture_->seen();
  EXPECT_TRUE(std::is_sorted(picture.times.begin(), picture.times.end()));
  EXPECT_LE(picture.times.back(), gst_clock_get_time(clock_.get()) + GST_SECOND);
  constexpr int kSound = 96;  // the first that is offered
  remote_->lose_sent([](const RemotePeer::Packet& packet) {
    return packet.payload_type == kSound && packet.sequence % 10 == 3;
  });
  EXPECT_TRUE(sound_->wait([](const auto& seen) { return seen.losses >= 3; }));
  expect_key_frame_request(1);
}

TEST_F(PeerReceptionTest, AsksForAKeyFrame) {
  make_peer({video_in({format("VP8")})});
  ASSERT_NO_FATAL_FAILURE(connect(camera()));
  ASSERT_TRUE(picture_->wait_packets(5));
  expect_key_frame_request(0);
}

TEST_F(PeerReceptionTest, ABrowserThatSendsNothingOfItIsToldSo) {
  make_peer({video_in()});
  auto settings = remote_settings();  // without a camera
  ASSERT_NO_FATAL_FAILURE(offer(std::move(settings)));
  peer_->set_answer(remote_->answer(offer_));
  EXPECT_TRUE(fails_with(Peer::Failure::kNoCommonCodec));
  EXPECT_THAT(listener_->seen().failures.front().message, HasSubstr("sends nothing"));
}

}  // namespace
}  // namespace webrtcserver
