// SPDX-License-Identifier: LGPL-2.1-or-later
// What becomes of viewers when hardware refuses, runs out of sessions, is lost, or hangs: doubles
// of NVIDIA's encoders, and the catalogue's real rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "doubles/contracts.hpp"
#include "doubles/converters.hpp"
#include "doubles/station.hpp"
#include "encoding_set_fixture.hpp"

namespace webrtcserver {
namespace {

using doubles::Behaviour;
using doubles::Station;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Ne;
using testing::RecordingSink;

class HardwareFailureTest : public testing::EncodingSetFixture {
 protected:
  // Who watches one pad.
  struct Watched {
    std::shared_ptr<EncodingSet> set;
    std::shared_ptr<RecordingSink> sink = std::make_shared<RecordingSink>();
    std::unique_ptr<EncodingSet::Lease> lease;
  };

  ~HardwareFailureTest() override {
    for (const char* factory : {"nvh264enc", "nvcudah264enc", "nvv4l2h264enc"})
      Station::of(factory).reset();
  }

  // Doubles of a machine with GStreamer 1.`minor` and a card; `factory`'s behave so.
  void install(int minor, const char* factory, const Behaviour& behaviour) {
    converters_ = doubles::cuda_converters();
    encoders_ = doubles::install(doubles::desktop_nvidia(minor));
    for (const char* every : {"nvh264enc", "nvcudah264enc"}) Station::of(every).reset();
    Station::of(factory).set(behaviour);
    catalogue_ = std::make_shared<EncoderCatalogue>(encoder_table());
  }

  Watched watch(EncoderWatch::Duration patience = EncoderWatch::kPatience) {
    EncodingSet::Settings settings;
    settings.name = "video_0";
    settings.codecs = {&h264_};
    settings.bitrate = 1'000'000;
    settings.patience = patience;
    Watched watched;
    watched.set = EncodingSet::create(std::move(settings), listener_, catalogue_);
    watched.set->set_caps(media_.caps);
    watched.lease = watched.set->acquire(h264_, "s1");
    watched.lease->join(watched.sink);
    return watched;
  }

  ::testing::AssertionResult stream(const Watched& watched, std::size_t frames) {
    return EncodingSetFixture::stream(*watched.set, media_, *watched.sink, frames);
  }

  // Until what `factory` did has been noticed and made good.
  ::testing::AssertionResult stream_until_replaced(const Watched& watched) {
    const auto give_up = std::chrono::steady_clock::now() + testing::kDeadline;
    for (std::size_t i = 0; listener_->replacements().empty(); ++i) {
      if (std::chrono::steady_clock::now() > give_up)
        return ::testing::AssertionFailure() << "nobody took over";
      push(*watched.set, media_, i);
      watched.sink->wait_briefly_for_frames(watched.sink->frames().size() + 1);
    }
    return stream(watched, 5);
  }

  // One time line, which goes on with a key frame where another encoder has taken over.
  static void expect_whole(const RecordingSink& sink) {
    const auto frames = sink.frames();
    std::size_t keys = 0;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      keys += frames[i]->key_frame ? 1 : 0;
      if (i == 0) continue;
      EXPECT_GT(frames[i]->time, frames[i - 1]->time);
      // The first of another encoder, whose payloader has another source.
      const auto source = [](const RtpFrame& frame) {
        const auto packet = testing::packets_of(frame).at(0);
        return std::vector<std::uint8_t>(packet.begin() + 8, packet.begin() + 12);
      };
      if (source(*frames[i]) != source(*frames[i - 1])) {
        EXPECT_TRUE(frames[i]->key_frame);
      }
    }
    EXPECT_GE(keys, 2U);
  }

