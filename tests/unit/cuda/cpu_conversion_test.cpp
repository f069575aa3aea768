// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/cpu_conversion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cuda/coefficients.hpp"

namespace webrtcserver {
namespace {

constexpr unsigned char kUntouched = 0xa5;

constexpr std::array kColorLayouts = {
    PixelLayout::kRgb8,      PixelLayout::kRgba8,          PixelLayout::kBgr8,
    PixelLayout::kBgra8,     PixelLayout::kGray8,          PixelLayout::kRgbFloat,
    PixelLayout::kRgbaFloat, PixelLayout::kPlanarRgbFloat,
};
constexpr std::array kVideoLayouts = {PixelLayout::kNv12, PixelLayout::kI420};

struct Size {
  int width;
  int height;
};

// Odd ones, one of either, and more than a vector or a block of anything.
constexpr std::array kSizes = {Size{1, 1},  Size{2, 2},  Size{1, 7},   Size{9, 1},  Size{3, 5},
                               Size{17, 4}, Size{33, 3}, Size{130, 2}, Size{517, 5}};

// A picture of its own with room between the rows and behind the last, which must stay as it is.
class Picture {
 public:
  Picture(PixelLayout layout, const Size& size)
      : block_(pixel_block(layout, size.width + 5, size.height, 4)),
        memory_(block_.size + 64, kUntouched),
        pixels_(pixels_in(memory_.data(), block_, layout, size.width, size.height)) {}

  const Pixels& pixels() const { return pixels_; }

  unsigned char* row(int plane, int row) const {
    const auto index = static_cast<std::size_t>(plane);
    return static_cast<unsigned char*>(pixels_.planes[index]) + row * pixels_.strides[index];
  }

  template <typename Task>
  void for_each_row(const Task& task) const {
    for (int plane = 0; plane < plane_count(pixels_.layout); ++plane)
      for (int y = 0; y < row_count(pixels_.layout, pixels_.height, plane); ++y)
        task(row(plane, y), row_bytes(pixels_.layout, pixels_.width, plane));
  }

  void fill(std::mt19937& random) const {
    std::uniform_int_distribution<int> code(0, 255);
    std::uniform_real_distribution<float> value(-20, 275);
    for_each_row([&](unsigned char* begin, std::ptrdiff_t bytes) {
      if (!is_float(pixels_.layout)) {
        std::generate_n(begin, bytes, [&] { return static_cast<unsigned char>(code(random)); });
        return;
      }
      for (std::ptrdiff_t i = 0; i < bytes; i += static_cast<std::ptrdiff_t>(sizeof(float))) {
        const float drawn = value(random);
        std::memcpy(begin + i, &drawn, sizeof(drawn));
      }
    });
  }

  bool is_untouched_between_rows() const {
    std::vector<bool> rows(memory_.size());
    for_each_row([&](const unsigned char* begin, std::ptrdiff_t bytes) {
      std::fill_n(rows.begin() + (begin - memory_.data()), bytes, true);
    });
    for (std::size_t i = 0; i < memory_.size(); ++i)
      if (!rows[i] && memory_[i] != kUntouched) return false;
    return true;
  }

  const std::vector<unsigned char>& memory() const { return memory_; }

