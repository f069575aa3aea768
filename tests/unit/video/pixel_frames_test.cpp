// SPDX-License-Identifier: LGPL-2.1-or-later
// An application's pixels as frames, and frames as an application's pixels, in the CPU's memory.
#include "video/pixel_frames.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "support/picture_samples.hpp"
#include "video/frame_copy.hpp"

namespace webrtcserver {
namespace {

using test::picture;
using testing::HasSubstr;

constexpr int kWidth = 22;
constexpr int kHeight = 10;
constexpr test::Colour kColour{200, 120, 40};
constexpr double kNear = 4;  // chroma at half the size, and three roundings
constexpr int kGap = 24;     // bytes between rows

// Memory of the application's, with gaps between its rows.
class Memory {
 public:
  explicit Memory(PixelLayout layout, int width = kWidth, int height = kHeight) {
    PixelBlock block = pixel_block(layout, width, height, 4);
    std::size_t size = 0;
    for (int plane = 0; plane < plane_count(layout); ++plane) {
      const auto i = static_cast<std::size_t>(plane);
      block.strides[i] += kGap;
      block.offsets[i] = static_cast<std::ptrdiff_t>(size);
      size += static_cast<std::size_t>(block.strides[i]) *
              static_cast<std::size_t>(row_count(layout, height, plane));
    }
    bytes_.resize(size, kUntouched);
    picture.pixels = pixels_in(bytes_.data(), block, layout, width, height);
    picture.memory = PixelMemory::kHost;
  }

  template <typename T>
  T& at(int plane, int x, int y) {
    const auto i = static_cast<std::size_t>(plane);
    return reinterpret_cast<T*>(static_cast<std::uint8_t*>(picture.pixels.planes[i]) +
                                y * picture.pixels.strides[i])[x];
  }

  bool gaps_are_untouched() {
    for (int plane = 0; plane < plane_count(picture.pixels.layout); ++plane) {
      for (int y = 0; y < row_count(picture.pixels.layout, picture.pixels.height, plane); ++y) {
        const auto end = row_bytes(picture.pixels.layout, picture.pixels.width, plane);
        for (auto x = end; x < end + kGap; ++x)
          if (at<std::uint8_t>(plane, static_cast<int>(x), y) != kUntouched) return false;
      }
    }
    return true;
  }

  ApplicationPixels picture;

 private:
  static constexpr std::uint8_t kUntouched = 0xa5;

