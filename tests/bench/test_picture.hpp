// SPDX-License-Identifier: LGPL-2.1-or-later
// test_picture.hpp — paints a picture that keeps an encoder at its bitrate and carries the wall
// clock. Lives on the streaming thread of the pad whose buffers it paints.
#pragma once

#include <gst/video/video.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace webrtcserver::bench {

// A textured plane that pans, under a film grain that never repeats, in I420: no frame can be
// predicted from the one before, so a rate-controlled encoder spends its whole budget and every run
// has the same packet rate.
//
// The clock is a row of kClockBits squares of kClockSquare pixels in the top left corner, the most
// significant bit first, white for one and black for zero, all of neutral chroma so that no chroma
// subsampling or matrix blurs them. The number is the wall clock in ClockTicks, modulo 2^kClockBits
// (105 s). driver/page.js reads it too, and driver/camera.js draws it.
class TestPicture {
 public:
  static constexpr int kClockBits = 20;
  static constexpr int kClockSquare = 32;  // pixels; whole macroblocks survive quantisation
  using ClockTick = std::chrono::duration<std::int64_t, std::ratio<1, 10'000>>;

  TestPicture(int width, int height);

  // Overwrites the whole frame, which must be writable I420 of the constructor's size.
  void paint(GstVideoFrame* frame, std::chrono::system_clock::time_point now);

  // How long before `now` the clock in a frame of I420 was drawn; nothing where a square is neither
  // black nor white, or where there is no room for the squares.
  static std::optional<ClockTick> age(const GstVideoFrame& frame,
                                      std::chrono::system_clock::time_point now);

 private:
  void paint_texture(GstVideoFrame* frame);
  static void paint_clock(GstVideoFrame* frame, std::chrono::system_clock::time_point now);

  int width_;
  int height_;
  int texture_stride_;
  std::vector<std::uint8_t> texture_;  // luma, larger than the frame by the reach of the pan
  std::vector<std::uint8_t> grain_;    // luma offsets, read from another place for every row
  std::minstd_rand random_;
  unsigned frame_number_ = 0;
};

}  // namespace webrtcserver::bench
