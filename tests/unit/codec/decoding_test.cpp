// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/decoding.hpp"

#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <future>
#include <optional>

#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::array kOutputs{DecoderOutput{"video/x-raw", "videoconvert"}};

Ref<GstCaps> caps(const char* text) {
  return Ref<GstCaps>::adopt(gst_caps_from_string(text));
}

// What a browser would send: RTP packets of a test picture.
std::vector<Ref<GstBuffer>> packets(const std::string& encoder, int frames) {
  const std::string text = "videotestsrc num-buffers=" + std::to_string(frames) +
                           " ! video/x-raw,width=64,height=48,framerate=30/1 ! " + encoder +
                           " ! appsink name=out sync=false";
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(text.c_str(), nullptr));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
  std::vector<Ref<GstBuffer>> result;
  while (const auto sample = Ref<GstSample>::adopt(gst_app_sink_try_pull_sample(
             GST_APP_SINK(sink.get()), test::kPatienceInNanoseconds))) {
    if (GstBufferList* list = gst_sample_get_buffer_list(sample.get())) {
      for (guint i = 0; i < gst_buffer_list_length(list); ++i)
        result.push_back(Ref<GstBuffer>::retain(gst_buffer_list_get(list, i)));
    } else {
      result.push_back(Ref<GstBuffer>::retain(gst_sample_get_buffer(sample.get())));
    }
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return result;
}

constexpr char kVp8[] = "vp8enc deadline=1 ! rtpvp8pay pt=96";
constexpr char kH264[] =
    "x264enc tune=zerolatency ! video/x-h264,profile=constrained-baseline ! rtph264pay pt=96 "
    "config-interval=-1";

PacketFormat format(const char* codec) {
  const std::string text = std::string(
                               "application/x-rtp,media=video,clock-rate=90000,payload=96,"
                               "encoding-name=") +
                           codec;
  return {find_codec(codec), caps(text.c_str())};
}

class Messages final : public Decoding::Listener {
 public:
  void on_bad_media(const std::string& message) override { add(bad_, message); }
  void on_decoder_replaced(const std::string& message) override { add(replaced_, message); }

  std::string wait_bad() { return wait(bad_); }
  std::string wait_replaced() { return wait(replaced_); }

 private:
  void add(std::vector<std::string>& to, const std::string& message) {
    {
      const std::scoped_lock lock(mutex_);
      to.push_back(message);
    }
    changed_.notify_all();
  }
  std::string wait(const std::vector<std::string>& of) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, test::kPatience, [&] { return !of.empty(); });
    return of.empty() ? "" : of.back();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> bad_;
  std::vector<std::string> replaced_;
};

class DecodingTest : public ::testing::Test {
 protected:
  ~DecodingTest() override {
    if (sink_) decoding_->close(sink_);
  }

  void make(std::shared_ptr<DecoderCatalogue> catalogue = DecoderCatalogue::system()) {
    Decoding::Settings settings;
    settings.pad = "video_0";
    settings.catalogue = std::move(catalogue);
    decoding_ = Decoding::create(settings, messages_);
    decoding_->queue().set_flushing(false);
    want(Decoding::Form::kRaw, "video/x-raw");
    open();
  }

  void want(Decoding::Form form, const char* text) { decoding_->set_wanted({form, caps(text)}); }

  void open() {
    sink_ = decoding_->open([this] { ++asked_; });
  }

  void push(const char* codec, const std::vector<Ref<GstBuffer>>& all) {
    for (const auto& packet : all) {
      const auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy(packet.get()));
      GST_BUFFER_PTS(copy.get()) = time_;
      time_ += GST_MSECOND;
      sink_->push(format(codec), copy);
    }
  }

  std::optional<MediaFrame> pop() {
    MediaFrame frame;
    const auto event = decoding_->queue().pop(frame, MediaQueue::Clock::now() + test::kPatience);
    return event == MediaQueue::Event::kFrame ? std::optional(frame) : std::nullopt;
  }

  std::string media_type(const MediaFrame& frame) {
    return gst_structure_get_name(gst_caps_get_structure(frame.caps.get(), 0));
  }

  const std::shared_ptr<Messages> messages_ = std::make_shared<Messages>();
  std::shared_ptr<Decoding> decoding_;
  std::shared_ptr<PacketSink> sink_;
  std::atomic<unsigned> asked_{0};
  GstClockTime time_ = 1000 * GST_SECOND;
};

TEST_F(DecodingTest, MakesPicturesAtTheTimeOfTheirPackets) {
  make();
  const GstClockTime begin = time_;
  push("VP8", packets(kVp8, 5));
  const auto frame = pop();
  ASSERT_TRUE(frame);
  EXPECT_EQ(media_type(*frame), "video/x-raw");
  EXPECT_GE(frame->time, begin);
  EXPECT_LE(frame->time, time_);
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(frame->buffer.get(), GST_BUFFER_FLAG_DISCONT));
  const auto report = decoding_->report();
  EXPECT_EQ(report.codec, find_codec("VP8"));
  EXPECT_NE(report.decoder, "");
  EXPECT_GE(report.packets, 5U);
}