  std::vector<std::uint8_t> bytes_;
};

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

struct Values {
  double red;
  double green;
  double blue;
};

// Of a pixel, from 0 to 255.
Values colour_at(Memory& memory, int x, int y) {
  const PixelLayout layout = memory.picture.pixels.layout;
  const double scale = 255.0 / static_cast<double>(memory.picture.white);
  const auto bytes = [&](int pixel, int red, int blue) {
    return Values{static_cast<double>(memory.at<std::uint8_t>(0, pixel * x + red, y)),
                  static_cast<double>(memory.at<std::uint8_t>(0, pixel * x + 1, y)),
                  static_cast<double>(memory.at<std::uint8_t>(0, pixel * x + blue, y))};
  };
  const auto floats = [&](int channel, float value) {
    const auto i = static_cast<std::size_t>(channel);
    return static_cast<double>(value * memory.picture.deviation[i] + memory.picture.mean[i]) *
           scale;
  };
  switch (layout) {
    case PixelLayout::kRgb8:
      return bytes(3, 0, 2);
    case PixelLayout::kRgba8:
      return bytes(4, 0, 2);
    case PixelLayout::kBgr8:
      return bytes(3, 2, 0);
    case PixelLayout::kBgra8:
      return bytes(4, 2, 0);
    case PixelLayout::kPlanarRgbFloat:
      return {floats(0, memory.at<float>(0, x, y)), floats(1, memory.at<float>(1, x, y)),
              floats(2, memory.at<float>(2, x, y))};
    default: {
      const int pixel = layout == PixelLayout::kRgbFloat ? 3 : 4;
      return {floats(0, memory.at<float>(0, pixel * x, y)),
              floats(1, memory.at<float>(0, pixel * x + 1, y)),
              floats(2, memory.at<float>(0, pixel * x + 2, y))};
    }
  }
}

void expect_colour(Memory& memory, test::Colour colour) {
  for (const int x : {0, kWidth - 1}) {
    for (const int y : {0, kHeight - 1}) {
      const Values seen = colour_at(memory, x, y);
      EXPECT_NEAR(seen.red, colour.red, kNear) << x << "," << y;
      EXPECT_NEAR(seen.green, colour.green, kNear) << x << "," << y;
      EXPECT_NEAR(seen.blue, colour.blue, kNear) << x << "," << y;
    }
  }
}

class ColourLayout : public testing::TestWithParam<PixelLayout> {};

TEST_P(ColourLayout, GoesThroughAFrameAndBack) {
  Memory first(GetParam());
  first.picture.mean = {0.4F, 0.3F, 0.2F};
  first.picture.deviation = {0.2F, 0.5F, 2};
  copy_frame(picture(kWidth, kHeight, kColour, 5).get(), first.picture);
  expect_colour(first, kColour);
  EXPECT_TRUE(first.gaps_are_untouched());
  EXPECT_EQ(first.picture.pts, 5U);

  PixelFrames frames(false);
  const auto frame = frames.make(first.picture);
  const std::string caps = take_string(gst_caps_to_string(gst_sample_get_caps(frame.get())));
  EXPECT_THAT(caps, HasSubstr("format=(string)I420"));
  EXPECT_EQ(GST_BUFFER_PTS(gst_sample_get_buffer(frame.get())), 5U);
  Memory second(GetParam());
  second.picture.white = 255;
  copy_frame(frame.get(), second.picture);
  expect_colour(second, kColour);
}

INSTANTIATE_TEST_SUITE_P(Layouts, ColourLayout,
                         testing::Values(PixelLayout::kRgb8, PixelLayout::kRgba8,
                                         PixelLayout::kBgr8, PixelLayout::kBgra8,
                                         PixelLayout::kRgbFloat, PixelLayout::kRgbaFloat,
                                         PixelLayout::kPlanarRgbFloat),
                         [](const auto& test) {
                           std::string name = name_of(test.param);
                           std::erase(name, ' ');
                           return name;
                         });

TEST(PixelFrames, KeepColoursForTargetsThatShowEachPixel) {
  Memory memory(PixelLayout::kBgr8);
  for (int i = 0; i < 3 * kWidth; ++i) memory.at<std::uint8_t>(0, i, 0) = 10;
  memory.at<std::uint8_t>(0, 3, 0) = 250;  // one blue pixel
  const auto frame = PixelFrames(true).make(memory.picture);
  EXPECT_THAT(take_string(gst_caps_to_string(gst_sample_get_caps(frame.get()))),
              HasSubstr("format=(string)BGR"));
  Memory back(PixelLayout::kBgr8);
  copy_frame(frame.get(), back.picture);
  EXPECT_EQ(back.at<std::uint8_t>(0, 0, 0), 10);
  EXPECT_EQ(back.at<std::uint8_t>(0, 3, 0), 250);
}

TEST(PixelFrames, KeepColoursOfFloatsToo) {
  Memory memory(PixelLayout::kPlanarRgbFloat);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      for (int channel = 0; channel < 3; ++channel) memory.at<float>(channel, x, y) = 0;
    }
  }
  memory.at<float>(2, 1, 0) = 1;  // one blue pixel
  const auto frame = PixelFrames(true).make(memory.picture);
  Memory back(PixelLayout::kRgbaFloat);
  copy_frame(frame.get(), back.picture);
  EXPECT_EQ(back.at<float>(0, 2, 0), 0);
  EXPECT_EQ(back.at<float>(0, 6, 0), 1);
  EXPECT_EQ(back.at<float>(0, 3, 0), 1) << "alpha";
}

TEST(PixelFrames, SayWhatYuvIsMadeOf) {
  Memory memory(PixelLayout::kNv12);
  memory.at<std::uint8_t>(0, 3, 2) = 77;
  memory.picture.matrix = PixelMatrix::kBt709;
  memory.picture.full_range = true;
  const auto frame = PixelFrames(false).make(memory.picture);
  GstVideoInfo info;
  ASSERT_TRUE(gst_video_info_from_caps(&info, gst_sample_get_caps(frame.get())));
  EXPECT_EQ(GST_VIDEO_INFO_FORMAT(&info), GST_VIDEO_FORMAT_NV12);
  EXPECT_EQ(info.colorimetry.matrix, GST_VIDEO_COLOR_MATRIX_BT709);
  EXPECT_EQ(info.colorimetry.range, GST_VIDEO_COLOR_RANGE_0_255);

  Memory back(PixelLayout::kI420);
  copy_frame(frame.get(), back.picture);
  EXPECT_EQ(back.at<std::uint8_t>(0, 3, 2), 77);
  EXPECT_EQ(back.picture.matrix, PixelMatrix::kBt709);
  EXPECT_TRUE(back.picture.full_range);
}

