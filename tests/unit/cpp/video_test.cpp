// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <webrtcserver/video.hpp>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using webrtcserver::Error;
using webrtcserver::ErrorCode;
using webrtcserver::Image;
using webrtcserver::PixelFormat;
using webrtcserver::VideoOptions;
using webrtcserver::VideoOutput;
using webrtcserver::VideoSource;

constexpr auto kPatience = 20s;

template <typename Body>
ErrorCode code_of(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    EXPECT_STRNE(error.what(), "");
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kFailed;
}

// A folder of this test's own, gone when it ends.
class VideoFiles : public testing::Test {
 protected:
  VideoFiles() { std::filesystem::create_directories(folder_); }
  ~VideoFiles() override { std::filesystem::remove_all(folder_); }

  std::string path(const char* name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      ("cpp-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + "-" +
       std::to_string(g_random_int()));
};

VideoOptions small(std::uint64_t frames) {
  VideoOptions options;
  options.input_width = 64;
  options.input_height = 48;
  options.num_frames = frames;
  options.format = to_string(PixelFormat::kBgr);
  return options;
}

TEST(VideoSource, GivesImagesAsTheyWereAskedForAndEnds) {
  const auto source = VideoSource::create("test://red", small(3));
  EXPECT_EQ(source->uri(), "test://red");
  EXPECT_TRUE(source->is_streaming());
  std::vector<std::chrono::nanoseconds> times;
  while (source->is_streaming()) {
    const auto image = source->capture();
    if (!image) continue;
    EXPECT_EQ(image->width(), 64);
    EXPECT_EQ(image->height(), 48);
    EXPECT_EQ(image->format(), PixelFormat::kBgr);
    EXPECT_EQ(image->memory(), webrtcserver::Memory::kCpu);
    EXPECT_GT(image->data()[2], 200);
    EXPECT_LT(image->data()[1], 60);
    ASSERT_TRUE(image->timestamp());
    times.push_back(*image->timestamp());
  }
  ASSERT_EQ(times.size(), 3U);
  EXPECT_LT(times[0], times[1]);
  EXPECT_LT(times[1], times[2]);
  EXPECT_EQ(source->capture(0ms), std::nullopt);
  const VideoSource::Statistics statistics = source->statistics();
  EXPECT_EQ(statistics.frames, 3U);
  EXPECT_EQ(statistics.width, 64);
  EXPECT_EQ(statistics.height, 48);
}

TEST(VideoSource, RefusesWhatCannotBeReadAtOnce) {
  EXPECT_EQ(code_of([] { VideoSource::create("tset://"); }), ErrorCode::kInvalidUri);
  EXPECT_EQ(code_of([] { VideoSource::create(""); }), ErrorCode::kInvalidUri);
  code_of([] { VideoSource::create("/nowhere/film.mp4"); });
  VideoOptions options;
  options.format = "no format";
  code_of([&] { VideoSource::create("test://", options); });
}

TEST(VideoSource, CloseWakesWhoWaits) {
  const auto source = VideoSource::create("webrtc://127.0.0.1:0/input");
  source->open();
  std::optional<Image> image;
  std::thread waiting([&] { image = source->capture(); });
  source->close();
  waiting.join();
  EXPECT_FALSE(image);
  EXPECT_FALSE(source->is_streaming());
  EXPECT_FALSE(source->capture(kPatience));
}

TEST_F(VideoFiles, FileThatIsNoVideoIsAnErrorOnce) {
  std::ofstream(path("film.mp4")) << "This is no film.";
  const auto source = VideoSource::create(path("film.mp4"));
  code_of([&] { source->capture(); });
  EXPECT_FALSE(source->is_streaming());
  EXPECT_FALSE(source->capture());
}

TEST_F(VideoFiles, PixelsOfAnyStrideArriveAsTheyWere) {
  // Seven pixels of a larger picture: rows apart, and not aligned.
  constexpr int kWidth = 7;
  constexpr int kHeight = 5;
  constexpr std::ptrdiff_t kStride = 50;
  std::array<std::uint8_t, kStride * kHeight> pixels{};
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i);
  VideoOptions options;
  options.wait = true;
  const auto output = VideoOutput::create(path("img_%02d.png"), options);
  std::atomic<int> released = 0;
  output->render(
      Image::wrap(pixels.data(), kWidth, kHeight, PixelFormat::kBgr, kStride, [&] { ++released; }));
  output->close();
  EXPECT_EQ(released, 1);