 private:
  PixelBlock block_;
  std::vector<unsigned char> memory_;
  Pixels pixels_;
};

struct Codes {
  unsigned char red, green, blue;
};

float float_at(const unsigned char* address) {
  float value = 0;
  std::memcpy(&value, address, sizeof(value));
  return value;
}

// The pixel at x, y, one by one and without any cleverness.
Codes codes_at(const Picture& picture, const Coefficients& c, int x, int y) {
  const auto bytes = [&](int size) {
    return picture.row(0, y) + static_cast<std::ptrdiff_t>(x) * size;
  };
  const auto floats = [&](const unsigned char* red, const unsigned char* green,
                          const unsigned char* blue) {
    return Codes{code_of(c, 0, float_at(red)), code_of(c, 1, float_at(green)),
                 code_of(c, 2, float_at(blue))};
  };
  switch (picture.pixels().layout) {
    case PixelLayout::kRgb8:
      return {bytes(3)[0], bytes(3)[1], bytes(3)[2]};
    case PixelLayout::kRgba8:
      return {bytes(4)[0], bytes(4)[1], bytes(4)[2]};
    case PixelLayout::kBgr8:
      return {bytes(3)[2], bytes(3)[1], bytes(3)[0]};
    case PixelLayout::kBgra8:
      return {bytes(4)[2], bytes(4)[1], bytes(4)[0]};
    case PixelLayout::kGray8:
      return {*bytes(1), *bytes(1), *bytes(1)};
    case PixelLayout::kRgbFloat:
      return floats(bytes(12), bytes(12) + 4, bytes(12) + 8);
    case PixelLayout::kRgbaFloat:
      return floats(bytes(16), bytes(16) + 4, bytes(16) + 8);
    default: {
      const std::ptrdiff_t offset = 4 * static_cast<std::ptrdiff_t>(x);
      return floats(picture.row(0, y) + offset, picture.row(1, y) + offset,
                    picture.row(2, y) + offset);
    }
  }
}

struct Sample {
  unsigned char y, cb, cr;
};

Sample sample_at(const Picture& picture, int x, int y) {
  const unsigned char luma = picture.row(0, y)[x];
  if (picture.pixels().layout == PixelLayout::kI420)
    return {luma, picture.row(1, y / 2)[x / 2], picture.row(2, y / 2)[x / 2]};
  const unsigned char* pair = picture.row(1, y / 2) + x / 2 * 2;
  return {luma, pair[0], pair[1]};
}

// Alpha of the pixel at x, y, or what stands for none.
float alpha_at(const Picture& picture, int x, int y, float none) {
  const std::ptrdiff_t column = x;
  if (picture.pixels().layout == PixelLayout::kRgbaFloat)
    return float_at(picture.row(0, y) + 16 * column + 12);
  const PixelLayout layout = picture.pixels().layout;
  if (layout == PixelLayout::kRgba8 || layout == PixelLayout::kBgra8)
    return picture.row(0, y)[4 * column + 3];
  return none;
}

void expect_encoded(const Picture& from, const Picture& to, const Coefficients& c) {
  const int width = from.pixels().width;
  const int height = from.pixels().height;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const Codes own = codes_at(from, c, x, y);
      short red = 0;
      short green = 0;
      short blue = 0;
      for (const int row : {y / 2 * 2, std::min(y / 2 * 2 + 1, height - 1)})
        for (const int column : {x / 2 * 2, std::min(x / 2 * 2 + 1, width - 1)}) {
          const Codes codes = codes_at(from, c, column, row);
          red = static_cast<short>(red + codes.red);
          green = static_cast<short>(green + codes.green);
          blue = static_cast<short>(blue + codes.blue);
        }
      const Sample sample = sample_at(to, x, y);
      ASSERT_EQ(sample.y, luma_of(c.y, own.red, own.green, own.blue)) << x << ", " << y;
      ASSERT_EQ(sample.cb, chroma_of(c.cb, red, green, blue)) << x << ", " << y;
      ASSERT_EQ(sample.cr, chroma_of(c.cr, red, green, blue)) << x << ", " << y;
    }
}

// That floats are exactly value_of() is seen in that they come back as codes and in FloatsOfWhite.
void expect_decoded(const Picture& from, const Picture& to, const Coefficients& c) {
  const bool grey = to.pixels().layout == PixelLayout::kGray8;
  const float opaque = is_float(to.pixels().layout) ? c.white : 255.F;
  for (int y = 0; y < from.pixels().height; ++y)
    for (int x = 0; x < from.pixels().width; ++x) {
      const Sample sample = sample_at(from, x, y);
      const ChromaParts parts = grey ? ChromaParts{0, 0, 0} : chroma_parts(c, sample.cb, sample.cr);
      const short luma = luma_part(c, sample.y);
      const Codes codes = codes_at(to, c, x, y);
      ASSERT_EQ(codes.red, colour_of(luma, parts.red)) << x << ", " << y;
      ASSERT_EQ(codes.green, colour_of(luma, parts.green)) << x << ", " << y;
      ASSERT_EQ(codes.blue, colour_of(luma, parts.blue)) << x << ", " << y;
      ASSERT_EQ(alpha_at(to, x, y, opaque), opaque) << x << ", " << y;
    }
}

Conversion network_conversion() {
  Conversion conversion;
  conversion.matrix = ColorMatrix::kBt601;
  conversion.mean = {10, 20, 30};
  conversion.deviation = {1.5F, 1, 0.5F};
  return conversion;
}

std::string described(const RowFunctions& functions, PixelLayout from, PixelLayout to,
                      const Size& size) {
  return std::string(functions.name) + ": " + name_of(from) + " to " + name_of(to) + ", " +
         std::to_string(size.width) + "×" + std::to_string(size.height);
}

template <typename Task>
void for_each_case(const Task& task) {
  for (const RowFunctions& functions : all_row_functions())
    for (const PixelLayout color : kColorLayouts)
      for (const PixelLayout video : kVideoLayouts)
        for (const Size& size : kSizes) task(functions, color, video, size);
}

TEST(CpuConversion, EncodesAsThePixelsAlone) {
  std::mt19937 random(1);
  const Conversion conversion = network_conversion();
  for_each_case(
      [&](const RowFunctions& functions, PixelLayout color, PixelLayout video, const Size& size) {
        SCOPED_TRACE(described(functions, color, video, size));
        const Picture from(color, size);
        const Picture to(video, size);
        from.fill(random);
        convert_on_cpu(from.pixels(), to.pixels(), conversion, functions);
        expect_encoded(from, to, coefficients_of(conversion));
        EXPECT_TRUE(to.is_untouched_between_rows());
      });
}

TEST(CpuConversion, DecodesAsThePixelsAlone) {
  std::mt19937 random(2);
  const Conversion conversion = network_conversion();
  for_each_case(
      [&](const RowFunctions& functions, PixelLayout color, PixelLayout video, const Size& size) {
        SCOPED_TRACE(described(functions, video, color, size));
        const Picture from(video, size);
        const Picture to(color, size);
        from.fill(random);
        convert_on_cpu(from.pixels(), to.pixels(), conversion, functions);
        expect_decoded(from, to, coefficients_of(conversion));
        EXPECT_TRUE(to.is_untouched_between_rows());
      });
}

TEST(CpuConversion, EveryProcessorHasTheSameFloats) {
  std::mt19937 random(3);
  const Conversion conversion = network_conversion();
  const Size size{517, 3};
  const Picture from(PixelLayout::kNv12, size);
  from.fill(random);
  for (const PixelLayout layout :
       {PixelLayout::kRgbFloat, PixelLayout::kRgbaFloat, PixelLayout::kPlanarRgbFloat}) {
    const Picture expected(layout, size);
    convert_on_cpu(from.pixels(), expected.pixels(), conversion, all_row_functions().front());
    for (const RowFunctions& functions : all_row_functions()) {
      const Picture to(layout, size);
      convert_on_cpu(from.pixels(), to.pixels(), conversion, functions);
      EXPECT_EQ(to.memory(), expected.memory()) << functions.name << ", " << name_of(layout);
    }
  }
}

TEST(CpuConversion, WhiteIsTheNumberThatWasGiven) {
  const Size size{5, 3};
  const Picture from(PixelLayout::kI420, size);
  for (int plane = 0; plane < 3; ++plane)
    for (int y = 0; y < row_count(PixelLayout::kI420, size.height, plane); ++y)
      std::memset(from.row(plane, y), plane == 0 ? 235 : 128,
                  static_cast<std::size_t>(row_bytes(PixelLayout::kI420, size.width, plane)));
  for (const float white : {1.F, 255.F, 1023.F}) {
    Conversion conversion;
    conversion.white = white;
    const Picture to(PixelLayout::kRgbaFloat, size);
    convert_on_cpu(from.pixels(), to.pixels(), conversion);
    for (int y = 0; y < size.height; ++y)
      for (int value = 0; value < 4 * size.width; ++value)
        EXPECT_FLOAT_EQ(float_at(to.row(0, y) + 4 * static_cast<std::ptrdiff_t>(value)), white);
  }
}

TEST(CpuConversion, NoNumbersAreBlackOnEveryProcessor) {
  const Size size{200, 2};
  const Picture from(PixelLayout::kPlanarRgbFloat, size);
  const float infinity = std::numeric_limits<float>::infinity();
  const std::array values = {std::numeric_limits<float>::quiet_NaN(),
                             -std::numeric_limits<float>::quiet_NaN(), -infinity, -1e30F};
  std::size_t next = 0;
  from.for_each_row([&](unsigned char* begin, std::ptrdiff_t bytes) {
    for (std::ptrdiff_t i = 0; i < bytes; i += static_cast<std::ptrdiff_t>(sizeof(float)))
      std::memcpy(begin + i, &values[next++ % values.size()], sizeof(float));
  });
  for (const RowFunctions& functions : all_row_functions()) {
    const Picture to(PixelLayout::kNv12, size);
    convert_on_cpu(from.pixels(), to.pixels(), Conversion{}, functions);
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        const Sample sample = sample_at(to, x, y);
        ASSERT_EQ(sample.y, 16) << functions.name;
        ASSERT_EQ(sample.cb, 128) << functions.name;
        ASSERT_EQ(sample.cr, 128) << functions.name;
      }
  }
}