TEST_F(DecodingTest, FollowsAnotherCodec) {
  make();
  push("VP8", packets(kVp8, 3));
  ASSERT_TRUE(pop());
  push("H264", packets(kH264, 3));
  while (decoding_->report().codec != find_codec("H264")) ASSERT_TRUE(pop());
  EXPECT_TRUE(pop());
}

TEST_F(DecodingTest, LeavesPicturesEncodedForWhoWantsThemSo) {
  make();
  want(Decoding::Form::kEncoded, "video/x-h264,stream-format=avc,alignment=au");
  push("H264", packets(kH264, 3));
  const auto frame = pop();
  ASSERT_TRUE(frame);
  EXPECT_EQ(media_type(*frame), "video/x-h264");
  EXPECT_TRUE(frame->key_frame);
  EXPECT_EQ(frame->succession, Succession::kDependent);
  EXPECT_EQ(decoding_->report().decoder, "");
}

TEST_F(DecodingTest, LeavesPacketsForWhoWantsThem) {
  make();
  want(Decoding::Form::kPackets, "application/x-rtp,encoding-name=VP8");
  push("VP8", packets(kVp8, 1));
  const auto frame = pop();
  ASSERT_TRUE(frame);
  EXPECT_EQ(media_type(*frame), "application/x-rtp");
}

TEST_F(DecodingTest, OffersWhatThePipelineTakes) {
  make();
  const std::vector<const Codec*> all{find_codec("VP8"), find_codec("H264"), find_codec("OPUS")};
  const auto names = [&] {
    std::vector<std::string> result;
    for (const Format& one : decoding_->formats(all)) result.emplace_back(one.codec->name);
    return result;
  };
  EXPECT_THAT(names(), ElementsAre("VP8", "H264"));
  want(Decoding::Form::kEncoded, "video/x-h264; video/x-h265");
  EXPECT_THAT(names(), ElementsAre("H264"));
  want(Decoding::Form::kPackets, "application/x-rtp,encoding-name=VP8");
  EXPECT_THAT(names(), ElementsAre("VP8"));
  decoding_->set_wanted({});
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(DecodingTest, TheNextDecoderTakesOverFromOneThatFails) {
  // fakesink has no way out: it cannot be linked.
  static constexpr std::array kRows{Decoder{"VP8", "fakesink", kOutputs, {}, false},
                                    Decoder{"VP8", "vp8dec", kOutputs, {}, false}};
  make(std::make_shared<DecoderCatalogue>(kRows));
  push("VP8", packets(kVp8, 5));
  EXPECT_TRUE(pop());
  EXPECT_EQ(decoding_->report().decoder, "vp8dec");
}

TEST_F(DecodingTest, GarbageIsToldAndForgotten) {
  make();
  std::vector<Ref<GstBuffer>> garbage;
  for (const auto& packet : packets(kVp8, 3)) {
    auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy_deep(packet.get()));
    gst_buffer_memset(copy.get(), 12, 0x5A, 2000);
    garbage.push_back(copy);
  }
  const auto deadline = MediaQueue::Clock::now() + test::kPatience;
  std::string message;
  auto told = std::async(std::launch::async, [&] { return messages_->wait_bad(); });
  while (told.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready &&
         MediaQueue::Clock::now() < deadline)
    push("VP8", garbage);
  EXPECT_THAT(told.get(), HasSubstr("video_0"));
  EXPECT_GE(asked_, 1U);
  // A picture after all.
  const auto good = packets(kVp8, 3);
  auto came = std::async(std::launch::async, [&] { return pop().has_value(); });
  while (came.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready &&
         MediaQueue::Clock::now() < deadline + test::kPatience)
    push("VP8", good);
  EXPECT_TRUE(came.get());
}

TEST_F(DecodingTest, OnlyTheNewestPublisherIsHeard) {
  make();
  const auto old = sink_;
  open();
  const auto all = packets(kVp8, 3);
  for (const auto& packet : all) old->push(format("VP8"), packet);
  EXPECT_EQ(decoding_->report().packets, 0U);
  decoding_->close(old);  // changes nothing
  push("VP8", all);
  EXPECT_TRUE(pop());
}

TEST_F(DecodingTest, KeyFramesAreAskedForOnceInAWhile) {
  make();
  for (int i = 0; i < 100; ++i) decoding_->request_key_frame();
  EXPECT_EQ(asked_, 1U);
}

}  // namespace
}  // namespace webrtcserver
