// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/peer_feed.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "support/patience.hpp"
#include "support/rtp_frames.hpp"

namespace webrtcserver {
namespace {

using test::make_frame;
using test::read_packets;

constexpr auto kDeadline = test::kPatience;
constexpr GstClockTime kStart = 1000 * GST_SECOND;

RtpFramePtr key_frame(GstClockTime time, std::size_t size = 100) {
  return make_frame({.time = time, .key_frame = true, .payload_size = size});
}

RtpFramePtr delta_frame(GstClockTime time, std::size_t size = 100) {
  return make_frame({.time = time, .key_frame = false, .payload_size = size});
}

// As large as it says, without the memory.
RtpFramePtr sized(const RtpFramePtr& frame, gsize size) {
  return std::make_shared<const RtpFrame>(
      RtpFrame{frame->packets, frame->time, size, frame->key_frame});
}

constexpr gsize kLong = gsize{600} << 20U;  // takes 100 s at the pace of a replay

class PeerFeedTest : public testing::Test {
 protected:
  PeerFeedTest() { feed_.start({.ssrc = 7, .clock_rate = 1000, .payload_type = 96}); }

  // The presentation time of the next frame, after kStart in ms; the feed must have one.
  int pop() {
    const auto packets = feed_.pop();
    if (!packets) return -1;
    const GstClockTime time = GST_BUFFER_PTS(gst_buffer_list_get(packets.get(), 0));
    return static_cast<int>(GST_CLOCK_DIFF(kStart, time) / static_cast<gint64>(GST_MSECOND));
  }

  void push(const RtpFramePtr& frame) { feed_.push(frame); }

