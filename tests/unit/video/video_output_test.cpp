// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/video_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "base/error.hpp"
#include "support/encoder_count.hpp"
#include "support/patience.hpp"
#include "support/picture_samples.hpp"
#include "support/recorded_media.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

using test::encoded_pictures;
using test::kBlue;
using test::kRed;
using test::picture;
using test::play_file;
using testing::HasSubstr;

constexpr GstClockTime kStep = GST_SECOND / 25;
constexpr const char* kX264 =
    "x264enc tune=zerolatency key-int-max=10 ! h264parse ! "
    "video/x-h264,stream-format=byte-stream,alignment=au";

VideoOptions waiting() {
  VideoOptions options;
  options.wait = true;
  return options;
}

std::shared_ptr<VideoOutput> make(const std::vector<std::string>& uris,
                                  const VideoOptions& options = waiting()) {
  return VideoOutput::create(uris, options, {});
}

void render(VideoOutput& output, int count, int width = 160, int height = 120,
            test::Colour colour = kRed, int from = 0) {
  for (int i = 0; i < count; ++i) {
    output.render(
        picture(width, height, colour, 7 * GST_SECOND + static_cast<GstClockTime>(from + i) * kStep)
            .get());
  }
}

std::string error_of(const std::function<void()>& call, ErrorCode code) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "";
}

class VideoOutputFile : public testing::TestWithParam<std::pair<const char*, const char*>> {
 protected:
  const test::TemporaryFolder folder_;
};

TEST_P(VideoOutputFile, HasEveryFrameInItsTime) {
  const std::string path = folder_.path(std::string("film.") + GetParam().first);
  const auto output = make({path});
  for (GstClockTime i = 0; i < 20; ++i)
    output->render(picture(160, 120, kRed, 7 * GST_SECOND + i * kStep, 25).get());
  output->close();
  const auto film = play_file(path);
  EXPECT_EQ(film.error, "");
  EXPECT_EQ(film.codec, GetParam().second);
  ASSERT_EQ(film.frames.size(), 20U);
  EXPECT_TRUE(film.is_monotonic());
  EXPECT_NEAR(static_cast<double>(film.frames[19].pts - film.frames[0].pts),
              static_cast<double>(19 * kStep), GST_MSECOND * 2);
  EXPECT_NEAR(film.frames[10].red, kRed.red, 30);
  EXPECT_EQ(film.frames[10].width, 160);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, VideoOutputFile,
    testing::Values(std::pair{"mp4", "video/x-h264"}, std::pair{"mkv", "video/x-h264"},
                    std::pair{"mov", "video/x-h264"}, std::pair{"ts", "video/x-h264"},
                    std::pair{"avi", "video/x-h264"}, std::pair{"flv", "video/x-h264"},
                    std::pair{"webm", "video/x-vp8"}),
    [](const auto& test) { return std::string(test.param.first); });

class VideoOutputTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_.path(name); }

  const test::TemporaryFolder folder_;
};

TEST_F(VideoOutputTest, NumbersItsImages) {
  const auto output = make({path("img_%03d.jpg"), path("last.png")});
  render(*output, 3);
  output->close();
  for (const char* name : {"img_000.jpg", "img_002.jpg", "last.png"}) {
    const auto image = play_file(path(name));
    ASSERT_EQ(image.frames.size(), 1U) << name << image.error;
    EXPECT_NEAR(image.frames[0].red, kRed.red, 20);
  }
  EXPECT_FALSE(std::filesystem::exists(path("img_003.jpg")));
}

TEST_F(VideoOutputTest, EncodesOnceForTargetsThatShareACodec) {
  test::count_codecs();
  const auto output = make({path("a.mp4"), path("b.mkv"), path("c.ts")});
  render(*output, 5);
  output->close();
  EXPECT_EQ(test::count_codecs().encoders, 1U);
  for (const char* name : {"a.mp4", "b.mkv", "c.ts"})
    EXPECT_EQ(play_file(path(name)).frames.size(), 5U) << name;
}

