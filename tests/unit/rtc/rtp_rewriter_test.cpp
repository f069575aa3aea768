// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/rtp_rewriter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/rtp_frames.hpp"

namespace webrtcserver {
namespace {

using test::bytes_of;
using test::make_buffer;
using test::make_frame;
using test::make_packet;
using test::read_packets;
using test::RtpFields;

using namespace std::string_literals;

RtpRewriter::Settings settings() {
  return {.ssrc = 0x11223344, .clock_rate = 90000, .payload_type = 98, .playout_delay_id = {}};
}

std::vector<RtpFields> rewrite(RtpRewriter& rewriter, const RtpFramePtr& frame) {
  return read_packets(rewriter.rewrite(*frame, frame->time).get());
}

std::vector<RtpFields> rewrite_one(const std::string& packet) {
  RtpRewriter rewriter(settings());
  return rewrite(rewriter, make_frame({make_buffer(packet)}, GST_SECOND, false));
}

TEST(RtpRewriter, GivesPacketsTheIdentityOfThePeer) {
  RtpRewriter rewriter(settings());
  const auto packets =
      rewrite(rewriter, make_frame({.time = GST_SECOND, .packets = 3, .payload_size = 4}));
  ASSERT_EQ(packets.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(packets[i].ssrc, 0x11223344U);
    EXPECT_EQ(packets[i].payload_type, 98);
    EXPECT_EQ(packets[i].timestamp, packets[0].timestamp);
    EXPECT_EQ(packets[i].marker, i == 2);
    EXPECT_EQ(packets[i].payload, "pppp");
    EXPECT_EQ(packets[i].extension, "");
  }
}

TEST(RtpRewriter, CountsOnWhateverWasLeftOut) {
  RtpRewriter rewriter(settings());
  std::uint16_t expected = 0;
  bool first = true;
  // Far enough to roll over.
  for (unsigned i = 0; i < 300; ++i) {
    for (const auto& packet : rewrite(rewriter, make_frame({.time = GstClockTime{i} * GST_SECOND,
                                                .packets = 250,
                                                .payload_size = 1}))) {
      if (!std::exchange(first, false)) {
        ASSERT_EQ(packet.sequence, expected);
      } else {
        EXPECT_LT(packet.sequence, 0x8000);
      }
      expected = static_cast<std::uint16_t>(packet.sequence + 1);
    }
  }
}

TEST(RtpRewriter, TimestampsFollowTheClock) {
  RtpRewriter rewriter(settings());
  const auto at = [&](GstClockTime time) {
    return rewrite(rewriter, make_frame({.time = time})).front().timestamp;
  };
  // Beyond 32 bits of ticks, where a machine has been up for weeks.
  const GstClockTime start = 1'000'000 * GST_SECOND;
  const std::uint32_t first = at(start);
  EXPECT_EQ(at(start + GST_SECOND) - first, 90000U);
  EXPECT_EQ(at(start + GST_SECOND + 33'333'333) - first, 93000U);
  EXPECT_EQ(at(start + 100'000 * GST_SECOND) - first,
            static_cast<std::uint32_t>(100'000ULL * 90'000));
}

TEST(RtpRewriter, PeersDiffer) {
  RtpRewriter one(settings());
  RtpRewriter other(settings());
  const auto frame = make_frame({.time = GST_SECOND});
  EXPECT_NE(rewrite(one, frame), rewrite(other, frame));
}

TEST(RtpRewriter, SharesThePayload) {
  RtpRewriter rewriter(settings());
  const auto frame = make_frame({.time = GST_SECOND, .packets = 2});
  const auto list = rewriter.rewrite(*frame, frame->time);
  for (guint i = 0; i < 2; ++i) {
    GstBuffer* rewritten = gst_buffer_list_get(list.get(), i);
    GstBuffer* original = gst_buffer_list_get(frame->packets.get(), i);
    ASSERT_EQ(gst_buffer_n_memory(rewritten), 2U);
    EXPECT_EQ(gst_buffer_peek_memory(rewritten, 1), gst_buffer_peek_memory(original, 1));
    EXPECT_EQ(GST_BUFFER_PTS(rewritten), GST_SECOND);
  }
}

TEST(RtpRewriter, SharesThePayloadOfOneMemory) {
  RtpRewriter rewriter(settings());
  const auto packet = make_buffer("\x80\x60" + std::string(10, '\0') + "payload");
  const auto frame = make_frame({packet}, GST_SECOND, true);
  const auto list = rewriter.rewrite(*frame, frame->time);
  GstMapInfo original;
  GstMapInfo rewritten;
  gst_buffer_map(packet.get(), &original, GST_MAP_READ);
  GstMemory* payload = gst_buffer_peek_memory(gst_buffer_list_get(list.get(), 0), 1);
  gst_memory_map(payload, &rewritten, GST_MAP_READ);
  EXPECT_EQ(rewritten.data, original.data + 12);
  gst_memory_unmap(payload, &rewritten);
  gst_buffer_unmap(packet.get(), &original);
}

TEST(RtpRewriter, LeavesTheOriginalAsItIs) {
  const auto frame = make_frame({.time = GST_SECOND, .packets = 2});
  const std::string before = bytes_of(gst_buffer_list_get(frame->packets.get(), 1));
  RtpRewriter rewriter(settings());
  rewrite(rewriter, frame);
  EXPECT_EQ(bytes_of(gst_buffer_list_get(frame->packets.get(), 1)), before);
}

TEST(RtpRewriter, AsksForNoDelayWithKeyFrames) {
  auto with_delay = settings();
  with_delay.playout_delay_id = 5;
  RtpRewriter rewriter(with_delay);
  const auto key = rewrite(rewriter, make_frame({.time = 1, .packets = 2, .payload_size = 3}));
  for (const auto& packet : key) {
    // RFC 8285, section 4.2: one element, id 5, of three bytes; minimum and maximum are zero.
    EXPECT_EQ(packet.extension, "\xBE\xDE\0\x01\x52\0\0\0"s);
    EXPECT_EQ(packet.payload, "ppp");
  }
  const auto delta = rewrite(rewriter, make_frame({.time = 2, .key_frame = false}));
  EXPECT_EQ(delta.front().extension, "");
}

TEST(RtpRewriter, SkipsContributorsAndExtensionsOfThePayloader) {
  const std::string fixed = std::string(10, '\0');
  const std::string contributors(15 * 4, 'c');
  const std::string extension = "\xBE\xDE\0\x02"s + std::string(8, 'e');
  const auto with_both = rewrite_one("\x9F\x60" + fixed + contributors + extension + "payload");
  ASSERT_EQ(with_both.size(), 1U);
  EXPECT_EQ(with_both[0].payload, "payload");
  EXPECT_EQ(with_both[0].extension, "");
  EXPECT_EQ(rewrite_one("\x82\x60" + fixed + std::string(8, 'c') + "payload")[0].payload,
            "payload");
}

TEST(RtpRewriter, TakesPaddingOff) {
  const std::string fixed = std::string(10, '\0');
  EXPECT_EQ(rewrite_one("\xA0\x60" + fixed + "payload\0\0\x03"s)[0].payload, "payload");
  EXPECT_EQ(rewrite_one("\xA0\x60" + fixed + "\0\x02"s)[0].payload, "");
  EXPECT_TRUE(rewrite_one("\xA0\x60" + fixed + "payload\0"s).empty());
  EXPECT_TRUE(rewrite_one("\xA0\x60" + fixed + "payload\x7F"s).empty());
}

TEST(RtpRewriter, DropsWhatIsNoRtp) {
  const std::string fixed = std::string(10, '\0');
  EXPECT_TRUE(rewrite_one("").empty());
  EXPECT_TRUE(rewrite_one("garbage").empty());
  EXPECT_TRUE(rewrite_one("a long text that is no RTP packet").empty());
  EXPECT_TRUE(rewrite_one("\x83\x60" + fixed + "short").empty());
  EXPECT_TRUE(rewrite_one("\x90\x60" + fixed + "\xBE\xDE"s).empty());
  EXPECT_TRUE(rewrite_one("\x90\x60" + fixed + "\xBE\xDE\xFF\xFF"s + "payload").empty());
  const auto empty = rewrite_one("\x80\xE0" + fixed);
  ASSERT_EQ(empty.size(), 1U);
  EXPECT_EQ(empty[0].payload, "");
  EXPECT_TRUE(empty[0].marker);
}

TEST(RtpRewriter, GarbageLeavesNoGap) {
  RtpRewriter rewriter(settings());
  const auto packets =
      rewrite(rewriter, make_frame({make_packet({.payload = "a"}), make_buffer("garbage"),
                                    make_packet({.payload = "b"})},
                                   GST_SECOND, true));
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(static_cast<std::uint16_t>(packets[1].sequence - packets[0].sequence), 1);
}

}  // namespace
}  // namespace webrtcserver
