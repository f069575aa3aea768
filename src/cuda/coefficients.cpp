// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/coefficients.hpp"

#include <cmath>

namespace webrtcserver {

namespace {

// What red and blue weigh in luma: ITU-R BT.601-7, 2.5.1, and BT.709-6, 3.2. Green has the rest.
struct Weights {
  double red;
  double blue;
};

Weights weights_of(ColorMatrix matrix) {
  return matrix == ColorMatrix::kBt601 ? Weights{0.299, 0.114} : Weights{0.2126, 0.0722};
}

short rounded(double value) {
  return static_cast<short>(std::lround(value));
}

// A row whose numbers make up `total` to the last bit, so that grey stays grey.
Coefficients::Row row_of(double red, double blue, int total, double offset) {
  Coefficients::Row row{};
  row.red = rounded(red);
  row.blue = rounded(blue);
  row.green = static_cast<short>(total - row.red - row.blue);
  // A half, and a sixty-fourth for what three products lose: one and a half on average.
  row.bias = rounded(offset * 64 + 32 + 1);
  return row;
}

}  // namespace

Coefficients coefficients_of(const Conversion& conversion) {
  const Weights weights = weights_of(conversion.matrix);
  const double green = 1 - weights.red - weights.blue;
  const double luma_range = conversion.full_range ? 1 : 219. / 255;
  const double chroma_range = conversion.full_range ? 1 : 224. / 255;
  const int offset = conversion.full_range ? 0 : 16;

  Coefficients c{};
  // A code × 2^8, and the sum of four × 2^6, have 6 bits of fraction left after a product.
  const double luma = 16384 * luma_range;
  const double chroma = 16384 * chroma_range;
  const auto white_luma = static_cast<int>(std::lround(luma));
  // 128 is what centring takes away.
  c.y = row_of(weights.red * luma, weights.blue * luma, white_luma, offset + 128 * luma_range);
  c.cb = row_of(-weights.red / (2 * (1 - weights.blue)) * chroma, chroma / 2, 0, 128);
  c.cr = row_of(chroma / 2, -weights.blue / (2 * (1 - weights.red)) * chroma, 0, 128);

  const double red_of_cr = 2 * (1 - weights.red) / chroma_range;
  const double blue_of_cb = 2 * (1 - weights.blue) / chroma_range;
  const double unit = 8192;  // a code × 2^8 / 2^16 has 5 bits of fraction
  c.y_offset = static_cast<short>(offset);
  c.y_gain = rounded(16384 / luma_range);  // a code × 2^7
  c.red_of_cr = rounded(red_of_cr * unit);
  c.green_of_cb = rounded(-weights.blue / green * blue_of_cb * unit);
  c.green_of_cr = rounded(-weights.red / green * red_of_cr * unit);
  c.blue_of_cb = rounded(blue_of_cb * unit);

  const double white = conversion.white;
  for (int channel = 0; channel < 3; ++channel) {
    const double mean = conversion.mean[static_cast<std::size_t>(channel)];
    const double deviation = conversion.deviation[static_cast<std::size_t>(channel)];
    c.to_code[channel] = static_cast<float>(255 * deviation / white);
    c.to_code_offset[channel] = static_cast<float>(255 * mean / white + 0.5);
    c.of_code[channel] = static_cast<float>(white / (255 * deviation));
    c.of_code_offset[channel] = static_cast<float>(-mean / deviation);
  }
  c.white = conversion.white;
  return c;
}

}  // namespace webrtcserver