TEST_F(VideoOutputTest, EncodedFramesPassAsTheyAre) {
  const auto samples = encoded_pictures(kX264, 160, 120, 15);
  test::count_codecs();
  const auto output = make({path("a.mp4"), path("b.mkv")});
  for (const auto& sample : samples) output->render(sample.get());
  output->close();
  const auto count = test::count_codecs();
  EXPECT_EQ(count.encoders, 0U);
  EXPECT_EQ(count.decoders, 0U);
  EXPECT_EQ(play_file(path("a.mp4")).frames.size(), 15U);
  EXPECT_EQ(play_file(path("b.mkv")).frames.size(), 15U);
}

TEST_F(VideoOutputTest, FramesAheadOfTheFirstKeyFrameAreNotWritten) {
  const auto samples = encoded_pictures(kX264, 160, 120, 20);
  const auto output = make({path("a.mp4")});
  for (std::size_t i = 3; i < samples.size(); ++i) output->render(samples[i].get());
  output->close();
  EXPECT_EQ(play_file(path("a.mp4")).frames.size(), 10U);
}

TEST_F(VideoOutputTest, TranscodesForTargetsThatDoNotTakeTheCodec) {
  const auto samples = encoded_pictures(kX264, 160, 120, 10);
  const auto output = make({path("a.mp4"), path("b.webm"), path("img_%02d.jpg")});
  for (const auto& sample : samples) output->render(sample.get());
  output->close();
  EXPECT_EQ(play_file(path("a.mp4")).frames.size(), 10U);
  const auto webm = play_file(path("b.webm"));
  EXPECT_EQ(webm.codec, "video/x-vp8");
  EXPECT_EQ(webm.frames.size(), 10U);
  EXPECT_TRUE(std::filesystem::exists(path("img_09.jpg")));
}

TEST_F(VideoOutputTest, PictureOfAnotherSizeGetsBordersInAFile) {
  const auto output = make({path("a.mp4")});
  render(*output, 5, 160, 120);
  render(*output, 5, 60, 120, kBlue, 5);
  output->close();
  const auto film = play_file(path("a.mp4"));
  EXPECT_EQ(film.error, "");
  ASSERT_EQ(film.frames.size(), 10U);
  EXPECT_EQ(film.frames[9].width, 160);
  EXPECT_EQ(film.frames[9].height, 120);
  EXPECT_NEAR(film.frames[9].blue, kBlue.blue, 30);
  EXPECT_GT(film.frames[4].corner, 150);
  EXPECT_LT(film.frames[9].corner, 60);
}

TEST_F(VideoOutputTest, EncodedVideoOfAnotherSizeEndsTheFileAndKeepsIt) {
  const auto small = encoded_pictures(kX264, 160, 120, 10);
  const auto large = encoded_pictures(kX264, 320, 240, 10);
  const auto output = make({path("a.mp4")});
  for (const auto& sample : small) output->render(sample.get());
  const auto words = error_of(
      [&] {
        for (int i = 0; i < 2000; ++i) {
          output->render(large[static_cast<std::size_t>(i) % large.size()].get());
          std::this_thread::yield();
        }
      },
      ErrorCode::kFailed);
  EXPECT_THAT(words, HasSubstr("160×120 to 320×240"));
  output->close();
  const auto film = play_file(path("a.mp4"));
  EXPECT_EQ(film.error, "");
  EXPECT_EQ(film.frames.size(), 10U);
}

// Memory that no element here knows.
Ref<GstSample> out_of_reach(const Ref<GstSample>& sample) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_copy(gst_sample_get_caps(sample.get())));
  gst_caps_set_features(caps.get(), 0, gst_caps_features_new("memory:Nowhere", nullptr));
  return Ref<GstSample>::adopt(
      gst_sample_new(gst_sample_get_buffer(sample.get()), caps.get(), nullptr, nullptr));
}

TEST_F(VideoOutputTest, WhatNoEncoderTakesEndsTheFileAndKeepsIt) {
  struct Failure final : VideoOutput::Listener {
    void on_target_failed(const std::string& /*uri*/, const std::string& /*message*/) override {
      came.set();
    }
    Completion came;
  };
  const auto failure = std::make_shared<Failure>();
  const auto output = VideoOutput::create({path("a.mp4")}, waiting(), failure);
  render(*output, 10);
  output->render(out_of_reach(picture(160, 120, kBlue, 8 * GST_SECOND)).get());
  ASSERT_TRUE(failure->came.wait_until(Completion::Clock::now() + test::kPatience));
  EXPECT_THAT(error_of([&] { render(*output, 1); }, ErrorCode::kFailed),
              HasSubstr("No encoder of H264 takes"));
  output->close();
  const auto film = play_file(path("a.mp4"));
  EXPECT_EQ(film.error, "");
  EXPECT_EQ(film.frames.size(), 10U);
}

