// SPDX-License-Identifier: LGPL-2.1-or-later
// The catalogue's decoders on machines that tests do not have, and what becomes of a publisher when
// one refuses, is lost or hangs.
#include <gmock/gmock.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <gtest/gtest.h>

#include <functional>
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
  void on_bad_media(const std::string& message) override {
    const std::scoped_lock lock(mutex_);
    complaints_.push_back(message);
  }
  void on_decoder_replaced(const std::string& message) override {
    const std::scoped_lock lock(mutex_);
    messages_.push_back(message);
  }
  std::vector<std::string> messages() const {
    const std::scoped_lock lock(mutex_);
    return messages_;
  }
  std::vector<std::string> complaints() const {
    const std::scoped_lock lock(mutex_);
    return complaints_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;    // guarded by mutex_
  std::vector<std::string> complaints_;  // guarded by mutex_
};

class HardwareDecoderTest : public ::testing::Test {
 protected:
  ~HardwareDecoderTest() override {
    if (sink_) decoding_->close(sink_);
    for (const char* factory : {"nvh264dec", "nvv4l2decoder", "vah264dec", "v4l2h264dec"})
      Station::of(factory).reset();
  }

  void install(Machine converters, const Contracts& contracts) {
    settings_.patience = std::chrono::milliseconds(500);
    settings_.catalogue = nullptr;
    converters_ = std::move(converters);
    decoders_ = doubles::install(contracts);
  }

  void open(const char* wanted = "video/x-raw") {
    settings_.pad = "video_0";
    if (!settings_.catalogue)
      settings_.catalogue = std::make_shared<DecoderCatalogue>(decoder_table());
    decoding_ = Decoding::create(settings_, replacements_);
    decoding_->queue().set_flushing(false);
    decoding_->set_wanted(
        {Decoding::Form::kRaw, Ref<GstCaps>::adopt(gst_caps_from_string(wanted))});
    sink_ = decoding_->open([] {});
  }

  // As a browser would: a key frame and what depends on it, again and again, until `pictures` more
  // have come out.
  ::testing::AssertionResult stream(std::size_t pictures) {
    std::size_t came = 0;
    const auto give_up = MediaQueue::Clock::now() + test::kPatience;
    while (MediaQueue::Clock::now() < give_up) {
      push();
      MediaFrame frame;
      while (
          decoding_->queue().pop(frame, MediaQueue::Clock::now() + std::chrono::milliseconds(10)) ==
          MediaQueue::Event::kFrame) {
        newest_ = frame;
        if (++came == pictures) return ::testing::AssertionSuccess();
      }
    }
    return ::testing::AssertionFailure() << came << " pictures came";
  }

  // Until `condition` holds, which what comes brings about.
  bool stream_until(const std::function<bool()>& condition) {
    const auto give_up = MediaQueue::Clock::now() + test::kPatience;
    while (!condition()) {
      if (MediaQueue::Clock::now() > give_up) return false;
      push();
      MediaFrame frame;
      decoding_->queue().pop(frame, MediaQueue::Clock::now() + std::chrono::milliseconds(10));
    }
    return true;
  }

  void push() {
    for (const auto& packet : packets_.buffers)
      sink_->push({find_codec("H264"), packets_.caps}, next(packet.get()));
  }

  // A depayloader drops what it takes for a packet that it has had.
  Ref<GstBuffer> next(GstBuffer* packet) {
    auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy_deep(packet));
    GST_BUFFER_PTS(copy.get()) = time_;
    time_ += GST_MSECOND;
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    if (!gst_rtp_buffer_map(copy.get(), GST_MAP_READWRITE, &rtp)) {
      ADD_FAILURE() << "no RTP packet";
      return copy;
    }
    gst_rtp_buffer_set_seq(&rtp, sequence_++);
    if (gst_rtp_buffer_get_timestamp(&rtp) != was_) rtp_time_ += 3000;
    was_ = gst_rtp_buffer_get_timestamp(&rtp);
    gst_rtp_buffer_set_timestamp(&rtp, rtp_time_);
    gst_rtp_buffer_unmap(&rtp);
    return copy;
  }

  // One packet a buffer, as from a peer.
  const testing::Media packets_ = testing::make_media(
      "videotestsrc num-buffers=3 ! video/x-raw,width=320,height=240,framerate=30/1 ! x264enc "
      "tune=zerolatency ! video/x-h264,profile=constrained-baseline ! rtph264pay pt=96 "
      "config-interval=-1 aggregate-mode=none mtu=60000 ! application/x-rtp");
  const std::shared_ptr<Replacements> replacements_ = std::make_shared<Replacements>();
  Machine converters_;
  Machine decoders_;
  Decoding::Settings settings_;  // patience and catalogue: before open(), behind install()
  std::shared_ptr<Decoding> decoding_;
  std::shared_ptr<PacketSink> sink_;
  MediaFrame newest_;
  GstClockTime time_ = 1000 * GST_SECOND;
  guint16 sequence_ = 65500;  // it wraps
  guint32 rtp_time_ = 0;
  guint32 was_ = 0;  // the RTP time of the packet before, in packets_
};

struct Case {
  const char* name;
  Contracts contracts;
  Machine (*converters)();
  const char* decoder;
  const char* wanted;
};

