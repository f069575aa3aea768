// SPDX-License-Identifier: LGPL-2.1-or-later
#include "test_picture.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <span>

namespace webrtcserver::bench {

namespace {

constexpr std::uint8_t kBlack = 16;  // limited range
constexpr std::uint8_t kWhite = 235;
constexpr std::uint8_t kNeutralChroma = 128;
constexpr int kSurelyBlack = 72;  // mean of a square; decoding blurs it, range conversion moves it
constexpr int kSurelyWhite = 180;
constexpr int kPanReach = 128;        // pixels, either way
constexpr unsigned kPanPeriod = 240;  // frames
constexpr std::size_t kGrainSize = 1 << 16;
constexpr int kGrainAmplitude = 24;    // of 255
constexpr std::uint32_t kSeed = 8554;  // any number, but the same one in every run

// Adds one octave of value noise: random values on a lattice of `cell` pixels, interpolated
// between.
void add_octave(std::span<float> plane, int width, int height, int cell, float amplitude,
                std::minstd_rand& random) {
  const int columns = width / cell + 2;
  const int rows = height / cell + 2;
  std::uniform_real_distribution<float> uniform(-amplitude, amplitude);
  std::vector<float> lattice(static_cast<std::size_t>(columns) * rows);
  std::generate(lattice.begin(), lattice.end(), [&] { return uniform(random); });
  for (int y = 0; y < height; ++y) {
    const float* upper = &lattice[static_cast<std::size_t>(y / cell) * columns];
    const float* lower = upper + columns;
    const float down = static_cast<float>(y % cell) / static_cast<float>(cell);
    for (int x = 0; x < width; ++x) {
      const int column = x / cell;
      const float right = static_cast<float>(x % cell) / static_cast<float>(cell);
      const float above = std::lerp(upper[column], upper[column + 1], right);
      const float below = std::lerp(lower[column], lower[column + 1], right);
      plane[static_cast<std::size_t>(y) * width + x] += std::lerp(above, below, down);
    }
  }
}

// Mean luma of the middle quarter of a square: its edges suffer from quantisation.
int level(const GstVideoFrame& frame, int square) {
  constexpr int kFrom = TestPicture::kClockSquare / 4;
  constexpr int kTo = 3 * kFrom;
  const auto* luma = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  const int stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
  int sum = 0;
  for (int y = kFrom; y < kTo; ++y) {
    const std::uint8_t* row = luma + static_cast<std::ptrdiff_t>(y) * stride;
    for (int x = kFrom; x < kTo; ++x) sum += row[square * TestPicture::kClockSquare + x];
  }
  return sum / ((kTo - kFrom) * (kTo - kFrom));
}

}  // namespace

std::optional<TestPicture::ClockTick> TestPicture::age(const GstVideoFrame& frame,
                                                       std::chrono::system_clock::time_point now) {
  if (GST_VIDEO_FRAME_WIDTH(&frame) < kClockBits * kClockSquare ||
      GST_VIDEO_FRAME_HEIGHT(&frame) < kClockSquare) {
    return std::nullopt;
  }
  std::int64_t drawn = 0;
  for (int bit = 0; bit < kClockBits; ++bit) {
    const int mean = level(frame, bit);
    if (mean > kSurelyBlack && mean < kSurelyWhite) return std::nullopt;
    drawn = drawn * 2 + (mean >= kSurelyWhite ? 1 : 0);
  }
  constexpr std::int64_t kPeriod = 1 << kClockBits;
  const auto count = std::chrono::floor<ClockTick>(now.time_since_epoch()).count();
  return ClockTick((count - drawn % kPeriod + kPeriod) % kPeriod);
}

TestPicture::TestPicture(int width, int height)
    : width_(width),
      height_(height),
      texture_stride_(width + 2 * kPanReach),
      grain_(kGrainSize + width),
      random_(kSeed) {
  const int texture_height = height + 2 * kPanReach;
  std::vector<float> plane(static_cast<std::size_t>(texture_stride_) * texture_height, 112.0F);
  for (int cell = 64; cell >= 4; cell /= 2) {
    add_octave(plane, texture_stride_, texture_height, cell,
               8.0F * std::log2(static_cast<float>(cell)), random_);
  }
  // The grain is added to the texture without saturation, so the texture leaves room for it.
  texture_.resize(plane.size());
  std::transform(plane.begin(), plane.end(), texture_.begin(), [](float value) {
    return static_cast<std::uint8_t>(
        std::clamp(value, float{kBlack}, float{kWhite - kGrainAmplitude}));
  });
  std::uniform_int_distribution<int> uniform(0, kGrainAmplitude);
  std::generate(grain_.begin(), grain_.end(),
                [&] { return static_cast<std::uint8_t>(uniform(random_)); });
}

void TestPicture::paint(GstVideoFrame* frame, std::chrono::system_clock::time_point now) {
  paint_texture(frame);
  paint_clock(frame, now);
}

void TestPicture::paint_texture(GstVideoFrame* frame) {
  const double phase = 2 * std::numbers::pi * (frame_number_++ % kPanPeriod) / kPanPeriod;
  const int left = kPanReach + static_cast<int>((kPanReach - 1) * std::cos(phase));
  const int top = kPanReach + static_cast<int>((kPanReach - 1) * std::sin(2 * phase));
  std::uniform_int_distribution<std::size_t> anywhere(0, kGrainSize - 1);
  auto* luma = static_cast<std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(frame, 0));
  const int stride = GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0);
  for (int y = 0; y < height_; ++y) {
    const std::uint8_t* texture =
        &texture_[static_cast<std::size_t>(top + y) * texture_stride_ + left];
    const std::uint8_t* grain = &grain_[anywhere(random_)];
    std::uint8_t* row = luma + static_cast<std::ptrdiff_t>(y) * stride;
    for (int x = 0; x < width_; ++x) row[x] = static_cast<std::uint8_t>(texture[x] + grain[x]);
  }
  for (int plane = 1; plane < 3; ++plane) {
    std::memset(GST_VIDEO_FRAME_PLANE_DATA(frame, plane), kNeutralChroma,
                static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(frame, plane)) *
                    GST_VIDEO_FRAME_COMP_HEIGHT(frame, plane));
  }
}

void TestPicture::paint_clock(GstVideoFrame* frame, std::chrono::system_clock::time_point now) {
  const auto count = std::chrono::floor<ClockTick>(now.time_since_epoch()).count();
  auto* luma = static_cast<std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(frame, 0));
  const int stride = GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0);
  for (int bit = 0; bit < kClockBits; ++bit) {
    const bool set = ((count >> (kClockBits - 1 - bit)) & 1) != 0;
    for (int y = 0; y < kClockSquare; ++y) {
      std::memset(luma + static_cast<std::ptrdiff_t>(y) * stride + bit * kClockSquare,
                  set ? kWhite : kBlack, kClockSquare);
    }
  }
}

}  // namespace webrtcserver::bench
