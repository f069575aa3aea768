// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoding_pipeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.hpp"
#include "doubles/contracts.hpp"
#include "doubles/converters.hpp"
#include "doubles/device_memory.hpp"
#include "media.hpp"
#include "recorders.hpp"

namespace webrtcserver {
namespace {

using testing::h264_nal_types;
using testing::kFrameTime;
using testing::kStart;
using testing::Media;
using testing::packets_of;
using testing::raw_audio;
using testing::raw_video;

constexpr int kIdr = 5;
constexpr int kSps = 7;
constexpr int kPps = 8;

class PipelineListener final : public EncodingPipeline::Listener, public testing::Recorder {
 public:
  void on_frame(const RtpFramePtr& frame) override {
    record([&] { frames.push_back(frame); });
  }
  void on_payload_caps(const Ref<GstCaps>& encoded, const Ref<GstCaps>& rtp) override {
    record([&] {
      encoded_caps = encoded;
      rtp_caps = rtp;
    });
  }
  void on_pipeline_error(unsigned serial, const std::string& message) override {
    record([&] {
      failed_serial = serial;
      error = message;
    });
  }
  Ref<GstContext> find_context(const char* type) override {
    record([&] { context_type = type; });
    return Ref<GstContext>::adopt(gst_context_new(type, TRUE));
  }
  void on_context_made(const Ref<GstContext>& /*context*/) override {}
  bool wait_for_frames(std::size_t count) {
    return wait_until([&] { return frames.size() >= count || !error.empty(); }) && error.empty();
  }

  std::vector<RtpFramePtr> frames;
  Ref<GstCaps> encoded_caps;
  Ref<GstCaps> rtp_caps;
  std::optional<unsigned> failed_serial;
  std::string error;
  std::string context_type;
};

class EncodingPipelineTest : public ::testing::Test {
 protected:
  EncodingPipeline::Plan plan_for(const char* codec, const Ref<GstCaps>& caps,
                                  const char* factory = nullptr) {
    EncodingPipeline::Plan plan;
    plan.name = "encoding-test";
    plan.codec = find_codec(codec);
    plan.caps = caps;
    plan.bitrate = 1'000'000;
    plan.serial = 7;
    if (factory) {
      for (const auto& choice : EncoderCatalogue::system()->choices(*plan.codec, caps.get())) {
        if (std::string_view(choice.encoder->factory) == factory) plan.choice = choice;
      }
      EXPECT_NE(plan.choice.encoder, nullptr) << factory << " is needed for this test";
    }
    return plan;
  }
  std::unique_ptr<EncodingPipeline> start(EncodingPipeline::Plan plan) {
    auto pipeline = std::make_unique<EncodingPipeline>(std::move(plan), listener_);
    pipeline->start();
    return pipeline;
  }
  // Raw frames one by one, as the queue in front of an encoder is short.
  void encode(EncodingPipeline& pipeline, const Media& media, std::size_t key_frame_at = 0) {
    for (const auto& buffer : media.buffers) {
      if (pushed_ == key_frame_at && pushed_ > 0) pipeline.request_key_frame();
      ASSERT_TRUE(pipeline.push(media.caps, at(buffer, kStart + pushed_ * kFrameTime)));
      ++pushed_;
      ASSERT_TRUE(listener_->wait_for_frames(pushed_)) << listener_->error;
    }
  }
  static Ref<GstBuffer> at(const Ref<GstBuffer>& buffer, GstClockTime time) {
    auto copy = Ref<GstBuffer>::adopt(gst_buffer_copy(buffer.get()));
    GST_BUFFER_PTS(copy.get()) = time;
    GST_BUFFER_DTS(copy.get()) = GST_CLOCK_TIME_NONE;
    return copy;
  }