TEST_F(VideoOutputTest, NothingIsLostBetweenRawAndEncodedFrames) {
  const auto samples = encoded_pictures(kX264, 160, 120, 10);
  const auto output = make({path("a.ts")});
  render(*output, 10);
  for (const auto& sample : samples) output->render(sample.get());
  render(*output, 10, 160, 120, kBlue, 30);
  output->close();
  EXPECT_EQ(play_file(path("a.ts")).frames.size(), 30U);
}

TEST_F(VideoOutputTest, OddSizesAndSamplesWithoutTimeAreWritten) {
  const auto output = make({path("a.mp4")});
  for (int i = 0; i < 4; ++i) output->render(picture(161, 121, kRed, GST_CLOCK_TIME_NONE).get());
  output->close();
  const auto film = play_file(path("a.mp4"));
  EXPECT_EQ(film.error, "");
  EXPECT_EQ(film.frames.size(), 4U);
  EXPECT_TRUE(film.is_monotonic());
}

TEST_F(VideoOutputTest, SeveralThreadsRender) {
  const auto output = make({path("a.mkv")});
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&output] {
      for (int i = 0; i < 10; ++i)
        output->render(picture(160, 120, kRed, GST_CLOCK_TIME_NONE).get());
    });
  }
  for (auto& thread : threads) thread.join();
  output->close();
  EXPECT_EQ(play_file(path("a.mkv")).frames.size(), 40U);
}

TEST_F(VideoOutputTest, FilesHaveRoomForFramesThatAnEncoderIsBehind) {
  const auto output = make({path("a.mkv")}, {});
  const auto sample = picture(160, 120, kRed, GST_CLOCK_TIME_NONE);
  for (int i = 0; i < 15; ++i) output->render(sample.get());
  output->close();
  EXPECT_EQ(play_file(path("a.mkv")).frames.size(), 15U);
}

TEST_F(VideoOutputTest, CountsWhatAFloodMakesItDrop) {
  const auto output = make({path("a.mkv")}, {});
  const auto sample = picture(640, 480, kRed, GST_CLOCK_TIME_NONE);
  for (int i = 0; i < 200; ++i) output->render(sample.get());
  output->close();
  const auto stats = output->statistics();
  guint64 rendered = 0;
  guint64 dropped = 0;
  gst_structure_get_uint64(stats.get(), "frames", &rendered);
  gst_structure_get_uint64(stats.get(), "dropped", &dropped);
  EXPECT_EQ(rendered, 200U);
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(play_file(path("a.mkv")).frames.size(), 200 - dropped);
}

TEST_F(VideoOutputTest, RefusesWhatIsNoFrame) {
  const auto output = make({path("a.mkv")});
  const auto sound = Ref<GstCaps>::adopt(gst_caps_new_empty_simple("audio/x-raw"));
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  const auto sample =
      Ref<GstSample>::adopt(gst_sample_new(buffer.get(), sound.get(), nullptr, nullptr));
  EXPECT_THAT(error_of([&] { output->render(sample.get()); }, ErrorCode::kNoCommonCodec),
              HasSubstr("audio/x-raw"));
  const auto empty = Ref<GstSample>::adopt(gst_sample_new(nullptr, nullptr, nullptr, nullptr));
  error_of([&] { output->render(empty.get()); }, ErrorCode::kFailed);
  render(*output, 2);
  output->close();
  EXPECT_EQ(play_file(path("a.mkv")).frames.size(), 2U);
}

TEST_F(VideoOutputTest, RefusesFramesAfterItsEnd) {
  const auto output = make({path("a.mp4")});
  render(*output, 1);
  EXPECT_TRUE(output->is_streaming());
  output->close();
  output->close();
  EXPECT_FALSE(output->is_streaming());
  error_of([&] { render(*output, 1); }, ErrorCode::kClosed);
}