  const Codec& h264_ = *find_codec("H264");
  const testing::Media media_ = testing::raw_video(320, 240, 3);
  doubles::Machine converters_;
  doubles::Machine encoders_;
  std::shared_ptr<EncoderCatalogue> catalogue_;
};

TEST_F(HardwareFailureTest, WhatDoesNotReachReadyIsPassedOver) {
  Behaviour refuses;
  refuses.refuses_to_start = "Failed to load libnvidia-encode.so.1";
  install(24, "nvcudah264enc", refuses);
  const Watched watched = watch();
  ASSERT_TRUE(stream(watched, 3));
  EXPECT_EQ(watched.lease->encoder_name(), "nvh264enc");
  EXPECT_EQ(Station::of("nvcudah264enc").seen().instances, 1U) << "it was asked once";
  EXPECT_TRUE(listener_->replacements().empty());
}

// Consumer cards have a few sessions. nvh264enc up to 1.24 opens one when it goes to READY.
TEST_F(HardwareFailureTest, WhoFindsNoSessionGetsSoftwareAndTheOthersGoOn) {
  Behaviour one_session;
  one_session.sessions = 1;
  install(20, "nvh264enc", one_session);
  const Watched first = watch();
  ASSERT_TRUE(stream(first, 3));
  ASSERT_EQ(first.lease->encoder_name(), "nvh264enc");
  const Watched second = watch();
  ASSERT_TRUE(stream(second, 3));
  EXPECT_THAT(second.lease->encoder_name(), AnyOf("x264enc", "openh264enc"));
  EXPECT_GE(Station::of("nvh264enc").seen().refused, 1U);
  ASSERT_TRUE(stream(first, 3));
  EXPECT_EQ(first.lease->encoder_name(), "nvh264enc");
  EXPECT_TRUE(listener_->failures().empty());
}

// Newer ones open it when they learn the format: READY proves nothing.
TEST_F(HardwareFailureTest, ASessionThatIsRefusedAtTheFirstFrameIsMadeGood) {
  Behaviour one_session;
  one_session.sessions = 1;
  install(26, "nvh264enc", one_session);
  const Watched first = watch();
  ASSERT_TRUE(stream(first, 3));
  ASSERT_EQ(first.lease->encoder_name(), "nvh264enc");
  const Watched second = watch();
  ASSERT_TRUE(stream(second, 3));
  EXPECT_THAT(second.lease->encoder_name(), AnyOf("x264enc", "openh264enc"));
  EXPECT_GE(Station::of("nvh264enc").seen().refused, 1U);
  ASSERT_TRUE(stream(first, 3));
  EXPECT_EQ(first.lease->encoder_name(), "nvh264enc");
  EXPECT_TRUE(listener_->failures().empty());
}

TEST_F(HardwareFailureTest, ADeviceThatIsLostInMidStreamIsReplacedForTheSameViewers) {
  Behaviour lost;
  lost.fails_at_frame = 10;
  install(26, "nvh264enc", lost);
  const Watched watched = watch();
  ASSERT_TRUE(stream_until_replaced(watched));
  EXPECT_THAT(listener_->replacements()[0],
              AllOf(HasSubstr("nvh264enc"), HasSubstr("The device is lost.")));
  EXPECT_THAT(watched.lease->encoder_name(), Ne("nvh264enc"));
  EXPECT_TRUE(listener_->failures().empty());
  expect_whole(*watched.sink);
}

TEST_F(HardwareFailureTest, AnEncoderThatFallsSilentIsReplaced) {
  Behaviour silent;
  silent.silent_from = 5;
  install(26, "nvh264enc", silent);
  const Watched watched = watch(std::chrono::seconds(1));
  ASSERT_TRUE(stream_until_replaced(watched));
  EXPECT_THAT(listener_->replacements()[0],
              AllOf(HasSubstr("nvh264enc"), HasSubstr("gives nothing")));
  EXPECT_TRUE(listener_->failures().empty());
  expect_whole(*watched.sink);
}

// Its thread never comes back, so that its pipeline cannot be stopped.
TEST_F(HardwareFailureTest, AnEncoderThatHangsIsReplacedAndLeftBehind) {
  Behaviour hangs;
  hangs.hangs = Behaviour::Hangs::kAtFrame;
  hangs.hangs_at_frame = 5;
  install(26, "nvh264enc", hangs);
  Station& station = Station::of("nvh264enc");
  const Watched watched = watch(std::chrono::seconds(1));
  ASSERT_TRUE(stream_until_replaced(watched));
  EXPECT_EQ(station.seen().hanging, 1U) << "it hangs still";
  const std::size_t before = watched.sink->frames().size();
  station.let_go();
  EXPECT_TRUE(station.wait([](const Station::Seen& seen) { return seen.open == 0; }));
  ASSERT_TRUE(stream(watched, 5));
  // What it gave when it came back has reached nobody.
  expect_whole(*watched.sink);
  EXPECT_GE(watched.sink->frames().size(), before + 5);
}

TEST_F(HardwareFailureTest, AnEncoderThatHangsWhileItStartsIsPassedOver) {
  Behaviour hangs;
  hangs.hangs = Behaviour::Hangs::kAtReady;
  hangs.spared = 1;  // the catalogue's probe
  install(26, "nvh264enc", hangs);
  Station& station = Station::of("nvh264enc");
  const Watched watched = watch(std::chrono::milliseconds(500));
  ASSERT_TRUE(stream(watched, 5));
  EXPECT_EQ(station.seen().hanging, 1U) << "it hangs still";
  EXPECT_THAT(watched.lease->encoder_name(), Ne("nvh264enc"));
  station.let_go();
  EXPECT_TRUE(station.wait([](const Station::Seen& seen) { return seen.hanging == 0; }));
  ASSERT_TRUE(stream(watched, 5));
}

}  // namespace
}  // namespace webrtcserver