  std::shared_ptr<PipelineListener> listener_ = std::make_shared<PipelineListener>();
  std::size_t pushed_ = 0;
};

struct VideoEncoder {
  const char* codec;
  const char* factory;
};

void PrintTo(const VideoEncoder& encoder, std::ostream* out) {
  *out << encoder.factory;
}

class EveryVideoEncoder : public EncodingPipelineTest,
                          public ::testing::WithParamInterface<VideoEncoder> {};

TEST_P(EveryVideoEncoder, MakesOneFrameOfRtpPerPictureOnTheClocksTimeLine) {
  const Media media = raw_video(640, 360, 12);
  const auto pipeline = start(plan_for(GetParam().codec, media.caps, GetParam().factory));
  encode(*pipeline, media);

  const auto& frames = listener_->frames;
  ASSERT_EQ(frames.size(), media.buffers.size());
  std::optional<std::uint32_t> last_timestamp;
  std::optional<std::uint16_t> last_sequence;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(frames[i]->time, kStart + i * kFrameTime);
    EXPECT_EQ(frames[i]->key_frame, i == 0);
    const auto packets = packets_of(*frames[i]);
    ASSERT_FALSE(packets.empty());
    gsize size = 0;
    for (std::size_t p = 0; p < packets.size(); ++p) {
      size += packets[p].size();
      EXPECT_LE(packets[p].size(), 1200U);
      EXPECT_EQ(testing::has_marker(packets[p]), p + 1 == packets.size());
      EXPECT_EQ(testing::rtp_timestamp(packets[p]), testing::rtp_timestamp(packets[0]));
      const auto sequence = static_cast<std::uint16_t>((packets[p][2] << 8) | packets[p][3]);
      if (last_sequence) {
        EXPECT_EQ(sequence, static_cast<std::uint16_t>(*last_sequence + 1));
      }
      last_sequence = sequence;
    }
    EXPECT_EQ(frames[i]->size, size);
    const std::uint32_t timestamp = testing::rtp_timestamp(packets[0]);
    if (last_timestamp) {
      EXPECT_NEAR(timestamp - *last_timestamp, 3000, 1);
    }
    last_timestamp = timestamp;
  }
  // Its RTP time is its clock time, so that the successor of a failed encoder continues it.
  const auto expected =
      static_cast<std::uint32_t>(gst_util_uint64_scale(kStart, 90000, GST_SECOND));
  EXPECT_NEAR(testing::rtp_timestamp(packets_of(*frames[0])[0]) - expected, 0, 1);
}

TEST_P(EveryVideoEncoder, MakesAKeyFrameOnRequest) {
  const Media media = raw_video(320, 180, 10);
  const auto pipeline = start(plan_for(GetParam().codec, media.caps, GetParam().factory));
  encode(*pipeline, media, 6);
  for (std::size_t i = 0; i < listener_->frames.size(); ++i) {
    EXPECT_EQ(listener_->frames[i]->key_frame, i == 0 || i == 6) << i;
  }
}

TEST_P(EveryVideoEncoder, FollowsAChangeOfSizeAndFormat) {
  const Media first = raw_video(320, 180, 4);
  const Media second = testing::make_media(
      "videotestsrc num-buffers=4 ! video/x-raw,format=BGRx,framerate=25/1,width=480,height=270");
  const auto pipeline = start(plan_for(GetParam().codec, first.caps, GetParam().factory));
  encode(*pipeline, first);
  ASSERT_TRUE(pipeline->accepts(second.caps.get()));
  EXPECT_FALSE(pipeline->caps_changed());
  encode(*pipeline, second);
  EXPECT_TRUE(pipeline->caps_changed());
  ASSERT_EQ(listener_->frames.size(), 8U);
  EXPECT_TRUE(listener_->frames[4]->key_frame);
}

TEST_P(EveryVideoEncoder, TakesABitrateWhileItRuns) {
  const Media media = raw_video(320, 180, 3);
  auto plan = plan_for(GetParam().codec, media.caps, GetParam().factory);
  GstElement* encoder = nullptr;
  plan.on_encoder_created = [&](GstElement* created) { encoder = created; };
  const Encoder& row = *plan.choice.encoder;
  const auto pipeline = start(std::move(plan));
  encode(*pipeline, media);
  pipeline->set_bitrate(3'000'000);
  encode(*pipeline, media);
  GValue value = G_VALUE_INIT;
  g_object_get_property(G_OBJECT(encoder), row.bitrate_property, &value);
  GValue number = G_VALUE_INIT;
  g_value_init(&number, G_TYPE_INT64);
  g_value_transform(&value, &number);
  EXPECT_EQ(g_value_get_int64(&number), row.bitrate_unit == BitrateUnit::kBit ? 3'000'000 : 3'000);
}

INSTANTIATE_TEST_SUITE_P(Software, EveryVideoEncoder,
                         ::testing::Values(VideoEncoder{"H264", "x264enc"},
                                           VideoEncoder{"H264", "openh264enc"},
                                           VideoEncoder{"VP8", "vp8enc"},
                                           VideoEncoder{"VP9", "vp9enc"}),
                         [](const auto& param) { return std::string(param.param.factory); });

TEST_F(EncodingPipelineTest, EveryH264KeyFrameHasItsParameterSetsOnceAndIsAnIdr) {
  const Media media = raw_video(320, 180, 8);
  const auto pipeline = start(plan_for("H264", media.caps, "x264enc"));
  encode(*pipeline, media, 5);
  for (const std::size_t key : {0, 5}) {
    const auto types = h264_nal_types(*listener_->frames[key]);
    EXPECT_EQ(std::count(types.begin(), types.end(), kSps), 1);
    EXPECT_EQ(std::count(types.begin(), types.end(), kPps), 1);
    EXPECT_GE(std::count(types.begin(), types.end(), kIdr), 1);
  }
  const auto types = h264_nal_types(*listener_->frames[3]);
  EXPECT_EQ(std::count(types.begin(), types.end(), kIdr), 0);
}

TEST_F(EncodingPipelineTest, H264IsConstrainedBaselineInAtMostFourSlices) {
  const Media media = raw_video(1280, 720, 2);
  const auto pipeline = start(plan_for("H264", media.caps, "x264enc"));
  encode(*pipeline, media);
  const GstStructure* rtp = gst_caps_get_structure(listener_->rtp_caps.get(), 0);
  EXPECT_EQ(std::string(gst_structure_get_string(rtp, "profile-level-id")).substr(0, 3), "42c");
  EXPECT_STREQ(
      gst_structure_get_string(gst_caps_get_structure(listener_->encoded_caps.get(), 0), "profile"),
      "constrained-baseline");
  const auto types = h264_nal_types(*listener_->frames[0]);
  EXPECT_LE(std::count(types.begin(), types.end(), kIdr), 4);
}

TEST_F(EncodingPipelineTest, OddSizesAreRoundedDownForEncodersThatRefuseThem) {
  const Media media = raw_video(321, 181, 3);
  const auto pipeline = start(plan_for("H264", media.caps, "x264enc"));
  encode(*pipeline, media);
  int width = 0;
  gst_structure_get_int(gst_caps_get_structure(listener_->encoded_caps.get(), 0), "width", &width);
  EXPECT_EQ(width, 320);
  EXPECT_FALSE(pipeline->accepts(raw_video(320, 180, 1).caps.get())) << "another front end";
}

TEST_F(EncodingPipelineTest, Vp8GetsTheOnlyColoursItKnows) {
  const Media media = testing::make_media(
      "videotestsrc num-buffers=2 ! "
      "video/x-raw,format=I420,width=1280,height=720,colorimetry=bt709");
  auto plan = plan_for("VP8", media.caps, "vp8enc");
  GstElement* encoder = nullptr;
  plan.on_encoder_created = [&](GstElement* created) { encoder = created; };
  const auto pipeline = start(std::move(plan));
  encode(*pipeline, media);
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder, "sink"));
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad.get()));
  EXPECT_STREQ(gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "colorimetry"),
               "bt601");
}