TEST_F(VideoOutputTest, WhatIsLeftOutIsNoTargetThatIsLeft) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  std::filesystem::create_symlink("/dev/full", path("full.mkv"));
  VideoOptions options = waiting();
  options.headless = true;
  const auto output = make({"display://", path("full.mkv")}, options);
  EXPECT_TRUE(output->is_streaming());
  const auto words = error_of([&] { render(*output, 2000); }, ErrorCode::kFailed);
  EXPECT_THAT(words, HasSubstr("full.mkv"));
  EXPECT_FALSE(output->is_streaming());
  output->close();
  EXPECT_TRUE(make({"display://"}, options)->is_streaming());
}

// As where no plugin for it is installed.
class NoDecoder {
 public:
  explicit NoDecoder(const GstCaps* caps) {
    GList* decoders =
        gst_element_factory_list_get_elements(GST_ELEMENT_FACTORY_TYPE_DECODER, GST_RANK_MARGINAL);
    for (GList* item = decoders; item; item = item->next) {
      if (!gst_element_factory_can_sink_any_caps(GST_ELEMENT_FACTORY(item->data), caps)) continue;
      auto* feature = GST_PLUGIN_FEATURE(item->data);
      ranks_.emplace_back(Ref<GstPluginFeature>::retain(feature),
                          gst_plugin_feature_get_rank(feature));
      gst_plugin_feature_set_rank(feature, GST_RANK_NONE);
    }
    gst_plugin_feature_list_free(decoders);
  }
  ~NoDecoder() {
    for (const auto& [feature, rank] : ranks_) gst_plugin_feature_set_rank(feature.get(), rank);
  }
  NoDecoder(const NoDecoder&) = delete;
  NoDecoder& operator=(const NoDecoder&) = delete;

 private:
  std::vector<std::pair<Ref<GstPluginFeature>, guint>> ranks_;
};

TEST_F(VideoOutputTest, FrameThatCannotBeDecodedEndsNothing) {
  const auto samples = encoded_pictures("vp8enc deadline=1", 160, 120, 4);
  {
    const NoDecoder none(gst_sample_get_caps(samples[0].get()));
    const auto output = make({path("a.mp4")});
    render(*output, 3);
    EXPECT_THAT(error_of([&] { output->render(samples[0].get()); }, ErrorCode::kFailed),
                HasSubstr("VP8"));
    render(*output, 5, 160, 120, kBlue, 3);
    output->close();
    const auto film = play_file(path("a.mp4"));
    EXPECT_EQ(film.error, "");
    // Those ahead of it may have been on their way through the encoder, which was replaced.
    EXPECT_GE(film.frames.size(), 5U);
  }
  {
    const NoDecoder none(gst_sample_get_caps(samples[0].get()));
    const auto output = make({path("b.mkv"), path("img_%02d.jpg")});
    for (const auto& sample : samples) output->render(sample.get());
    output->close();
  }
  EXPECT_EQ(play_file(path("b.mkv")).frames.size(), 4U);
}

TEST_F(VideoOutputTest, SaysWhatIsWrongBeforeAnythingIsOpened) {
  EXPECT_THAT(error_of([&] { make({path("none/a.mp4")}); }, ErrorCode::kFailed),
              HasSubstr("does not exist"));
  EXPECT_THAT(error_of([&] { make({path("a.doc")}); }, ErrorCode::kInvalidUri),
              HasSubstr("\".doc\" cannot be written; there are .mp4"));
  EXPECT_THAT(error_of(
                  [&] {
                    make({path("a.mp4"), path("a.mp4")});
                  },
                  ErrorCode::kSettingsConflict),
              HasSubstr("twice"));
  EXPECT_THAT(error_of(
                  [&] {
                    make({path("a.mp4"), path("./a.mp4")});
                  },
                  ErrorCode::kSettingsConflict),
              HasSubstr("twice"));
  std::filesystem::create_directory(path("folder.mp4"));
  EXPECT_THAT(error_of([&] { make({path("folder.mp4")}); }, ErrorCode::kFailed),
              HasSubstr("is a folder"));
  ASSERT_EQ(mkfifo(path("pipe.mkv").c_str(), 0600), 0);
  EXPECT_THAT(error_of([&] { make({path("pipe.mkv")}); }, ErrorCode::kFailed), HasSubstr("a pipe"));
  EXPECT_FALSE(std::filesystem::exists(path("a.mp4")));
}

}  // namespace
}  // namespace webrtcserver
