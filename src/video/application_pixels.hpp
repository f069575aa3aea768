// SPDX-License-Identifier: LGPL-2.1-or-later
// application_pixels.hpp — a picture in an application's own memory, with all that has to be known
// to read or to write it. Plain values; usable on any thread.
#pragma once

#include <gst/video/video.h>

#include <array>

#include "cuda/pixels.hpp"

namespace webrtcserver {

// The numbers are those of the enumerations in the C API.
enum class PixelMemory { kAuto = 0, kHost, kDevice };
enum class PixelMatrix { kAuto = 0, kBt601, kBt709 };

struct ApplicationPixels {
  Pixels pixels;
  PixelMemory memory = PixelMemory::kAuto;
  void* stream = nullptr;  // CUstream; of device memory
  PixelMatrix matrix = PixelMatrix::kAuto;
  bool full_range = false;
  float white = 1;
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> deviation = {1, 1, 1};
  GstClockTime pts = GST_CLOCK_TIME_NONE;
};

// Strides of zero become those of rows without a gap, and planes without an address follow the
// first without one. Throws Error for what cannot be.
void complete(ApplicationPixels& picture);

// How colours become Y'CbCr in it, or came of it.
Conversion conversion_of(const ApplicationPixels& picture);

// As caps have it: "bt601", "bt709" or the numbers of the same with all values.
void set_colorimetry(GstVideoInfo& info, ColorMatrix matrix, bool full_range);
// What caps say, or leave to be guessed by the height.
ColorMatrix matrix_of(const GstVideoInfo& info);
bool is_full_range(const GstVideoInfo& info);

}  // namespace webrtcserver
