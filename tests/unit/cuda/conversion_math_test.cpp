// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/conversion_math.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cuda/coefficients.hpp"

namespace webrtcserver {
namespace {

struct Color {
  int red, green, blue;
};

struct Sample {
  int y, cb, cr;
};

Conversion conversion(ColorMatrix matrix, bool full_range) {
  Conversion made;
  made.matrix = matrix;
  made.full_range = full_range;
  return made;
}

// Every kind of Y'CbCr.
std::vector<Conversion> conversions() {
  return {conversion(ColorMatrix::kBt601, false), conversion(ColorMatrix::kBt601, true),
          conversion(ColorMatrix::kBt709, false), conversion(ColorMatrix::kBt709, true)};
}

Sample encoded(const Coefficients& c, const Color& color) {
  const auto red = static_cast<unsigned char>(color.red);
  const auto green = static_cast<unsigned char>(color.green);
  const auto blue = static_cast<unsigned char>(color.blue);
  const auto four = [](int code) { return static_cast<short>(4 * code); };
  return {luma_of(c.y, red, green, blue),
          chroma_of(c.cb, four(color.red), four(color.green), four(color.blue)),
          chroma_of(c.cr, four(color.red), four(color.green), four(color.blue))};
}

Color decoded(const Coefficients& c, const Sample& sample) {
  const ChromaParts parts =
      chroma_parts(c, static_cast<unsigned char>(sample.cb), static_cast<unsigned char>(sample.cr));
  const short luma = luma_part(c, static_cast<unsigned char>(sample.y));
  return {colour_of(luma, parts.red), colour_of(luma, parts.green), colour_of(luma, parts.blue)};
}

// The standards' equations, in double precision: ITU-R BT.601-7 and BT.709-6.
class Reference {
 public:
  explicit Reference(const Conversion& conversion)
      : red_(conversion.matrix == ColorMatrix::kBt601 ? 0.299 : 0.2126),
        blue_(conversion.matrix == ColorMatrix::kBt601 ? 0.114 : 0.0722),
        luma_(conversion.full_range ? 255 : 219),
        chroma_(conversion.full_range ? 255 : 224),
        black_(conversion.full_range ? 0 : 16) {}

  void encode(const Color& color, double* y, double* cb, double* cr) const {
    const double luma =
        (red_ * color.red + (1 - red_ - blue_) * color.green + blue_ * color.blue) / 255;
    *y = black_ + luma_ * luma;
    *cb = 128 + chroma_ * (color.blue / 255. - luma) / (2 * (1 - blue_));
    *cr = 128 + chroma_ * (color.red / 255. - luma) / (2 * (1 - red_));
  }

  void decode(const Sample& sample, double* red, double* green, double* blue) const {
    const double y = (sample.y - black_) / luma_;
    const double cb = (sample.cb - 128) / chroma_;
    const double cr = (sample.cr - 128) / chroma_;
    *red = 255 * (y + 2 * (1 - red_) * cr);
    *blue = 255 * (y + 2 * (1 - blue_) * cb);
    *green = (255 * y - red_ * *red - blue_ * *blue) / (1 - red_ - blue_);
  }

 private:
  double red_, blue_, luma_, chroma_, black_;
};

// How far a code is from what it should be, after rounding and the range of a byte: 0.5 is perfect.
double distance(int code, double exact) {
  return std::abs(code - std::clamp(exact, 0., 255.));
}

TEST(ConversionMath, EncodesEveryColourWithinOneCode) {
  for (const Conversion& kind : conversions()) {
    const Coefficients c = coefficients_of(kind);
    const Reference reference(kind);
    double worst = 0;
    // Every third value and the ends of the range in each colour: all 2^24 pass as well, in a
    // minute.
    for (int red = 0; red < 256; red += 3)
      for (int green = 0; green < 256; green += 3)
        for (int blue = 0; blue < 256; blue += 3) {
          const Color color{red, green, blue};
          const Sample sample = encoded(c, color);
          double y = 0, cb = 0, cr = 0;
          reference.encode(color, &y, &cb, &cr);
          worst = std::max(
              {worst, distance(sample.y, y), distance(sample.cb, cb), distance(sample.cr, cr)});
        }
    EXPECT_LT(worst, 0.56);
  }
}

TEST(ConversionMath, DecodesEverySampleWithinOneCode) {
  for (const Conversion& kind : conversions()) {
    const Coefficients c = coefficients_of(kind);
    const Reference reference(kind);
    double worst = 0;
    for (int y = 0; y < 256; y += 3)
      for (int cb = 0; cb < 256; cb += 3)
        for (int cr = 0; cr < 256; cr += 3) {
          const Sample sample{y, cb, cr};
          const Color color = decoded(c, sample);
          double red = 0, green = 0, blue = 0;
          reference.decode(sample, &red, &green, &blue);
          worst = std::max({worst, distance(color.red, red), distance(color.green, green),
                            distance(color.blue, blue)});
        }
    EXPECT_LT(worst, 0.6);
  }
}

}  // namespace
}  // namespace webrtcserver