  VideoOptions bgr;
  bgr.format = "BGR";
  const auto source = VideoSource::create(path("img_%02d.png"), bgr);
  const auto image = source->capture(kPatience);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->width(), kWidth);
  EXPECT_EQ(image->height(), kHeight);
  for (int row = 0; row < kHeight; ++row) {
    const std::uint8_t* read = image->data() + row * image->stride();
    const std::uint8_t* written = pixels.data() + row * kStride;
    EXPECT_EQ(std::vector(read, read + 3 * kWidth), std::vector(written, written + 3 * kWidth))
        << "row " << row;
  }
}

TEST_F(VideoFiles, SeveralTargetsAreOneOutput) {
  const auto source = VideoSource::create("test://", small(10));
  VideoOptions options;
  options.wait = true;
  const auto output = VideoOutput::create({path("a.mkv"), path("b.mkv")}, options);
  EXPECT_THAT(output->uris(), ElementsAre(path("a.mkv"), path("b.mkv")));
  while (source->is_streaming())
    if (const auto image = source->capture()) output->render(*image);
  EXPECT_TRUE(output->is_streaming());
  output->close();
  EXPECT_FALSE(output->is_streaming());
  const VideoOutput::Statistics statistics = output->statistics();
  EXPECT_EQ(statistics.frames, 10U);
  EXPECT_EQ(statistics.width, 64);
  ASSERT_EQ(statistics.targets.size(), 2U);
  EXPECT_EQ(statistics.targets[1].uri, path("b.mkv"));
  EXPECT_EQ(statistics.targets[1].frames, 10U);
  EXPECT_EQ(statistics.targets[0].codec, statistics.targets[1].codec);
  EXPECT_EQ(statistics.targets[0].error, "");
  for (const char* name : {"a.mkv", "b.mkv"}) {
    const auto copy = VideoSource::create(path(name));
    int images = 0;
    while (copy->is_streaming()) images += copy->capture() ? 1 : 0;
    EXPECT_EQ(images, 10) << name;
  }
}

TEST_F(VideoFiles, RenderAfterCloseIsAnErrorAndCloseIsNot) {
  const auto output = VideoOutput::create(path("film.mkv"));
  output->render(Image::allocate(64, 48, PixelFormat::kI420));
  output->close();
  EXPECT_EQ(code_of([&] { output->render(Image::allocate(64, 48, PixelFormat::kI420)); }),
            ErrorCode::kClosed);
  EXPECT_NO_THROW(output->close());
}

TEST(VideoOutput, RefusesWhatCannotBeWrittenAtOnce) {
  EXPECT_EQ(code_of([] { VideoOutput::create("tset://"); }), ErrorCode::kInvalidUri);
  EXPECT_EQ(code_of([] { VideoOutput::create("test://"); }), ErrorCode::kInvalidUri);
  code_of([] { VideoOutput::create("/nowhere/at/all/film.mkv"); });
  code_of([] { VideoOutput::create(std::vector<std::string>{}); });
}

TEST(VideoOutput, TakesAHandlerForTargetsThatFail) {
  // The function goes with the output, and is not called without reason.
  const auto held = std::make_shared<int>(0);
  {
    const auto output = VideoOutput::create("webrtc://127.0.0.1:0/output");
    output->on_target_failed([held](const std::string&, const std::string&) { ++*held; });
    output->render(Image::allocate(64, 48, PixelFormat::kI420));
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(*held, 0);
}

}  // namespace
