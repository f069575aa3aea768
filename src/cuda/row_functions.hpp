// SPDX-License-Identifier: LGPL-2.1-or-later
// row_functions.hpp — conversion_math.hpp over rows of pixels, compiled for several processors. Any
// thread.
#pragma once

#include <span>

#include "cuda/conversion_math.hpp"

namespace webrtcserver {

// A row of each colour, as bytes. An odd row is continued by one more pixel like its last.
struct ConstColorRows {
  const unsigned char* red;
  const unsigned char* green;
  const unsigned char* blue;
};

struct ColorRows {
  unsigned char* red;
  unsigned char* green;
  unsigned char* blue;
};

// Where chroma is: `step` is 1 for planes of their own and 2 for NV12.
struct ConstChromaRows {
  const unsigned char* cb;
  const unsigned char* cr;
  int step;
};

// What chroma adds to each pixel's colours: the same for two. An odd row has one number more.
struct PartRows {
  short* red;
  short* green;
  short* blue;
};

// `count` is in what the result has: pixels, or samples of chroma.
struct RowFunctions {
  const char* name;
  // From pixels of three or four bytes; `swapped` has blue first.
  void (*unpack)(const unsigned char* pixels, int bytes, bool swapped, const ColorRows& colors,
                 int count);
  // From floats: `channels` is 3 or 4 for pixels, which begin at the first address, and 1 for
  // planes.
  void (*unpack_floats)(const Coefficients& c, const float* const (&values)[3], int channels,
                        const ColorRows& colors, int count);
  void (*to_luma)(const Coefficients& c, const ConstColorRows& colors, unsigned char* luma,
                  int count);
  // Cb and Cr by turns.
  void (*to_chroma)(const Coefficients& c, const ConstColorRows& upper, const ConstColorRows& lower,
                    unsigned char* pairs, int count);

  // Two numbers for each of `count`.
  void (*to_parts)(const Coefficients& c, const ConstChromaRows& chroma, const PartRows& parts,
                   int count);
  void (*to_colors)(const Coefficients& c, const unsigned char* luma, const PartRows& parts,
                    const ColorRows& colors, int count);
  void (*to_grey)(const Coefficients& c, const unsigned char* luma, unsigned char* grey, int count);
  void (*pack)(const ConstColorRows& colors, unsigned char* pixels, int bytes, bool swapped,
               int count);
  void (*pack_floats)(const Coefficients& c, const ConstColorRows& colors,
                      float* const (&values)[3], int channels, int count);

  // Between NV12's chroma and two planes.
  void (*split)(const unsigned char* pairs, unsigned char* first, unsigned char* second, int count);
  void (*join)(const unsigned char* first, const unsigned char* second, unsigned char* pairs,
               int count);
};

// Those that this processor can run, the best last. All have the same results.
std::span<const RowFunctions> all_row_functions();
const RowFunctions& row_functions();  // the best

}  // namespace webrtcserver
