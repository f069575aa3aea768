// SPDX-License-Identifier: LGPL-2.1-or-later
// row_loops.hpp — the loops of RowFunctions, written for the compiler to vectorise: no branch, no
// call, and nothing that one pixel has of the pixel before. Any thread.
#pragma once

#include "cuda/row_functions.hpp"

namespace webrtcserver::row_loops {

template <int kBytes, int kRed, int kBlue>
WEBRTCSERVER_PIXEL_MATH void unpack_pixels(const unsigned char* __restrict pixels,
                                           const ColorRows& colors, int count) {
  unsigned char* __restrict red = colors.red;
  unsigned char* __restrict green = colors.green;
  unsigned char* __restrict blue = colors.blue;
  for (int i = 0; i < count; ++i) {
    red[i] = pixels[kBytes * i + kRed];
    green[i] = pixels[kBytes * i + 1];
    blue[i] = pixels[kBytes * i + kBlue];
  }
}

WEBRTCSERVER_PIXEL_MATH void unpack(const unsigned char* pixels, int bytes, bool swapped,
                                    const ColorRows& colors, int count) {
  if (bytes == 3 && !swapped) unpack_pixels<3, 0, 2>(pixels, colors, count);
  if (bytes == 3 && swapped) unpack_pixels<3, 2, 0>(pixels, colors, count);
  if (bytes == 4 && !swapped) unpack_pixels<4, 0, 2>(pixels, colors, count);
  if (bytes == 4 && swapped) unpack_pixels<4, 2, 0>(pixels, colors, count);
}

// Floats become codes where they are, which is fast, before the codes are unpacked: in blocks that
// have whole pixels of three and of four values.
constexpr int kBlock = 768;
constexpr int kPeriod = 96;

// A factor and an offset for each value, again and again.
struct PeriodicNumbers {
  float factors[kPeriod];
  float offsets[kPeriod];
};

template <int kChannels>
WEBRTCSERVER_PIXEL_MATH void fill(PeriodicNumbers* numbers, const float (&factors)[3],
                                  const float (&offsets)[3], float alpha) {
  for (int i = 0; i < kPeriod; ++i) {
    const int channel = i % kChannels;
    numbers->factors[i] = channel < 3 ? factors[channel] : 0.F;
    numbers->offsets[i] = channel < 3 ? offsets[channel] : alpha;
  }
}

WEBRTCSERVER_PIXEL_MATH void to_codes(const PeriodicNumbers& numbers,
                                      const float* __restrict values,
                                      unsigned char* __restrict codes, int count) {
  int begin = 0;
  for (; begin + kPeriod <= count; begin += kPeriod)
    for (int i = 0; i < kPeriod; ++i)
      codes[begin + i] = code_of(values[begin + i], numbers.factors[i], numbers.offsets[i]);
  for (int i = 0; begin + i < count; ++i)
    codes[begin + i] = code_of(values[begin + i], numbers.factors[i], numbers.offsets[i]);
}

WEBRTCSERVER_PIXEL_MATH void to_values(const PeriodicNumbers& numbers,
                                       const unsigned char* __restrict codes,
                                       float* __restrict values, int count) {
  int begin = 0;
  for (; begin + kPeriod <= count; begin += kPeriod)
    for (int i = 0; i < kPeriod; ++i)
      values[begin + i] = value_of(codes[begin + i], numbers.factors[i], numbers.offsets[i]);
  for (int i = 0; begin + i < count; ++i)
    values[begin + i] = value_of(codes[begin + i], numbers.factors[i], numbers.offsets[i]);
}

template <int kChannels>
WEBRTCSERVER_PIXEL_MATH void unpack_float_pixels(const Coefficients& c, const float* values,
                                                 const ColorRows& colors, int count) {
  PeriodicNumbers numbers;
  fill<kChannels>(&numbers, c.to_code, c.to_code_offset, 0);  // alpha is not looked at
  constexpr int kPixels = kBlock / kChannels;
  unsigned char codes[kBlock];
  for (int first = 0; first < count; first += kPixels) {
    const int pixels = count - first < kPixels ? count - first : kPixels;
    to_codes(numbers, values + kChannels * first, codes, kChannels * pixels);
    unpack_pixels<kChannels, 0, 2>(
        codes, {colors.red + first, colors.green + first, colors.blue + first}, pixels);
  }
}

WEBRTCSERVER_PIXEL_MATH void unpack_plane(const Coefficients& c, int channel,
                                          const float* __restrict values,
                                          unsigned char* __restrict codes, int count) {
  const float factor = c.to_code[channel];
  const float offset = c.to_code_offset[channel];
  for (int i = 0; i < count; ++i) codes[i] = code_of(values[i], factor, offset);
}

WEBRTCSERVER_PIXEL_MATH void unpack_floats(const Coefficients& c, const float* const (&values)[3],
                                           int channels, const ColorRows& colors, int count) {
  if (channels == 3) unpack_float_pixels<3>(c, values[0], colors, count);
  if (channels == 4) unpack_float_pixels<4>(c, values[0], colors, count);
  if (channels == 1) {
    unpack_plane(c, 0, values[0], colors.red, count);
    unpack_plane(c, 1, values[1], colors.green, count);
    unpack_plane(c, 2, values[2], colors.blue, count);
  }
}

WEBRTCSERVER_PIXEL_MATH void to_luma(const Coefficients& c, const ConstColorRows& colors,
                                     unsigned char* __restrict luma, int count) {
  const Coefficients::Row row = c.y;
  const unsigned char* __restrict red = colors.red;
  const unsigned char* __restrict green = colors.green;
  const unsigned char* __restrict blue = colors.blue;
  for (int i = 0; i < count; ++i) luma[i] = luma_of(row, red[i], green[i], blue[i]);
}

WEBRTCSERVER_PIXEL_MATH short sum_of_four(const unsigned char* upper, const unsigned char* lower,
                                          int i) {
  return static_cast<short>(upper[2 * i] + upper[2 * i + 1] + lower[2 * i] + lower[2 * i + 1]);
}

// Into pairs, as NV12 has them: two planes more would be too many rows for the compiler to tell
// apart.
WEBRTCSERVER_PIXEL_MATH void to_chroma(const Coefficients& c, const ConstColorRows& upper,
                                       const ConstColorRows& lower, unsigned char* __restrict pairs,
                                       int count) {
  const Coefficients::Row to_cb = c.cb;
  const Coefficients::Row to_cr = c.cr;
  const unsigned char* __restrict red_above = upper.red;
  const unsigned char* __restrict red_below = lower.red;
  const unsigned char* __restrict green_above = upper.green;
  const unsigned char* __restrict green_below = lower.green;
  const unsigned char* __restrict blue_above = upper.blue;
  const unsigned char* __restrict blue_below = lower.blue;
  for (int i = 0; i < count; ++i) {
    const short red = sum_of_four(red_above, red_below, i);
    const short green = sum_of_four(green_above, green_below, i);
    const short blue = sum_of_four(blue_above, blue_below, i);
    pairs[2 * i] = chroma_of(to_cb, red, green, blue);
    pairs[2 * i + 1] = chroma_of(to_cr, red, green, blue);
  }
}

template <int kStep>
WEBRTCSERVER_PIXEL_MATH void to_part_rows(const Coefficients& c, const unsigned char* __restrict cb,
                                          const unsigned char* __restrict cr, const PartRows& parts,
                                          int count) {
  const Coefficients local = c;
  short* __restrict red = parts.red;
  short* __restrict green = parts.green;
  short* __restrict blue = parts.blue;
  for (int i = 0; i < count; ++i) {
    red[2 * i] = red[2 * i + 1] = red_part(local, cr[kStep * i]);
    green[2 * i] = green[2 * i + 1] = green_part(local, cb[kStep * i], cr[kStep * i]);
    blue[2 * i] = blue[2 * i + 1] = blue_part(local, cb[kStep * i]);
  }
}

WEBRTCSERVER_PIXEL_MATH void to_parts(const Coefficients& c, const ConstChromaRows& chroma,
                                      const PartRows& parts, int count) {
  if (chroma.step == 1) to_part_rows<1>(c, chroma.cb, chroma.cr, parts, count);
  if (chroma.step == 2) to_part_rows<2>(c, chroma.cb, chroma.cb + 1, parts, count);
}

WEBRTCSERVER_PIXEL_MATH void to_color_row(const Coefficients& c,
                                          const unsigned char* __restrict luma,
                                          const short* __restrict parts,
                                          unsigned char* __restrict color, int count) {
  const Coefficients local = c;
  for (int i = 0; i < count; ++i) color[i] = colour_of(luma_part(local, luma[i]), parts[i]);
}

WEBRTCSERVER_PIXEL_MATH void to_colors(const Coefficients& c, const unsigned char* luma,
                                       const PartRows& parts, const ColorRows& colors, int count) {
  to_color_row(c, luma, parts.red, colors.red, count);
  to_color_row(c, luma, parts.green, colors.green, count);
  to_color_row(c, luma, parts.blue, colors.blue, count);
}

WEBRTCSERVER_PIXEL_MATH void to_grey(const Coefficients& c, const unsigned char* __restrict luma,
                                     unsigned char* __restrict grey, int count) {
  const Coefficients local = c;
  for (int i = 0; i < count; ++i) grey[i] = grey_of(local, luma[i]);
}

template <int kRed, int kBlue>
WEBRTCSERVER_PIXEL_MATH void pack_three(const ConstColorRows& colors,
                                        unsigned char* __restrict pixels, int count) {
  const unsigned char* __restrict red = colors.red;
  const unsigned char* __restrict green = colors.green;
  const unsigned char* __restrict blue = colors.blue;
  for (int i = 0; i < count; ++i) {
    pixels[3 * i + kRed] = red[i];
    pixels[3 * i + 1] = green[i];
    pixels[3 * i + kBlue] = blue[i];
  }
}

// As one word: a fourth byte that comes from nowhere keeps the compiler from making vector code.
template <int kRed, int kBlue>
WEBRTCSERVER_PIXEL_MATH void pack_four(const ConstColorRows& colors,
                                       unsigned char* __restrict pixels, int count) {
  const unsigned char* __restrict red = colors.red;
  const unsigned char* __restrict green = colors.green;
  const unsigned char* __restrict blue = colors.blue;
  const auto shift = [](int byte) {
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 8 * byte : 24 - 8 * byte;
  };
  for (int i = 0; i < count; ++i) {
    const unsigned pixel = static_cast<unsigned>(red[i]) << shift(kRed) |
                           static_cast<unsigned>(green[i]) << shift(1) |
                           static_cast<unsigned>(blue[i]) << shift(kBlue) | 255U << shift(3);
    __builtin_memcpy(pixels + 4 * i, &pixel, sizeof(pixel));
  }
}

WEBRTCSERVER_PIXEL_MATH void pack(const ConstColorRows& colors, unsigned char* pixels, int bytes,
                                  bool swapped, int count) {
  if (bytes == 3 && !swapped) pack_three<0, 2>(colors, pixels, count);
  if (bytes == 3 && swapped) pack_three<2, 0>(colors, pixels, count);
  if (bytes == 4 && !swapped) pack_four<0, 2>(colors, pixels, count);
  if (bytes == 4 && swapped) pack_four<2, 0>(colors, pixels, count);
}

template <int kChannels>
WEBRTCSERVER_PIXEL_MATH void pack_float_pixels(const Coefficients& c, const ConstColorRows& colors,
                                               float* values, int count) {
  PeriodicNumbers numbers;
  fill<kChannels>(&numbers, c.of_code, c.of_code_offset, c.white);
  constexpr int kPixels = kBlock / kChannels;
  unsigned char codes[kBlock];
  for (int first = 0; first < count; first += kPixels) {
    const int pixels = count - first < kPixels ? count - first : kPixels;
    const ConstColorRows part = {colors.red + first, colors.green + first, colors.blue + first};
    if constexpr (kChannels == 3) pack_three<0, 2>(part, codes, pixels);
    if constexpr (kChannels == 4) pack_four<0, 2>(part, codes, pixels);
    to_values(numbers, codes, values + kChannels * first, kChannels * pixels);
  }
}

WEBRTCSERVER_PIXEL_MATH void pack_plane(const Coefficients& c, int channel,
                                        const unsigned char* __restrict codes,
                                        float* __restrict values, int count) {
  const float factor = c.of_code[channel];
  const float offset = c.of_code_offset[channel];
  for (int i = 0; i < count; ++i) values[i] = value_of(codes[i], factor, offset);
}

WEBRTCSERVER_PIXEL_MATH void pack_floats(const Coefficients& c, const ConstColorRows& colors,
                                         float* const (&values)[3], int channels, int count) {
  if (channels == 3) pack_float_pixels<3>(c, colors, values[0], count);
  if (channels == 4) pack_float_pixels<4>(c, colors, values[0], count);
  if (channels == 1) {
    pack_plane(c, 0, colors.red, values[0], count);
    pack_plane(c, 1, colors.green, values[1], count);
    pack_plane(c, 2, colors.blue, values[2], count);
  }
}

WEBRTCSERVER_PIXEL_MATH void split(const unsigned char* __restrict pairs,
                                   unsigned char* __restrict first,
                                   unsigned char* __restrict second, int count) {
  for (int i = 0; i < count; ++i) {
    first[i] = pairs[2 * i];
    second[i] = pairs[2 * i + 1];
  }
}

WEBRTCSERVER_PIXEL_MATH void join(const unsigned char* __restrict first,
                                  const unsigned char* __restrict second,
                                  unsigned char* __restrict pairs, int count) {
  for (int i = 0; i < count; ++i) {
    pairs[2 * i] = first[i];
    pairs[2 * i + 1] = second[i];
  }
}

}  // namespace webrtcserver::row_loops
