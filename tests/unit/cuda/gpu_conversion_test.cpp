// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/gpu_conversion.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cuda/cpu_conversion.hpp"
#include "unit/cuda/gpu.hpp"

namespace webrtcserver {
namespace {

using testing::HasSubstr;

constexpr PixelLayout kColours[] = {PixelLayout::kRgb8,      PixelLayout::kRgba8,
                                    PixelLayout::kBgr8,      PixelLayout::kBgra8,
                                    PixelLayout::kGray8,     PixelLayout::kRgbFloat,
                                    PixelLayout::kRgbaFloat, PixelLayout::kPlanarRgbFloat};
constexpr PixelLayout kYuv[] = {PixelLayout::kNv12, PixelLayout::kI420};

struct Pair {
  PixelLayout source;
  PixelLayout destination;
};

std::vector<Pair> pairs() {
  std::vector<Pair> all;
  for (const PixelLayout yuv : kYuv) {
    for (const PixelLayout colour : kColours) {
      all.push_back({colour, yuv});
      all.push_back({yuv, colour});
    }
    for (const PixelLayout other : kYuv) all.push_back({yuv, other});
  }
  return all;
}

// A size, what rows are padded to, and what the first address is off by.
struct Shape {
  int width;
  int height;
  int alignment;
  std::size_t offset;
};

std::vector<std::uint8_t> noise(std::size_t size, PixelLayout layout, float white) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::vector<std::uint8_t> bytes(size);
  if (!is_float(layout)) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
  }
  // Some beyond black and white, and some that are no numbers.
  std::uniform_real_distribution<float> values(-0.2F * white, 1.2F * white);
  for (std::size_t i = 0; i + sizeof(float) <= size; i += sizeof(float)) {
    float value = values(random);
    if (i % 1020 == 0) value = std::numeric_limits<float>::quiet_NaN();
    if (i % 1164 == 0) value = std::numeric_limits<float>::infinity();
    std::memcpy(&bytes[i], &value, sizeof value);
  }
  return bytes;
}

class GpuConversion : public Gpu {
 protected:
  // The same on both; also where a row's padding is, which nobody may write.
  void compare(const Pair& pair, const Shape& shape, const Conversion& conversion) {
    const PixelBlock from = pixel_block(pair.source, shape.width, shape.height, shape.alignment);
    const PixelBlock to = pixel_block(pair.destination, shape.width, shape.height, shape.alignment);
    std::vector<std::uint8_t> source = noise(from.size, pair.source, conversion.white);
    const std::vector<std::uint8_t> before(to.size, 0xA5);
    std::vector<std::uint8_t> expected = before;
    // The CPU's rows of floats have to be aligned too: vectors are, to 16 bytes.
    convert_on_cpu(pixels_in(source.data(), from, pair.source, shape.width, shape.height),
                   pixels_in(expected.data(), to, pair.destination, shape.width, shape.height),
                   conversion);

    const GpuBytes gpu_source(*device_, source, shape.offset);
    const GpuBytes gpu_destination(*device_, before, shape.offset);
    convert_on_gpu(
        *device_, pixels_in(gpu_source.data(), from, pair.source, shape.width, shape.height),
        pixels_in(gpu_destination.data(), to, pair.destination, shape.width, shape.height),
        conversion, nullptr);
    ASSERT_EQ(gpu_destination.read(), expected)
        << name_of(pair.source) << " to " << name_of(pair.destination) << ", " << shape.width << "x"
        << shape.height << ", rows of " << shape.alignment << ", offset " << shape.offset;
  }
};

TEST_F(GpuConversion, IsTheCpusBitForBitAtEverySize) {
  constexpr Shape kShapes[] = {{1, 1, 4, 0},     {2, 2, 16, 0},    {3, 5, 4, 0},
                               {8, 2, 16, 0},    {9, 3, 16, 0},    {15, 4, 64, 0},
                               {16, 17, 256, 0}, {257, 18, 16, 0}, {259, 3, 512, 0}};
  for (const Pair& pair : pairs()) {
    for (const Shape& shape : kShapes) compare(pair, shape, {});
  }
}

TEST_F(GpuConversion, TakesPlanesThatAreAlignedToNothing) {
  for (const Pair& pair : pairs()) {
    const bool has_floats = is_float(pair.source) || is_float(pair.destination);
    const int unit = has_floats ? 4 : 1;
    for (const int width : {1, 8, 37}) {
      compare(pair, {width, 4, unit, static_cast<std::size_t>(unit)}, {});
      compare(pair, {width, 5, unit, static_cast<std::size_t>(3 * unit)}, {});
    }
  }
}