TEST_F(EncodingPipelineTest, ColorimetryTravelsWithH264) {
  const Media media = testing::make_media(
      "videotestsrc num-buffers=2 ! "
      "video/x-raw,format=I420,width=1280,height=720,colorimetry=bt709");
  const auto pipeline = start(plan_for("H264", media.caps, "x264enc"));
  encode(*pipeline, media);
  EXPECT_STREQ(gst_structure_get_string(gst_caps_get_structure(listener_->encoded_caps.get(), 0),
                                        "colorimetry"),
               "bt709");
}

TEST_F(EncodingPipelineTest, OpusComesInPerfectTenMillisecondSteps) {
  const Media media = raw_audio(2, 50);
  const auto pipeline = start(plan_for("OPUS", media.caps, "opusenc"));
  // Arrival times jitter as those of a sound card do.
  for (std::size_t i = 0; i < media.buffers.size(); ++i) {
    const GstClockTime jitter = (i % 3) * GST_MSECOND;
    ASSERT_TRUE(
        pipeline->push(media.caps, at(media.buffers[i], kStart + i * 10 * GST_MSECOND + jitter)));
  }
  ASSERT_TRUE(listener_->wait_for_frames(48)) << listener_->error;
  pipeline->stop();
  const auto& frames = listener_->frames;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_TRUE(frames[i]->key_frame);
    const auto packets = packets_of(*frames[i]);
    ASSERT_EQ(packets.size(), 1U);
    if (i < 2) continue;  // the first packet is shorter by the encoder's look-ahead
    EXPECT_EQ(frames[i]->time - frames[i - 1]->time, 10 * GST_MSECOND);
    EXPECT_EQ(
        testing::rtp_timestamp(packets[0]) - testing::rtp_timestamp(packets_of(*frames[i - 1])[0]),
        480U);
  }
}

