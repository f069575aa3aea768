// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/pixels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

using ::testing::HasSubstr;

// Checks look at addresses and at nothing that is there.
Pixels at(std::ptrdiff_t address, PixelLayout layout, int width, int height) {
  const PixelBlock block = pixel_block(layout, width, height, 64);
  return pixels_in(reinterpret_cast<void*>(address), block, layout, width, height);
}

std::string complaint(const std::function<void()>& check) {
  try {
    check();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string complaint_about(const Pixels& pixels) {
  return complaint([&] { check_pixels(pixels, "The picture"); });
}

std::string complaint_about(const Conversion& conversion) {
  return complaint([&] { check_conversion(conversion); });
}

std::string complaint_about(const Pixels& source, const Pixels& destination) {
  return complaint([&] { check_conversion(source, destination, Conversion{}); });
}

constexpr std::ptrdiff_t kHere = 0x100000;
constexpr std::ptrdiff_t kThere = 0x900000;
constexpr std::array kAll = {
    PixelLayout::kRgb8,      PixelLayout::kRgba8,          PixelLayout::kBgr8, PixelLayout::kBgra8,
    PixelLayout::kGray8,     PixelLayout::kRgbFloat,       PixelLayout::kNv12, PixelLayout::kI420,
    PixelLayout::kRgbaFloat, PixelLayout::kPlanarRgbFloat,
};

TEST(Pixels, EveryLayoutOfEverySizePasses) {
  for (const PixelLayout layout : kAll)
    for (const int width : {1, 2, 3, 1920, kMaximumSize})
      for (const int height : {1, 2, 3, 1080, kMaximumSize})
        EXPECT_EQ(complaint_about(at(kHere, layout, width, height)), "") << name_of(layout);
}

TEST(Pixels, BlocksHoldWholeRows) {
  const PixelBlock block = pixel_block(PixelLayout::kI420, 5, 3, 4);
  EXPECT_THAT(block.strides, ::testing::ElementsAre(8, 4, 4));
  EXPECT_THAT(block.offsets, ::testing::ElementsAre(0, 24, 32));
  EXPECT_EQ(block.size, 40U);
  EXPECT_EQ(pixel_block(PixelLayout::kNv12, 5, 3, 1).size, 15U + 12U);
  EXPECT_EQ(pixel_block(PixelLayout::kPlanarRgbFloat, 5, 3, 4).size, 3U * 3 * 20);
}

TEST(Pixels, SizesAreBounded) {
  for (const int wrong : {-1, 0, kMaximumSize + 1, std::numeric_limits<int>::max()}) {
    Pixels pixels = at(kHere, PixelLayout::kRgb8, 16, 16);
    pixels.width = wrong;
    EXPECT_THAT(complaint_about(pixels), HasSubstr("from 1 to 32768"));
    pixels = at(kHere, PixelLayout::kRgb8, 16, 16);
    pixels.height = wrong;
    EXPECT_THAT(complaint_about(pixels), HasSubstr("from 1 to 32768"));
  }
}

TEST(Pixels, EveryPlaneHasAnAddressAndAStride) {
  for (const PixelLayout layout : kAll)
    for (int plane = 0; plane < plane_count(layout); ++plane) {
      const auto index = static_cast<std::size_t>(plane);
      Pixels pixels = at(kHere, layout, 101, 16);
      pixels.planes[index] = nullptr;
      EXPECT_THAT(complaint_about(pixels),
                  HasSubstr("The picture's plane " + std::to_string(plane) + " is null"));
      for (const std::ptrdiff_t stride : {row_bytes(layout, 101, plane) - 1, std::ptrdiff_t{0},
                                          std::numeric_limits<std::ptrdiff_t>::min()}) {
        pixels = at(kHere, layout, 101, 16);
        pixels.strides[index] = stride;
        EXPECT_THAT(complaint_about(pixels), HasSubstr("a row of 101 pixels"));
      }
      pixels.strides[index] = std::numeric_limits<std::ptrdiff_t>::max();
      EXPECT_THAT(complaint_about(pixels), HasSubstr("2 GiB"));
    }
}

TEST(Pixels, FloatsAreAligned) {
  Pixels pixels = at(kHere + 2, PixelLayout::kPlanarRgbFloat, 16, 16);
  EXPECT_THAT(complaint_about(pixels), HasSubstr("multiples of 4"));
  pixels = at(kHere, PixelLayout::kRgbFloat, 16, 16);
  pixels.strides[0] += 2;
  EXPECT_THAT(complaint_about(pixels), HasSubstr("multiples of 4"));
  EXPECT_EQ(complaint_about(at(kHere + 1, PixelLayout::kRgb8, 16, 16)), "");
}

TEST(Pixels, LayoutsThatDoNotExistAreNamedByNumber) {
  Pixels pixels = at(kHere, PixelLayout::kRgb8, 16, 16);
  pixels.layout = static_cast<PixelLayout>(10);
  EXPECT_THAT(complaint_about(pixels), HasSubstr("number 10"));
  pixels.layout = static_cast<PixelLayout>(-1);
  EXPECT_THAT(complaint_about(pixels), HasSubstr("number -1"));
}

TEST(Pixels, NumbersOfAConversionAreFiniteAndPositive) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float wrong : {0.F, -1.F, nan, infinity, 1e-42F}) {
    Conversion conversion;
    conversion.white = wrong;
    EXPECT_THAT(complaint_about(conversion), HasSubstr("white")) << wrong;
    conversion = {};
    conversion.deviation[1] = wrong;
    EXPECT_THAT(complaint_about(conversion), HasSubstr("deviation")) << wrong;
  }
  Conversion conversion;
  conversion.mean[2] = nan;
  EXPECT_THAT(complaint_about(conversion), HasSubstr("mean"));
  conversion = {};
  conversion.white = 1e30F;
  conversion.deviation[0] = 1e-30F;
  EXPECT_THAT(complaint_about(conversion), HasSubstr("too far apart"));
  conversion = {};
  conversion.matrix = static_cast<ColorMatrix>(2);
  EXPECT_THAT(complaint_about(conversion), HasSubstr("matrix"));
  EXPECT_EQ(complaint_about(Conversion{}), "");
}