TEST(CpuConversion, VideoIsCopied) {
  std::mt19937 random(4);
  for (const RowFunctions& functions : all_row_functions())
    for (const PixelLayout first : kVideoLayouts)
      for (const PixelLayout second : kVideoLayouts)
        for (const Size& size : kSizes) {
          SCOPED_TRACE(described(functions, first, second, size));
          const Picture from(first, size);
          const Picture to(second, size);
          from.fill(random);
          convert_on_cpu(from.pixels(), to.pixels(), Conversion{}, functions);
          for (int y = 0; y < size.height; ++y)
            for (int x = 0; x < size.width; ++x) {
              const Sample expected = sample_at(from, x, y);
              const Sample sample = sample_at(to, x, y);
              ASSERT_EQ(sample.y, expected.y);
              ASSERT_EQ(sample.cb, expected.cb);
              ASSERT_EQ(sample.cr, expected.cr);
            }
          EXPECT_TRUE(to.is_untouched_between_rows());
        }
}

TEST(CpuConversion, TheLargestSizesAreConverted) {
  std::mt19937 random(5);
  for (const Size& size : {Size{kMaximumSize, 1}, Size{1, kMaximumSize}}) {
    const Picture from(PixelLayout::kRgb8, size);
    const Picture video(PixelLayout::kI420, size);
    from.fill(random);
    convert_on_cpu(from.pixels(), video.pixels(), Conversion{});
    expect_encoded(from, video, coefficients_of(Conversion{}));
  }
}

TEST(CpuConversion, ARefusedConversionWritesNothing) {
  const Picture from(PixelLayout::kRgb8, {8, 8});
  const Picture to(PixelLayout::kNv12, {8, 8});
  Conversion conversion;
  conversion.white = 0;
  EXPECT_THROW(convert_on_cpu(from.pixels(), to.pixels(), conversion), Error);
  Pixels broken = from.pixels();
  broken.planes[0] = nullptr;
  EXPECT_THROW(convert_on_cpu(broken, to.pixels(), Conversion{}), Error);
  EXPECT_EQ(std::count(to.memory().begin(), to.memory().end(), kUntouched),
            static_cast<std::ptrdiff_t>(to.memory().size()));
}

}  // namespace
}  // namespace webrtcserver
