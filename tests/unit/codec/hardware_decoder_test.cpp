// SPDX-License-Identifier: LGPL-2.1-or-later
// What becomes of a publisher when the hardware that would decode it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "codec/decoding.hpp"
#include "doubles/contracts.hpp"
#include "doubles/converters.hpp"
#include "doubles/station.hpp"
#include "media.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using doubles::Behaviour;
using doubles::Contracts;
using doubles::Machine;
using doubles::Station;
using ::testing::HasSubstr;
using ::testing::Ne;

class Replacements final : public Decoding::Listener {
 public:
  void on_bad_media(const std::string& /*message*/) override {}
  void on_decoder_replaced(const std::string& message) override {
    const std::scoped_lock lock(mutex_);
    messages_.push_back(message);
  }
  std::vector<std::string> messages() const {
    const std::scoped_lock lock(mutex_);
    return messages_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;  // guarded by mutex_
};

class HardwareDecoderTest : public ::testing::Test {
 protected:
  ~HardwareDecoderTest() override {
    if (sink_) decoding_->close(sink_);
    for (const char* factory : {"nvh264dec", "nvv4l2decoder"}) Station::of(factory).reset();
  }

  void install(Machine converters, const Contracts& contracts) {
    converters_ = std::move(converters);
    decoders_ = doubles::install(contracts);
  }

  void open() {
    Decoding::Settings settings;
    settings.pad = "video_0";
    settings.catalogue = std::make_shared<DecoderCatalogue>(decoder_table());
    decoding_ = Decoding::create(settings, replacements_);
    decoding_->queue().set_flushing(false);
    decoding_->set_wanted(
        {Decoding::Form::kRaw, Ref<GstCaps>::adopt(gst_caps_from_string("video/x-raw"))});
    sink_ = decoding_->open([] {});
  }

  // As a browser would: a key frame and what depends on it, again and again, until `pictures` more
  // have come out.
  ::testing::AssertionResult stream(std::size_t pictures) {
    const auto give_up = MediaQueue::Clock::now() + test::kPatience;
    std::size_t came = 0;
    while (MediaQueue::Clock::now() < give_up) {
      for (const auto& packet : packets_.buffers) {
        const auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy(packet.get()));
        GST_BUFFER_PTS(copy.get()) = time_;
        time_ += GST_MSECOND;
        sink_->push({find_codec("H264"), packets_.caps}, copy);
      }
      MediaFrame frame;
      while (
          decoding_->queue().pop(frame, MediaQueue::Clock::now() + std::chrono::milliseconds(10)) ==
          MediaQueue::Event::kFrame) {
        if (++came == pictures) return ::testing::AssertionSuccess();
      }
    }
    return ::testing::AssertionFailure() << came << " pictures came";
  }

  // One packet a buffer, as from a peer.
  const testing::Media packets_ = testing::make_media(
      "videotestsrc num-buffers=3 ! video/x-raw,width=320,height=240,framerate=30/1 ! x264enc "
      "tune=zerolatency ! video/x-h264,profile=constrained-baseline ! rtph264pay pt=96 "
      "config-interval=-1 aggregate-mode=none mtu=60000 ! application/x-rtp");
  const std::shared_ptr<Replacements> replacements_ = std::make_shared<Replacements>();
  Machine converters_;
  Machine decoders_;
  std::shared_ptr<Decoding> decoding_;
  std::shared_ptr<PacketSink> sink_;
  GstClockTime time_ = 1000 * GST_SECOND;
};

TEST_F(HardwareDecoderTest, WhatDoesNotReachReadyIsPassedOver) {
  Behaviour refuses;
  refuses.refuses_to_start = "Cannot identify device '/dev/nvhost-nvdec'.";
  install(doubles::jetson_converters(), doubles::jetson());
  Station::of("nvv4l2decoder").set(refuses);
  open();
  ASSERT_TRUE(stream(3));
  EXPECT_THAT(decoding_->report().decoder, Ne("nvv4l2decoder"));
}

TEST_F(HardwareDecoderTest, ADecoderThatFailsAtItsFirstFrameIsReplaced) {
  Behaviour fails;
  fails.fails_at_frame = 1;
  install(doubles::cuda_converters(), doubles::desktop_nvidia(26));
  Station::of("nvh264dec").set(fails);
  open();
  ASSERT_TRUE(stream(3));
  EXPECT_THAT(decoding_->report().decoder, Ne("nvh264dec"));
  ASSERT_FALSE(replacements_->messages().empty());
  EXPECT_THAT(replacements_->messages()[0], HasSubstr("nvh264dec failed"));
}

}  // namespace
}  // namespace webrtcserver