// A pipeline that was paused goes on later on the clock; sound must not stay behind the picture.
TEST_F(EncodingPipelineTest, OpusFollowsAPauseOnTheClock) {
  const Media media = raw_audio(1, 60);
  const auto pipeline = start(plan_for("OPUS", media.caps, "opusenc"));
  constexpr GstClockTime kPause = 5 * GST_SECOND;
  GstClockTime last = 0;
  for (std::size_t i = 0; i < media.buffers.size(); ++i) {
    last = kStart + i * 10 * GST_MSECOND + (i < 30 ? 0 : kPause);
    ASSERT_TRUE(pipeline->push(media.caps, at(media.buffers[i], last)));
  }
  const auto followed = [&] {
    return !listener_->frames.empty() && listener_->frames.back()->time + 20 * GST_MSECOND >= last;
  };
  ASSERT_TRUE(listener_->wait_until(followed)) << listener_->error;
  pipeline->stop();
  for (std::size_t i = 1; i < listener_->frames.size(); ++i) {
    EXPECT_GT(listener_->frames[i]->time, listener_->frames[i - 1]->time);
    EXPECT_LE(listener_->frames[i]->time, last + 10 * GST_MSECOND);
  }
}

TEST_F(EncodingPipelineTest, OpusTakesAnyRateAndMixesManyChannelsDown) {
  const Media media = testing::make_media(
      "audiotestsrc samplesperbuffer=441 num-buffers=20 ! "
      "audio/x-raw,format=F32LE,rate=44100,channels=6,channel-mask=(bitmask)0x3f");
  const auto pipeline = start(plan_for("OPUS", media.caps, "opusenc"));
  for (std::size_t i = 0; i < media.buffers.size(); ++i) {
    ASSERT_TRUE(pipeline->push(media.caps, at(media.buffers[i], kStart + i * 10 * GST_MSECOND)));
  }
  ASSERT_TRUE(listener_->wait_for_frames(15)) << listener_->error;
  int channels = 0;
  gst_structure_get_int(gst_caps_get_structure(listener_->encoded_caps.get(), 0), "channels",
                        &channels);
  EXPECT_EQ(channels, 2);
}

struct EncodedInput {
  const char* name;
  const char* codec;
  const char* pipeline;
};

void PrintTo(const EncodedInput& input, std::ostream* out) {
  *out << input.name;
}

class EveryEncodedInput : public EncodingPipelineTest,
                          public ::testing::WithParamInterface<EncodedInput> {};

TEST_P(EveryEncodedInput, PassesWithItsKeyFramesAndTimes) {
  const Media media = testing::make_media(
      std::string(
          "videotestsrc num-buffers=20 ! video/x-raw,width=320,height=180,framerate=30/1 ! ") +
      GetParam().pipeline);
  const auto pipeline = start(plan_for(GetParam().codec, media.caps));
  for (std::size_t i = 0; i < media.buffers.size(); ++i) {
    ASSERT_TRUE(pipeline->push(media.caps, at(media.buffers[i], kStart + i * kFrameTime)));
  }
  // A parser may hold the last one back until it sees the next.
  ASSERT_TRUE(listener_->wait_for_frames(19)) << listener_->error;
  pipeline->stop();
  for (std::size_t i = 0; i < 19; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(listener_->frames[i]->time, kStart + i * kFrameTime);
    EXPECT_EQ(listener_->frames[i]->key_frame, i % 10 == 0);
    for (const auto& packet : packets_of(*listener_->frames[i])) EXPECT_LE(packet.size(), 1200U);
  }
}

