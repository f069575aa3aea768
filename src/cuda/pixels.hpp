// SPDX-License-Identifier: LGPL-2.1-or-later
// pixels.hpp — a picture that somebody else owns, in the memory of the CPU or of a CUDA device, and
// how the colours of two pictures relate. Plain values, for any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace webrtcserver {

// What applications and networks have, all with full-range R'G'B' and the first row on top, and
// what encoders and decoders have.
enum class PixelLayout {
  kRgb8,
  kRgba8,
  kBgr8,
  kBgra8,
  kGray8,
  kRgbFloat,        // three floats a pixel
  kRgbaFloat,       // four
  kPlanarRgbFloat,  // "CHW": a plane each of red, green and blue
  kNv12,            // Y; Cb and Cr by turns, at half of both sizes
  kI420,            // Y; Cb; Cr
};

inline constexpr int kMaximumSize = 32768;  // of a picture's width and height, in pixels

// Addresses are of the host or of a device; which, only the one who calls knows. What a layout has
// no plane for stays null.
struct Pixels {
  PixelLayout layout = PixelLayout::kRgb8;
  int width = 0;
  int height = 0;
  std::array<void*, 3> planes = {};
  std::array<std::ptrdiff_t, 3> strides = {};  // bytes from a row to the next
};

enum class ColorMatrix { kBt601, kBt709 };

// Between R'G'B' and Y'CbCr. A chroma sample is the average of its 2×2 pixels and is repeated for
// them, so it sits in their centre (GStreamer: chroma-site=jpeg). At odd sizes the last column and
// row count twice.
struct Conversion {
  ColorMatrix matrix = ColorMatrix::kBt709;
  bool full_range = false;  // of Y'CbCr: 0…255 rather than 16…235 and 16…240
  // Of floats: value = (intensity × white − mean) / deviation, where intensity is 0…1. With white =
  // 1 these are the numbers that torchvision takes, with white = 255 those of Caffe. Alpha is
  // `white`, and is ignored when it is read.
  float white = 255;
  std::array<float, 3> mean = {0, 0, 0};  // of red, green and blue
  std::array<float, 3> deviation = {1, 1, 1};
};

const char* name_of(PixelLayout layout);
bool is_yuv(PixelLayout layout);  // NV12 or I420
bool is_float(PixelLayout layout);
int plane_count(PixelLayout layout);
std::ptrdiff_t row_bytes(PixelLayout layout, int width, int plane);  // without padding
int row_count(PixelLayout layout, int height, int plane);

// A picture in one block of memory, with rows padded to a multiple of `alignment` bytes.
struct PixelBlock {
  std::array<std::ptrdiff_t, 3> offsets = {};
  std::array<std::ptrdiff_t, 3> strides = {};
  std::size_t size = 0;
};
PixelBlock pixel_block(PixelLayout layout, int width, int height, int alignment);
Pixels pixels_in(void* memory, const PixelBlock& block, PixelLayout layout, int width, int height);

// Throw Error with words: `what` is the picture's name in them, such as "The source".
void check_pixels(const Pixels& pixels, const std::string& what);
void check_conversion(const Conversion& conversion);
// All of it: both pictures, that they have one size and share no byte, and that one is R'G'B', grey
// or float and the other Y'CbCr, or both are Y'CbCr (which is a copy).
void check_conversion(const Pixels& source, const Pixels& destination,
                      const Conversion& conversion);

}  // namespace webrtcserver