  std::atomic<int> wanted_{0};
  std::promise<void> first_wanted_;
  PeerFeed feed_{MediaKind::kVideo, [this] {
                   if (++wanted_ == 1) first_wanted_.set_value();
                 }};
};

constexpr GstClockTime at(unsigned milliseconds) {
  return kStart + milliseconds * GST_MSECOND;
}

TEST_F(PeerFeedTest, HandsFramesOnInOrder) {
  push(key_frame(at(0)));
  push(delta_frame(at(33)));
  push(delta_frame(at(66)));
  EXPECT_EQ(pop(), 0);
  EXPECT_EQ(pop(), 33);
  EXPECT_EQ(pop(), 66);
  EXPECT_EQ(wanted_, 0);
}

TEST_F(PeerFeedTest, BeginsAtAKeyFrame) {
  push(delta_frame(at(0)));
  push(delta_frame(at(33)));
  push(key_frame(at(66)));
  EXPECT_EQ(pop(), 66);
  EXPECT_EQ(feed_.statistics().dropped_frames, 2U);
}

TEST_F(PeerFeedTest, CountsWhatItHandsOn) {
  const auto key = key_frame(at(0), 300);
  const auto delta = delta_frame(at(33), 50);
  push(key);
  push(delta);
  pop();
  pop();
  const auto statistics = feed_.statistics();
  EXPECT_EQ(statistics.frames, 2U);
  EXPECT_EQ(statistics.key_frames, 1U);
  EXPECT_EQ(statistics.bytes, key->size + delta->size);
  EXPECT_EQ(statistics.dropped_frames, 0U);
}

TEST_F(PeerFeedTest, APeerThatFallsBehindResumesAtAKeyFrameAndAsksForOne) {
  push(key_frame(at(0)));
  for (unsigned i = 1; i <= 1000; ++i) push(delta_frame(at(i)));
  EXPECT_EQ(feed_.statistics().dropped_frames, 0U);
  push(delta_frame(at(1001)));
  EXPECT_EQ(feed_.statistics().dropped_frames, 1002U);
  push(delta_frame(at(1002)));
  EXPECT_EQ(feed_.statistics().dropped_frames, 1003U);
  EXPECT_EQ(wanted_, 0) << "the encoder's thread must not ask";
  auto popped = std::async(std::launch::async, [this] { return pop(); });
  ASSERT_EQ(first_wanted_.get_future().wait_for(kDeadline), std::future_status::ready);
  push(delta_frame(at(1003)));
  push(key_frame(at(1004)));
  EXPECT_EQ(popped.get(), 1004);
  EXPECT_EQ(wanted_, 1);
  push(delta_frame(at(1005)));
  EXPECT_EQ(pop(), 1005);
}

TEST(PeerFeed, AsksForAKeyFrameAlthoughItWaitsAlready) {
  std::promise<void> wanted;
  PeerFeed feed(MediaKind::kVideo, [&] { wanted.set_value(); });
  auto popped = std::async(std::launch::async, [&] { return feed.pop(); });
  feed.push(key_frame(at(0)));
  feed.push(delta_frame(at(2000)));
  ASSERT_EQ(wanted.get_future().wait_for(kDeadline), std::future_status::ready);
  feed.push(key_frame(at(2001)));
  feed.start({.ssrc = 7, .clock_rate = 1000, .payload_type = 96});
  EXPECT_EQ(GST_BUFFER_PTS(gst_buffer_list_get(popped.get().get(), 0)), at(2001));
}

TEST_F(PeerFeedTest, AKeyFrameStandsAloneWhenItComesLate) {
  push(key_frame(at(0)));
  push(delta_frame(at(33)));
  push(key_frame(at(2000)));
  EXPECT_EQ(pop(), 2000);
  EXPECT_EQ(wanted_, 0) << "there is one already";
  EXPECT_EQ(feed_.statistics().dropped_frames, 2U);
}

TEST_F(PeerFeedTest, IsBoundedInBytes) {
  constexpr gsize kPart = PeerFeed::kMaxBytes / 8;
  push(sized(key_frame(at(0)), kPart));
  for (unsigned i = 1; i < 8; ++i) push(sized(delta_frame(at(i)), kPart));
  EXPECT_EQ(feed_.statistics().dropped_frames, 0U);
  push(sized(delta_frame(at(8)), kPart));
  EXPECT_EQ(feed_.statistics().dropped_frames, 9U);
  push(sized(key_frame(at(9)), kPart));
  EXPECT_EQ(pop(), 9);
}

TEST_F(PeerFeedTest, AFrameThatIsTooLargeByItselfIsStillAFrame) {
  push(sized(key_frame(at(0)), PeerFeed::kMaxBytes + 1));
  EXPECT_EQ(pop(), 0);
}

TEST_F(PeerFeedTest, ReplaysUpToTheFirstLiveFrame) {
  feed_.replay(
      {key_frame(at(0)), delta_frame(at(100)), delta_frame(at(200)), delta_frame(at(300))});
  push(delta_frame(at(333)));
  EXPECT_EQ(pop(), 297);
  EXPECT_EQ(pop(), 298);
  EXPECT_EQ(pop(), 299);
  EXPECT_EQ(pop(), 300);
  EXPECT_EQ(pop(), 333);
  EXPECT_EQ(wanted_, 0);
}

TEST_F(PeerFeedTest, AReplayOfOneFrameCountsLikeALiveOne) {
  feed_.replay({key_frame(at(0), 5000)});
  push(delta_frame(at(33), 10));
  EXPECT_EQ(pop(), 0);
  for (unsigned i = 2; i < 20; ++i) push(delta_frame(at(33 * i), 10));
  EXPECT_EQ(pop(), 33);
  EXPECT_EQ(feed_.statistics().dropped_frames, 0U);
}

TEST_F(PeerFeedTest, AReplayNearTheClocksZeroDoesNotWrap) {
  feed_.replay({key_frame(0), delta_frame(0), delta_frame(0)});
  for (int i = 0; i < 3; ++i) {
    const auto packets = feed_.pop();
    EXPECT_EQ(GST_BUFFER_PTS(gst_buffer_list_get(packets.get(), 0)), 0U);
  }
}

// Live frames of more than kMaxDelay may pile up behind a replay under way.
TEST_F(PeerFeedTest, AReplayIsNotFallingBehind) {
  feed_.replay({key_frame(at(0)), delta_frame(at(33))});
  for (unsigned i = 2; i < 100; ++i) push(delta_frame(at(33 * i)));
  EXPECT_EQ(feed_.statistics().dropped_frames, 0U);
}

TEST_F(PeerFeedTest, PacesAReplay) {
  constexpr gsize kSize = 60'000;  // 10 ms at 48 Mbit/s
  feed_.replay({sized(key_frame(at(0)), kSize), sized(delta_frame(at(1)), kSize),
                sized(delta_frame(at(2)), kSize)});
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) pop();
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(20));
}

TEST_F(PeerFeedTest, APacedReplayCanBeGivenUp) {
  feed_.replay({sized(key_frame(at(0)), kLong), delta_frame(at(1))});
  EXPECT_EQ(pop(), 0) << "the first goes at once";
  auto popped = std::async(std::launch::async, [this] { return pop(); });
  feed_.set_flushing(true);
  ASSERT_EQ(popped.wait_for(kDeadline), std::future_status::ready);
  EXPECT_EQ(popped.get(), -1);
}