TEST(Pixels, ConversionsKeepTheSize) {
  EXPECT_THAT(complaint_about(at(kHere, PixelLayout::kRgb8, 16, 16),
                              at(kThere, PixelLayout::kNv12, 16, 17)),
              HasSubstr("does not scale"));
}

TEST(Pixels, OneSideIsVideo) {
  EXPECT_THAT(complaint_about(at(kHere, PixelLayout::kRgb8, 16, 16),
                              at(kThere, PixelLayout::kRgbaFloat, 16, 16)),
              HasSubstr("no conversion of RGB8 to RGBA float"));
  for (const PixelLayout layout : kAll) {
    EXPECT_EQ(complaint_about(at(kHere, layout, 15, 16), at(kThere, PixelLayout::kNv12, 15, 16)),
              "");
    EXPECT_EQ(complaint_about(at(kHere, PixelLayout::kI420, 15, 16), at(kThere, layout, 15, 16)),
              "");
  }
}

TEST(Pixels, SourceAndDestinationShareNothing) {
  const Pixels source = at(kHere, PixelLayout::kRgba8, 64, 16);
  const auto bytes = static_cast<std::ptrdiff_t>(pixel_block(PixelLayout::kRgba8, 64, 16, 64).size);
  const auto video = static_cast<std::ptrdiff_t>(pixel_block(PixelLayout::kNv12, 64, 16, 64).size);
  const auto said = [&](std::ptrdiff_t address) {
    return complaint_about(source, at(address, PixelLayout::kNv12, 64, 16));
  };
  EXPECT_THAT(said(kHere), HasSubstr("share memory"));
  EXPECT_THAT(said(kHere + bytes - 1), HasSubstr("share memory"));
  EXPECT_THAT(said(kHere - video + 1), HasSubstr("share memory"));
  EXPECT_EQ(said(kHere + bytes), "");
  EXPECT_EQ(said(kHere - video), "");
}

TEST(Pixels, PartsOfOneWidePictureShareNothing) {
  Pixels left = at(kHere, PixelLayout::kGray8, 64, 16);
  Pixels right = at(kThere, PixelLayout::kNv12, 64, 16);
  left.strides[0] = 128;
  right.planes[0] = reinterpret_cast<void*>(kHere + 64);
  right.strides[0] = 128;
  EXPECT_EQ(complaint_about(left, right), "");
  EXPECT_EQ(complaint_about(right, left), "");
  right.planes[0] = reinterpret_cast<void*>(kHere + 63);
  EXPECT_THAT(complaint_about(left, right), HasSubstr("share memory"));
  right.planes[0] = reinterpret_cast<void*>(kHere + 65);
  EXPECT_THAT(complaint_about(left, right), HasSubstr("share memory"));
  EXPECT_THAT(complaint_about(right, left), HasSubstr("share memory"));
}

TEST(Pixels, PlanesOfADestinationShareNothing) {
  const Pixels source = at(kHere, PixelLayout::kRgb8, 64, 16);
  Pixels destination = at(kThere, PixelLayout::kI420, 64, 16);
  destination.planes[2] = destination.planes[1];
  EXPECT_THAT(complaint_about(source, destination), HasSubstr("Two planes"));
  // Of a source it is no harm: a grey picture may have one plane of chroma.
  EXPECT_EQ(complaint_about(destination, source), "");
}

}  // namespace
}  // namespace webrtcserver
