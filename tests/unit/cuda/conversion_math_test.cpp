// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/conversion_math.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <initializer_list>
#include <limits>
#include <ostream>
#include <vector>

#include "cuda/coefficients.hpp"

namespace webrtcserver {
namespace {

struct Color {
  int red, green, blue;
};

std::ostream& operator<<(std::ostream& stream, const Color& color) {
  return stream << color.red << " " << color.green << " " << color.blue;
}

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

struct Bar {
  Color color;
  Sample sample;
};

void expect_bars(const Conversion& kind, std::initializer_list<Bar> bars) {
  const Coefficients c = coefficients_of(kind);
  for (const Bar& bar : bars) {
    const Sample sample = encoded(c, bar.color);
    const auto is_75 = [](int code) { return code == 191; };
    const Color& color = bar.color;
    const int tolerance = is_75(color.red) || is_75(color.green) || is_75(color.blue) ? 1 : 0;
    EXPECT_NEAR(sample.y, bar.sample.y, tolerance) << color;
    EXPECT_NEAR(sample.cb, bar.sample.cb, tolerance) << color;
    EXPECT_NEAR(sample.cr, bar.sample.cr, tolerance) << color;
    const Color back = decoded(c, bar.sample);
    EXPECT_NEAR(back.red, color.red, 2) << color;  // a step of Y'CbCr is up to two of a colour
    EXPECT_NEAR(back.green, color.green, 2) << color;
    EXPECT_NEAR(back.blue, color.blue, 2) << color;
  }
}

// Published values of colour bars, in ITU-R BT.601 and BT.709. 75 % of 255 is 191.25, so a bar of
// 191 may be one off.
TEST(ConversionMath, Bt601BarsAreAsPublished) {
  expect_bars(conversion(ColorMatrix::kBt601, false), {{{255, 255, 255}, {235, 128, 128}},
                                                       {{255, 255, 0}, {210, 16, 146}},
                                                       {{0, 255, 255}, {170, 166, 16}},
                                                       {{0, 255, 0}, {145, 54, 34}},
                                                       {{255, 0, 255}, {106, 202, 222}},
                                                       {{255, 0, 0}, {81, 90, 240}},
                                                       {{0, 0, 255}, {41, 240, 110}},
                                                       {{0, 0, 0}, {16, 128, 128}},
                                                       {{191, 191, 191}, {180, 128, 128}},
                                                       {{191, 191, 0}, {162, 44, 142}},
                                                       {{0, 191, 191}, {131, 156, 44}},
                                                       {{0, 191, 0}, {112, 72, 58}},
                                                       {{191, 0, 191}, {84, 184, 198}},
                                                       {{191, 0, 0}, {65, 100, 212}},
                                                       {{0, 0, 191}, {35, 212, 114}}});
}

TEST(ConversionMath, Bt709BarsAreAsPublished) {
  expect_bars(conversion(ColorMatrix::kBt709, false), {{{255, 255, 255}, {235, 128, 128}},
                                                       {{255, 255, 0}, {219, 16, 138}},
                                                       {{0, 255, 255}, {188, 154, 16}},
                                                       {{0, 255, 0}, {173, 42, 26}},
                                                       {{255, 0, 255}, {78, 214, 230}},
                                                       {{255, 0, 0}, {63, 102, 240}},
                                                       {{0, 0, 255}, {32, 240, 118}},
                                                       {{0, 0, 0}, {16, 128, 128}},
                                                       {{191, 191, 191}, {180, 128, 128}},
                                                       {{191, 191, 0}, {168, 44, 136}},
                                                       {{0, 191, 191}, {145, 147, 44}},
                                                       {{0, 191, 0}, {133, 63, 52}},
                                                       {{191, 0, 191}, {63, 193, 204}},
                                                       {{191, 0, 0}, {51, 109, 212}},
                                                       {{0, 0, 191}, {28, 212, 120}}});
}

// JFIF's, as libjpeg has them.
TEST(ConversionMath, FullRangeBarsAreJpegs) {
  expect_bars(conversion(ColorMatrix::kBt601, true), {{{255, 255, 255}, {255, 128, 128}},
                                                      {{255, 0, 0}, {76, 85, 255}},
                                                      {{0, 255, 0}, {150, 44, 21}},
                                                      {{0, 0, 255}, {29, 255, 107}},
                                                      {{0, 0, 0}, {0, 128, 128}}});
}

TEST(ConversionMath, GreyHasNoColourAndComesBack) {
  for (const Conversion& kind : conversions()) {
    const Coefficients c = coefficients_of(kind);
    for (int grey = 0; grey < 256; ++grey) {
      const Sample sample = encoded(c, {grey, grey, grey});
      EXPECT_EQ(sample.cb, 128);
      EXPECT_EQ(sample.cr, 128);
      const Color color = decoded(c, sample);
      EXPECT_EQ(color.red, color.green);
      EXPECT_EQ(color.red, color.blue);
      EXPECT_EQ(color.red, grey_of(c, static_cast<unsigned char>(sample.y)));
      EXPECT_NEAR(color.red, grey, 1);
    }
  }
}

TEST(ConversionMath, FloatsRoundToTheNearestCode) {
  const Coefficients c = coefficients_of(Conversion{});  // white is 255
  for (int code = 0; code < 255; ++code) {
    const auto value = static_cast<float>(code);
    EXPECT_EQ(code_of(c, 0, value), code);
    EXPECT_EQ(code_of(c, 1, value + 0.49F), code);
    EXPECT_EQ(code_of(c, 2, value + 0.51F), code + 1);
  }
}

TEST(ConversionMath, FloatsBeyondBlackAndWhiteAreBlackOrWhite) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Coefficients c = coefficients_of(Conversion{});
  for (const float value :
       {-0.F, -1e-40F, -0.6F, -1e9F, -std::numeric_limits<float>::max(), -kInfinity})
    EXPECT_EQ(code_of(c, 0, value), 0) << value;
  for (const float value :
       {254.5F, 255.F, 256.F, 1e9F, std::numeric_limits<float>::max(), kInfinity})
    EXPECT_EQ(code_of(c, 0, value), 255) << value;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(code_of(c, 0, nan), 0);
  EXPECT_EQ(code_of(c, 0, -nan), 0);
}

TEST(ConversionMath, FloatsOfNetworksComeBack) {
  std::vector<Conversion> kinds(3);
  kinds[0].white = 1;
  kinds[1].white = 1;  // torchvision's
  kinds[1].mean = {0.485F, 0.456F, 0.406F};
  kinds[1].deviation = {0.229F, 0.224F, 0.225F};
  kinds[2].mean = {123.68F, 116.78F, 103.94F};  // Caffe's
  for (const Conversion& kind : kinds) {
    const Coefficients c = coefficients_of(kind);
    for (int channel = 0; channel < 3; ++channel)
      for (int code = 0; code < 256; ++code) {
        const auto index = static_cast<std::size_t>(channel);
        const float value = value_of(c, channel, static_cast<unsigned char>(code));
        const float expected = (static_cast<float>(code) / 255 * kind.white - kind.mean[index]) /
                               kind.deviation[index];
        EXPECT_NEAR(value, expected, 1e-4F);
        EXPECT_EQ(code_of(c, channel, value), code);
      }
  }
}

}  // namespace
}  // namespace webrtcserver