TEST_F(GpuConversion, HasTheColoursAndRangesOfTheCpu) {
  for (const ColorMatrix matrix : {ColorMatrix::kBt601, ColorMatrix::kBt709}) {
    for (const bool full_range : {false, true}) {
      Conversion conversion;
      conversion.matrix = matrix;
      conversion.full_range = full_range;
      for (const Pair& pair : pairs()) compare(pair, {64, 32, 16, 0}, conversion);
    }
  }
}

TEST_F(GpuConversion, HasTheScalesOfNetworks) {
  Conversion conversion;
  conversion.white = 1;
  conversion.mean = {0.485F, 0.456F, 0.406F};
  conversion.deviation = {0.229F, 0.224F, 0.225F};
  for (const PixelLayout layout :
       {PixelLayout::kRgbFloat, PixelLayout::kRgbaFloat, PixelLayout::kPlanarRgbFloat}) {
    compare({layout, PixelLayout::kNv12}, {130, 31, 16, 0}, conversion);
    compare({PixelLayout::kNv12, layout}, {130, 31, 16, 0}, conversion);
  }
}

TEST_F(GpuConversion, GoesOnWithoutTheGpuHavingBegun) {
  if (!control()) GTEST_SKIP() << "Only the double's streams can be held.";
  const PixelBlock from = pixel_block(PixelLayout::kRgb8, 64, 16, 16);
  const PixelBlock to = pixel_block(PixelLayout::kNv12, 64, 16, 16);
  const GpuBytes source(*device_, std::vector<std::uint8_t>(from.size, 255));
  const GpuBytes destination(*device_, std::vector<std::uint8_t>(to.size, 7));
  const GpuStream stream(*device_);
  control()->hold(true);
  convert_on_gpu(*device_, pixels_in(source.data(), from, PixelLayout::kRgb8, 64, 16),
                 pixels_in(destination.data(), to, PixelLayout::kNv12, 64, 16), {}, stream.get());
  EXPECT_EQ(*destination.data(), 7);  // the double's memory is the host's
  control()->hold(false);
  stream.finish();
  EXPECT_EQ(destination.read()[0], 235);
}

TEST_F(GpuConversion, RefusesInWordsWhatNoDeviceHas) {
  std::vector<std::uint8_t> bytes(64 * 16 * 3);
  const PixelBlock block = pixel_block(PixelLayout::kRgb8, 64, 16, 4);
  try {
    cuda_device_of(pixels_in(bytes.data(), block, PixelLayout::kRgb8, 64, 16), "The picture");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("The picture's plane 0 is in no memory of a CUDA device"));
  }
  EXPECT_FALSE(is_cuda_address(bytes.data()));
}

TEST_F(GpuConversion, RefusesAPictureThatIsLargerThanItsMemory) {
  if (!control()) GTEST_SKIP() << "Devices have larger pages than the double.";
  const PixelBlock block = pixel_block(PixelLayout::kRgb8, 64, 16, 4);
  const GpuBytes memory(*device_, block.size - 1);
  EXPECT_TRUE(is_cuda_address(memory.data()));
  EXPECT_THROW(
      cuda_device_of(pixels_in(memory.data(), block, PixelLayout::kRgb8, 64, 16), "The picture"),
      Error);
}

TEST_F(GpuConversion, RefusesAStreamOfAnotherDevice) {
  if (!control()) GTEST_SKIP() << "There may be one device only.";
  control()->set_device_count(2);
  const auto other = CudaDevice::get(1);
  const GpuStream stream(*other);
  const PixelBlock from = pixel_block(PixelLayout::kRgb8, 8, 2, 16);
  const PixelBlock to = pixel_block(PixelLayout::kNv12, 8, 2, 16);
  const GpuBytes source(*device_, from.size);
  const GpuBytes destination(*device_, to.size);
  EXPECT_THROW(
      convert_on_gpu(*device_, pixels_in(source.data(), from, PixelLayout::kRgb8, 8, 2),
                     pixels_in(destination.data(), to, PixelLayout::kNv12, 8, 2), {}, stream.get()),
      Error);
  EXPECT_FALSE(device_->is_lost());
}

}  // namespace
}  // namespace webrtcserver
