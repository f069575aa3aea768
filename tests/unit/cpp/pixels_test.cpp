// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <webrtcserver/video.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using webrtcserver::Error;
using webrtcserver::Image;
using webrtcserver::Memory;
using webrtcserver::PixelFormat;
using webrtcserver::Pixels;
using webrtcserver::VideoOptions;
using webrtcserver::VideoOutput;
using webrtcserver::VideoSource;

constexpr auto kPatience = 20s;
constexpr int kWidth = 64;
constexpr int kHeight = 48;

template <typename Body>
std::string words_of(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::unique_ptr<VideoSource> blue_source() {
  VideoOptions options;
  options.input_width = kWidth;
  options.input_height = kHeight;
  options.num_frames = 2;
  return VideoSource::create("test://blue", options);
}

TEST(Pixels, AreCapturedIntoTheApplicationsMemory) {
  const auto source = blue_source();
  std::vector<float> tensor(3 * kWidth * kHeight);
  Pixels pixels(tensor.data(), kWidth, kHeight, PixelFormat::kPlanarRgbFloat);
  pixels.mean = {0.5F, 0.5F, 0.5F};
  pixels.deviation = {0.5F, 0.5F, 0.5F};
  ASSERT_TRUE(source->capture_into(pixels, kPatience));
  ASSERT_TRUE(pixels.timestamp);
  EXPECT_LT(tensor.front(), -0.9F);
  EXPECT_GT(tensor.back(), 0.9F);
  ASSERT_TRUE(source->capture_into(pixels));
  EXPECT_GT(*pixels.timestamp, 0ns);
  EXPECT_FALSE(source->capture_into(pixels, 0ms));
  EXPECT_FALSE(source->is_streaming());
}

TEST(Pixels, AreRenderedWithoutBeingKept) {
  const auto output = VideoOutput::create("webrtc://127.0.0.1:0/output");
  {
    std::vector<std::uint8_t> rgba(4 * kWidth * kHeight, 90);
    output->render(Pixels(rgba.data(), kWidth, kHeight, PixelFormat::kRgba));
  }
  {
    // Another layout and size.
    std::vector<float> rgb(3 * 32 * 32, 0.5F);
    output->render(Pixels(rgb.data(), 32, 32, PixelFormat::kRgbFloat));
  }
  EXPECT_EQ(output->statistics().frames, 2U);
  EXPECT_EQ(output->statistics().width, 32);
  output->close();
}

TEST(Pixels, AreCopiedAndConvertedFromAnImage) {
  const auto image = blue_source()->capture(kPatience);
  ASSERT_TRUE(image);
  std::vector<std::uint8_t> bgr(3 * kWidth * kHeight);
  image->copy_to(Pixels(bgr.data(), kWidth, kHeight, PixelFormat::kBgr));
  EXPECT_GT(bgr[0], 240);
  EXPECT_LT(bgr[2], 12);

  const Image rgba = image->converted(PixelFormat::kRgba);
  EXPECT_EQ(rgba.format(), PixelFormat::kRgba);
  EXPECT_EQ(rgba.timestamp(), image->timestamp());
  EXPECT_LT(rgba.data()[0], 12);
  EXPECT_GT(rgba.data()[2], 240);
  EXPECT_EQ(rgba.data()[3], 255);
  EXPECT_THAT(words_of([&] { image->converted(PixelFormat::kRgbFloat); }), HasSubstr("RGB float"));
}

TEST(Pixels, ThatCannotBeAreRefused) {
  const auto output = VideoOutput::create("webrtc://127.0.0.1:0/output");
  std::uint8_t byte = 0;
  EXPECT_THAT(words_of([&] { output->render(Pixels(&byte, 8, 8, PixelFormat::kYuy2)); }),
              HasSubstr("YUY2"));
  EXPECT_THAT(words_of([&] { output->render(Pixels(&byte, 0, 8, PixelFormat::kRgb)); }),
              HasSubstr("0x8"));
  EXPECT_THAT(words_of([&] { output->render(Pixels(&byte, 8, 8, PixelFormat::kRgb, 7)); }),
              HasSubstr("stride of 7"));
  Pixels nowhere(&byte, 8, 8, PixelFormat::kRgb);
  nowhere.memory = Memory::kOther;
  EXPECT_NE(words_of([&] { output->render(nowhere); }), "");
  Pixels early(&byte, 1, 1, PixelFormat::kGray8);
  early.timestamp = -1ns;
  EXPECT_NE(words_of([&] { output->render(early); }), "");
  EXPECT_EQ(output->statistics().frames, 0U);
}

}  // namespace
