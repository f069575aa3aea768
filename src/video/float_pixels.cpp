// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/float_pixels.hpp"

#include "cuda/coefficients.hpp"

namespace webrtcserver {

namespace {

// A row of one colour: floats, so many apart.
struct FloatRow {
  float* first;
  std::size_t step;
};

FloatRow float_row(const Pixels& pixels, int row, std::size_t channel) {
  const bool planar = pixels.layout == PixelLayout::kPlanarRgbFloat;
  const std::size_t plane = planar ? channel : 0;
  auto* first = reinterpret_cast<float*>(static_cast<char*>(pixels.planes[plane]) +
                                         row * pixels.strides[plane]);
  if (planar) return {first, 1};
  return {first + channel, pixels.layout == PixelLayout::kRgbFloat ? std::size_t{3} : 4};
}

unsigned char* byte_row(const Pixels& pixels, int row) {
  return static_cast<unsigned char*>(pixels.planes[0]) + row * pixels.strides[0];
}

}  // namespace

void write_floats(const Pixels& from, const Pixels& to, const Conversion& conversion) {
  const Coefficients coefficients = coefficients_of(conversion);
  const auto width = static_cast<std::size_t>(from.width);
  for (int row = 0; row < from.height; ++row) {
    const unsigned char* bytes = byte_row(from, row);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const FloatRow floats = float_row(to, row, channel);
      for (std::size_t x = 0; x < width; ++x) {
        floats.first[floats.step * x] =
            value_of(coefficients, static_cast<int>(channel), bytes[4 * x + channel]);
      }
    }
    if (to.layout != PixelLayout::kRgbaFloat) continue;
    const FloatRow alpha = float_row(to, row, 3);
    for (std::size_t x = 0; x < width; ++x) alpha.first[alpha.step * x] = coefficients.white;
  }
}

void write_bytes(const Pixels& from, const Pixels& to, const Conversion& conversion) {
  const Coefficients coefficients = coefficients_of(conversion);
  const auto width = static_cast<std::size_t>(from.width);
  for (int row = 0; row < from.height; ++row) {
    unsigned char* bytes = byte_row(to, row);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const FloatRow floats = float_row(from, row, channel);
      for (std::size_t x = 0; x < width; ++x) {
        bytes[3 * x + channel] =
            code_of(coefficients, static_cast<int>(channel), floats.first[floats.step * x]);
      }
    }
  }
}

}  // namespace webrtcserver