TEST_F(PeerFeedTest, DroppingTakesAReplayAlong) {
  feed_.replay({sized(key_frame(at(0)), kLong), delta_frame(at(1))});
  pop();
  auto popped = std::async(std::launch::async, [this] { return pop(); });
  push(delta_frame(at(2)));
  push(sized(key_frame(at(3)), PeerFeed::kMaxBytes));
  ASSERT_EQ(popped.wait_for(kDeadline), std::future_status::ready);
  EXPECT_EQ(popped.get(), 3);
}

TEST_F(PeerFeedTest, FlushingEndsPopAndForgetsFrames) {
  auto popped = std::async(std::launch::async, [this] { return pop(); });
  feed_.set_flushing(true);
  ASSERT_EQ(popped.wait_for(kDeadline), std::future_status::ready);
  EXPECT_EQ(popped.get(), -1);
  push(key_frame(at(0)));
  feed_.replay({key_frame(at(0))});
  EXPECT_EQ(pop(), -1);
  feed_.set_flushing(false);
  push(delta_frame(at(33)));
  push(key_frame(at(66)));
  EXPECT_EQ(pop(), 66);
}

TEST(PeerFeed, WaitsForItsStart) {
  PeerFeed feed(MediaKind::kVideo, [] {});
  auto popped = std::async(std::launch::async, [&] { return read_packets(feed.pop().get()); });
  feed.push(key_frame(kStart));
  EXPECT_EQ(popped.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
  feed.start({.ssrc = 7, .clock_rate = 1000, .payload_type = 96});
  feed.start({.ssrc = 8, .clock_rate = 1000, .payload_type = 97});  // too late
  const auto packets = popped.get();
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].ssrc, 7U);
  EXPECT_EQ(packets[0].payload_type, 96);
}

TEST(PeerFeed, KnowsTheTimestampsOfItsPackets) {
  for (const int rate : {90'000, 48'000}) {
    PeerFeed feed(MediaKind::kVideo, [] {});
    EXPECT_EQ(feed.timestamp(kStart), std::nullopt);
    feed.set_flushing(false);
    feed.start({.ssrc = 7, .clock_rate = rate, .payload_type = 96});
    // Times at which a rate divides nothing evenly, and one behind which timestamps begin anew.
    for (const GstClockTime time : {kStart, kStart + 1, kStart + 33'333'333, kStart + 66'666'667,
                                    kStart * 100, kStart * 100'000 + 5'555}) {
      feed.push(key_frame(time));
      const auto packets = read_packets(feed.pop().get());
      ASSERT_EQ(packets.size(), 1U);
      EXPECT_EQ(feed.timestamp(time), packets[0].timestamp) << time;
    }
  }
}

TEST(PeerFeed, AudioThatFallsBehindGoesOnWithTheNewest) {
  int wanted = 0;
  PeerFeed feed(MediaKind::kAudio, [&] { ++wanted; });
  feed.start({.ssrc = 7, .clock_rate = 48000, .payload_type = 96});
  for (unsigned i = 0; i <= 60; ++i) feed.push(key_frame(at(20 * i)));
  EXPECT_EQ(feed.statistics().dropped_frames, 51U);
  const auto packets = feed.pop();
  EXPECT_EQ(GST_BUFFER_PTS(gst_buffer_list_get(packets.get(), 0)), at(1020));
  EXPECT_EQ(wanted, 0);
}

TEST(PeerFeed, PassesOnThatAPictureWasLost) {
  int wanted = 0;
  const PeerFeed feed(MediaKind::kVideo, [&] { ++wanted; });
  feed.request_key_frame();
  EXPECT_EQ(wanted, 1);
}

// For ThreadSanitizer: everything at once.
TEST(PeerFeed, ServesManyThreads) {
  PeerFeed feed(MediaKind::kVideo, [] {});
  constexpr unsigned kFrames = 2000;
  auto consumer = std::async(std::launch::async, [&] {
    unsigned frames = 0;
    while (feed.pop()) ++frames;
    return frames;
  });
  feed.start({.ssrc = 7, .clock_rate = 1000, .payload_type = 96});
  auto producer = std::async(std::launch::async, [&] {
    for (unsigned i = 0; i < kFrames; ++i)
      feed.push(i % 30 == 0 ? key_frame(at(i)) : delta_frame(at(i)));
  });
  auto watcher = std::async(std::launch::async, [&] {
    while (feed.statistics().frames + feed.statistics().dropped_frames < kFrames)
      std::this_thread::yield();
  });
  producer.get();
  ASSERT_EQ(watcher.wait_for(kDeadline), std::future_status::ready);
  feed.set_flushing(true);
  EXPECT_EQ(consumer.get(), feed.statistics().frames);
}

}  // namespace
}  // namespace webrtcserver
