// SPDX-License-Identifier: LGPL-2.1-or-later
// All 2^24 colours in both directions, through the vector code of this machine, against the
// standards' equations in double precision. Compiled with optimisation, which makes seconds of a
// minute; a sanitizer makes minutes of it again, and sees as much in some.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "cuda/coefficients.hpp"
#include "cuda/row_functions.hpp"

namespace webrtcserver {
namespace {

constexpr std::size_t kCodes = 256;
using Codes = std::array<unsigned char, kCodes>;
using Pairs = std::array<unsigned char, 2 * kCodes>;

Codes ascending() {
  Codes codes{};
  for (std::size_t i = 0; i < kCodes; ++i) codes[i] = static_cast<unsigned char>(i);
  return codes;
}

template <std::size_t count>
std::array<unsigned char, count> repeated(std::size_t code) {
  std::array<unsigned char, count> codes{};
  codes.fill(static_cast<unsigned char>(code));
  return codes;
}

// ITU-R BT.601-7 and BT.709-6.
class Reference {
 public:
  explicit Reference(const Conversion& conversion)
      : red_(conversion.matrix == ColorMatrix::kBt601 ? 0.299 : 0.2126),
        blue_(conversion.matrix == ColorMatrix::kBt601 ? 0.114 : 0.0722),
        luma_(conversion.full_range ? 255 : 219),
        chroma_(conversion.full_range ? 255 : 224),
        black_(conversion.full_range ? 0 : 16) {}

  std::array<double, 3> encoded(double red, double green, double blue) const {
    const double luma = (red_ * red + (1 - red_ - blue_) * green + blue_ * blue) / 255;
    return {black_ + luma_ * luma, 128 + chroma_ * (blue / 255 - luma) / (2 * (1 - blue_)),
            128 + chroma_ * (red / 255 - luma) / (2 * (1 - red_))};
  }

  std::array<double, 3> decoded(double y, double cb, double cr) const {
    const double luma = 255 * (y - black_) / luma_;
    const double red = luma + 255 * 2 * (1 - red_) * (cr - 128) / chroma_;
    const double blue = luma + 255 * 2 * (1 - blue_) * (cb - 128) / chroma_;
    return {red, (luma - red_ * red - blue_ * blue) / (1 - red_ - blue_), blue};
  }

 private:
  double red_, blue_, luma_, chroma_, black_;
};

// How far a code is from what it should be: half a code is rounding, and cannot be less.
double distance(unsigned char code, double exact) {
  return std::abs(code - std::clamp(exact, 0., 255.));
}

double worst_encoded(const Conversion& conversion) {
  const Coefficients c = coefficients_of(conversion);
  const Reference reference(conversion);
  const RowFunctions& functions = row_functions();
  const Codes blues = ascending();
  Pairs twice{};  // as chroma takes them
  for (std::size_t i = 0; i < twice.size(); ++i) twice[i] = blues[i / 2];
  double worst = 0;
  for (std::size_t red = 0; red < kCodes; ++red)
    for (std::size_t green = 0; green < kCodes; ++green) {
      const Pairs reds = repeated<2 * kCodes>(red);
      const Pairs greens = repeated<2 * kCodes>(green);
      Codes y{};
      Pairs pairs{};
      functions.to_luma(c, {reds.data(), greens.data(), blues.data()}, y.data(), kCodes);
      const ConstColorRows rows = {reds.data(), greens.data(), twice.data()};
      functions.to_chroma(c, rows, rows, pairs.data(), kCodes);
      for (std::size_t blue = 0; blue < kCodes; ++blue) {
        const auto exact = reference.encoded(static_cast<double>(red), static_cast<double>(green),
                                             static_cast<double>(blue));
        worst = std::max({worst, distance(y[blue], exact[0]), distance(pairs[2 * blue], exact[1]),
                          distance(pairs[2 * blue + 1], exact[2])});
      }
    }
  return worst;
}

double worst_decoded(const Conversion& conversion) {
  const Coefficients c = coefficients_of(conversion);
  const Reference reference(conversion);
  const RowFunctions& functions = row_functions();
  const Codes lumas = ascending();
  double worst = 0;
  for (std::size_t cb = 0; cb < kCodes; ++cb)
    for (std::size_t cr = 0; cr < kCodes; ++cr) {
      const auto cbs = repeated<kCodes / 2>(cb);
      const auto crs = repeated<kCodes / 2>(cr);
      std::array<std::array<short, kCodes>, 3> numbers{};
      const PartRows parts = {numbers[0].data(), numbers[1].data(), numbers[2].data()};
      std::array<Codes, 3> colors{};
      functions.to_parts(c, {cbs.data(), crs.data(), 1}, parts, kCodes / 2);
      functions.to_colors(c, lumas.data(), parts,
                          {colors[0].data(), colors[1].data(), colors[2].data()}, kCodes);
      for (std::size_t y = 0; y < kCodes; ++y) {
        const auto exact = reference.decoded(static_cast<double>(y), static_cast<double>(cb),
                                             static_cast<double>(cr));
        for (std::size_t color = 0; color < 3; ++color)
          worst = std::max(worst, distance(colors[color][y], exact[color]));
      }
    }
  return worst;
}

class EveryColour : public ::testing::TestWithParam<Conversion> {};

// Below one and a half everything is within one code of the rounded exact value; it is much closer.
TEST_P(EveryColour, IsEncodedWithinOneCode) {
  EXPECT_LT(worst_encoded(GetParam()), 0.56);
}

TEST_P(EveryColour, IsDecodedWithinOneCode) {
  EXPECT_LT(worst_decoded(GetParam()), 0.6);
}

Conversion kind(ColorMatrix matrix, bool full_range) {
  Conversion made;
  made.matrix = matrix;
  made.full_range = full_range;
  return made;
}

std::string name_of_kind(const ::testing::TestParamInfo<Conversion>& info) {
  const bool bt601 = info.param.matrix == ColorMatrix::kBt601;
  return std::string(bt601 ? "Bt601" : "Bt709") + (info.param.full_range ? "Full" : "Limited");
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryColour,
                         ::testing::Values(kind(ColorMatrix::kBt601, false),
                                           kind(ColorMatrix::kBt601, true),
                                           kind(ColorMatrix::kBt709, false),
                                           kind(ColorMatrix::kBt709, true)),
                         name_of_kind);

}  // namespace
}  // namespace webrtcserver