std::vector<Case> cases() {
  const auto tegra = [] { return doubles::jetson_converters(); };
  const auto none = [] { return Machine{}; };
  const char* const plain = "video/x-raw";
  return {
      {"jetson", doubles::jetson(), tegra, "nvv4l2decoder", plain},
      {"jetson_nvmm", doubles::jetson(), tegra, "nvv4l2decoder", "video/x-raw(memory:NVMM)"},
      {"nvidia_1_20", doubles::desktop_nvidia(20), doubles::cuda_converters, "nvh264dec", plain},
      {"nvidia_1_26", doubles::desktop_nvidia(26), doubles::cuda_converters, "nvh264dec", plain},
      {"nvidia_1_26_cuda", doubles::desktop_nvidia(26), doubles::cuda_converters, "nvh264dec",
       "video/x-raw(memory:CUDAMemory)"},
      {"va", doubles::va(22), doubles::va_converters, "vah264dec", plain},
      {"va_memory", doubles::va(22), doubles::va_converters, "vah264dec",
       "video/x-raw(memory:VAMemory)"},
      {"raspberry_pi", doubles::raspberry_pi(20), none, "v4l2h264dec", plain},
  };
}

class DecodingMachineTest : public HardwareDecoderTest,
                            public ::testing::WithParamInterface<std::size_t> {};

TEST_P(DecodingMachineTest, ItsDecoderIsChosenAndItsPicturesAreInTheMemoryThatIsWanted) {
  const Case one = cases()[GetParam()];
  Station& station = Station::of(one.decoder);
  station.reset();
  install(one.converters(), one.contracts);
  open(one.wanted);
  ASSERT_TRUE(stream(3));
  EXPECT_EQ(decoding_->report().decoder, one.decoder);
  const auto wanted = Ref<GstCaps>::adopt(gst_caps_from_string(one.wanted));
  EXPECT_TRUE(gst_caps_can_intersect(newest_.caps.get(), wanted.get()));
  EXPECT_TRUE(doubles::is_of(newest_.buffer.get(), doubles::kind_of(wanted.get())));
  EXPECT_EQ(station.value("automatic-request-sync-points"), "true");
  EXPECT_EQ(station.value("qos"), "false");
  for (const Station::Setting& setting : station.seen().settings)
    EXPECT_TRUE(setting.effective) << setting.property;
}

INSTANTIATE_TEST_SUITE_P(Codec, DecodingMachineTest,
                         ::testing::Range<std::size_t>(0, cases().size()),
                         [](const auto& of) { return std::string(cases()[of.param].name); });

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

// It may have been what the publisher sent: the decoder gets another chance.
TEST_F(HardwareDecoderTest, ADecoderThatIsLostInMidStreamStartsAnew) {
  Behaviour lost;
  lost.fails_at_frame = 5;
  lost.instances = 2;  // the catalogue's probe, and the first that decodes
  install(doubles::cuda_converters(), doubles::desktop_nvidia(26));
  Station& station = Station::of("nvh264dec");
  station.reset();
  station.set(lost);
  open();
  ASSERT_TRUE(stream(12));
  EXPECT_EQ(decoding_->report().decoder, "nvh264dec");
  EXPECT_EQ(station.seen().instances, 3U);
}

TEST_F(HardwareDecoderTest, ADecoderThatHangsIsReplacedAndLeftBehind) {
  Behaviour hangs;
  hangs.hangs = Behaviour::Hangs::kAtFrame;
  install(doubles::cuda_converters(), doubles::desktop_nvidia(26));
  Station& station = Station::of("nvh264dec");
  station.reset();
  station.set(hangs);
  open();
  ASSERT_TRUE(stream(3));
  EXPECT_THAT(decoding_->report().decoder, Ne("nvh264dec"));
  EXPECT_EQ(station.seen().hanging, 1U) << "it hangs still";
  station.let_go();
  EXPECT_TRUE(station.wait([](const Station::Seen& seen) { return seen.open == 0; }));
  ASSERT_TRUE(stream(3));
}

// Its time begins when it has started: hardware that others use, too, may take long for that.
TEST_F(HardwareDecoderTest, ADecoderThatStartsLateIsNotGivenUp) {
  Behaviour late;
  late.hangs = Behaviour::Hangs::kAtReady;
  late.spared = 1;  // the catalogue's probe
  install(doubles::cuda_converters(), doubles::desktop_nvidia(26));
  Station& station = Station::of("nvh264dec");
  station.set(late);
  settings_.patience = test::kPatience;
  settings_.hopeless = test::kPatience / 10;  // for the first picture of one that works
  open();
  ASSERT_TRUE(stream_until([&] { return station.seen().hanging == 1; }));
  const auto begin = MediaQueue::Clock::now();
  ASSERT_TRUE(stream_until([&] { return MediaQueue::Clock::now() > begin + settings_.hopeless; }));
  EXPECT_TRUE(replacements_->complaints().empty());
  station.let_go();
  ASSERT_TRUE(stream(1));
  EXPECT_TRUE(replacements_->messages().empty());
}

// Each try would cost another thread.
TEST_F(HardwareDecoderTest, ADecoderThatHangsIsNotTriedAgainBeforeItHasComeBack) {
  Behaviour hangs;
  hangs.hangs = Behaviour::Hangs::kAtFrame;
  install(doubles::cuda_converters(), doubles::desktop_nvidia(26));
  Station& station = Station::of("nvh264dec");
  station.reset();
  station.set(hangs);
  settings_.catalogue = DecoderCatalogue(decoder_table()).only("nvh264dec");
  settings_.patience = std::chrono::milliseconds(100);
  settings_.hopeless = std::chrono::seconds(1);
  open();
  ASSERT_TRUE(stream_until([&] {
    const auto complaints = replacements_->complaints();
    return !complaints.empty() && complaints.back().find("hangs still") != std::string::npos;
  }));
  EXPECT_EQ(station.seen().hanging, 1U);
  EXPECT_EQ(station.seen().instances, 2U) << "the catalogue's probe, and the one that hangs";
  station.set({});
  station.let_go();
  ASSERT_TRUE(stream(1));
  EXPECT_EQ(decoding_->report().decoder, "nvh264dec");
}

}  // namespace
}  // namespace webrtcserver