INSTANTIATE_TEST_SUITE_P(
    PassThrough, EveryEncodedInput,
    ::testing::Values(
        EncodedInput{"H264Avc", "H264",
                     "x264enc tune=zerolatency key-int-max=10 ! video/x-h264,stream-format=avc"},
        EncodedInput{
            "H264ByteStream", "H264",
            "x264enc tune=zerolatency key-int-max=10 ! video/x-h264,stream-format=byte-stream"},
        EncodedInput{"H264Avc3", "H264",
                     "x264enc tune=zerolatency key-int-max=10 ! h264parse ! "
                     "video/x-h264,stream-format=avc3"},
        EncodedInput{"H264High", "H264",
                     "x264enc tune=zerolatency key-int-max=10 ! video/x-h264,profile=high"},
        EncodedInput{"H265", "H265",
                     "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=10 "
                     "option-string=scenecut=0"},
        EncodedInput{"VP8", "VP8", "vp8enc deadline=1 keyframe-max-dist=10"},
        EncodedInput{"VP9", "VP9",
                     "vp9enc deadline=1 cpu-used=8 lag-in-frames=0 keyframe-max-dist=10"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST_F(EncodingPipelineTest, AMissingElementIsNamed) {
  static std::array rows{testing::h264_row("no-such-encoder")};
  auto plan = plan_for("H264", raw_video(320, 180, 1).caps);
  plan.choice = {rows.data(), rows[0].inputs.data()};
  try {
    start(std::move(plan));
    FAIL() << "an encoder that does not exist";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNoEncoder);
    EXPECT_NE(std::string(error.what()).find("no-such-encoder"), std::string::npos) << error.what();
  }
}

TEST_F(EncodingPipelineTest, AnEncoderThatDoesNotStartSaysWhy) {
  testing::register_failing_encoders();
  static std::array rows{testing::h264_row(testing::kFailsToStart)};
  auto plan = plan_for("H264", raw_video(320, 180, 1).caps);
  plan.choice = {rows.data(), rows[0].inputs.data()};
  try {
    start(std::move(plan));
    FAIL() << "an encoder that refuses to start";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("All sessions of this encoder are taken"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(EncodingPipelineTest, AnErrorAtRunTimeIsReportedOnceWithItsSerial) {
  testing::register_failing_encoders();
  static std::array rows{testing::h264_row(testing::kFailsLater)};
  const Media media = raw_video(320, 180, 8);
  auto plan = plan_for("H264", media.caps);
  plan.choice = {rows.data(), rows[0].inputs.data()};
  const auto pipeline = start(std::move(plan));
  for (std::size_t i = 0; i < media.buffers.size(); ++i) {
    if (!pipeline->push(media.caps, at(media.buffers[i], kStart + i * kFrameTime))) break;
    if (!listener_->wait_for_frames(i + 1)) break;
  }
  ASSERT_TRUE(listener_->wait_until([&] { return !listener_->error.empty(); }));
  EXPECT_EQ(listener_->failed_serial, 7U);
}

TEST_F(EncodingPipelineTest, AnElementGetsTheContextItAsksFor) {
  const Media media = raw_video(320, 180, 1);
  auto plan = plan_for("H264", media.caps, "x264enc");
  GstElement* encoder = nullptr;
  plan.on_encoder_created = [&](GstElement* created) { encoder = created; };
  const auto pipeline = start(std::move(plan));
  gst_element_post_message(encoder,
                           gst_message_new_need_context(GST_OBJECT(encoder), "test.Device"));
  EXPECT_EQ(listener_->context_type, "test.Device");
  EXPECT_TRUE(Ref<GstContext>::adopt(gst_element_get_context(encoder, "test.Device")));
}

TEST_F(EncodingPipelineTest, RawVideoThatWaitsTooLongGivesWayToNewer) {
  const Media media = raw_video(1280, 720, 40);
  const auto pipeline = start(plan_for("VP9", media.caps, "vp9enc"));
  for (std::size_t i = 0; i < media.buffers.size(); ++i) {
    ASSERT_TRUE(pipeline->push(media.caps, at(media.buffers[i], kStart + i * kFrameTime)));
  }
  const GstClockTime last = kStart + (media.buffers.size() - 1) * kFrameTime;
  ASSERT_TRUE(listener_->wait_until(
      [&] { return !listener_->frames.empty() && listener_->frames.back()->time == last; }));
  EXPECT_LT(listener_->frames.size(), media.buffers.size());
}

// Its memory can neither be copied nor mapped; another encoder may have it too.
TEST_F(EncodingPipelineTest, TakesADevicesPictureThatSomebodyElseHolds) {
  const auto converters = doubles::jetson_converters();
  const auto encoders = doubles::install(doubles::jetson());
  const auto caps = doubles::in_memory(
      "video/x-raw,format=NV12,width=320,height=240,framerate=30/1", doubles::MemoryKind::kNvmm);
  GstVideoInfo info;
  ASSERT_TRUE(gst_video_info_from_caps(&info, caps.get()));
  auto plan = plan_for("H264", caps);
  const auto choices = EncoderCatalogue(encoder_table()).choices(*plan.codec, caps.get());
  ASSERT_FALSE(choices.empty());
  plan.choice = choices.front();
  const auto pipeline = start(std::move(plan));
  const auto held = doubles::make_buffer(doubles::MemoryKind::kNvmm, info);
  GST_BUFFER_PTS(held.get()) = kStart;
  ASSERT_TRUE(pipeline->push(caps, held));
  EXPECT_TRUE(listener_->wait_for_frames(1)) << listener_->error;
}

}  // namespace
}  // namespace webrtcserver