TEST(PixelFrames, TakeAnotherSizeAndComeBackFromIt) {
  PixelFrames frames(false);
  for (const int width : {kWidth, kWidth + 3, kWidth}) {
    Memory memory(PixelLayout::kRgb8, width);
    const auto frame = frames.make(memory.picture);
    int told = 0;
    gst_structure_get_int(gst_caps_get_structure(gst_sample_get_caps(frame.get()), 0), "width",
                          &told);
    EXPECT_EQ(told, width);
  }
}

TEST(PixelFrames, HaveMemoryThatComesBack) {
  PixelFrames frames(false);
  Memory memory(PixelLayout::kRgb8);
  auto frame = frames.make(memory.picture);
  const GstMemory* used = gst_buffer_peek_memory(gst_sample_get_buffer(frame.get()), 0);
  const auto while_it_is_held = frames.make(memory.picture);
  EXPECT_NE(gst_buffer_peek_memory(gst_sample_get_buffer(while_it_is_held.get()), 0), used);
  frame.reset();
  frame = frames.make(memory.picture);
  EXPECT_EQ(gst_buffer_peek_memory(gst_sample_get_buffer(frame.get()), 0), used);
}

TEST(FrameCopy, OfGreyIsItsLuma) {
  Memory grey(PixelLayout::kGray8);
  copy_frame(picture(kWidth, kHeight, {128, 128, 128}, 0).get(), grey.picture);
  EXPECT_NEAR(grey.at<std::uint8_t>(0, 4, 4), 128, 2);
  EXPECT_TRUE(grey.gaps_are_untouched());
}

TEST(FrameCopy, RefusesAFrameOfAnotherSize) {
  Memory memory(PixelLayout::kRgb8);
  EXPECT_THAT(error_of([&] { copy_frame(picture(64, 48, kColour, 0).get(), memory.picture); }),
              testing::AllOf(HasSubstr("64x48"), HasSubstr("22x10")));
}

TEST(FrameCopy, RefusesWhatIsEncoded) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string("video/x-h264,width=22,height=10"));
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  const auto sample =
      Ref<GstSample>::adopt(gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr));
  Memory memory(PixelLayout::kRgb8);
  EXPECT_THAT(error_of([&] { copy_frame(sample.get(), memory.picture); }), HasSubstr("x-h264"));
}

TEST(ApplicationPixels, FindTheirOtherPlanes) {
  std::vector<std::uint8_t> memory(4096);
  ApplicationPixels picture;
  picture.pixels = {PixelLayout::kI420, 7, 5, {memory.data()}, {}};
  complete(picture);
  EXPECT_EQ(picture.pixels.strides, (std::array<std::ptrdiff_t, 3>{7, 4, 4}));
  EXPECT_EQ(picture.pixels.planes[1], memory.data() + 35);
  EXPECT_EQ(picture.pixels.planes[2], memory.data() + 35 + 12);

  picture.pixels = {PixelLayout::kPlanarRgbFloat, 4, 2, {memory.data()}, {32}};
  complete(picture);
  EXPECT_EQ(picture.pixels.strides[2], 32);
  EXPECT_EQ(picture.pixels.planes[2], memory.data() + 128);
}

TEST(ApplicationPixels, AreRefusedInWords) {
  std::vector<std::uint8_t> memory(4096);
  const auto words = [&](const std::function<void(ApplicationPixels&)>& change) {
    ApplicationPixels picture;
    picture.pixels = {PixelLayout::kRgbFloat, 8, 8, {memory.data()}, {}};
    change(picture);
    return error_of([&] { complete(picture); });
  };
  EXPECT_EQ(words([](auto&) {}), "");
  EXPECT_THAT(words([](auto& one) { one.pixels.width = 0; }), HasSubstr("0x8"));
  EXPECT_THAT(words([](auto& one) { one.pixels.height = 1 << 20; }), HasSubstr("1048576"));
  EXPECT_THAT(words([](auto& one) { one.pixels.planes[0] = nullptr; }), HasSubstr("null"));
  EXPECT_THAT(words([](auto& one) { one.pixels.strides[0] = 95; }), HasSubstr("95"));
  EXPECT_THAT(words([](auto& one) { one.pixels.strides[0] = -96; }), HasSubstr("-96"));
  EXPECT_THAT(words([](auto& one) { one.white = 0; }), HasSubstr("white"));
  EXPECT_THAT(words([](auto& one) { one.deviation[1] = 0; }), HasSubstr("deviation"));
}

}  // namespace
}  // namespace webrtcserver
