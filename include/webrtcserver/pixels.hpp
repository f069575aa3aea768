// SPDX-License-Identifier: LGPL-2.1-or-later
// pixels.hpp — a picture in memory of the application's own, the CPU's or a CUDA device's.
#pragma once

#include <gst/webrtcserver/pixels.h>
#include <webrtcserver/error.hpp>
#include <webrtcserver/memory.hpp>
#include <webrtcserver/pixel_format.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace webrtcserver {
inline namespace v1 {

/// What Y, U and V are made of.
enum class ColorMatrix {
  kAuto = GST_WEBRTC_SERVER_PIXEL_MATRIX_AUTO,  ///< BT.601 up to 576 rows, BT.709 above.
  kBt601 = GST_WEBRTC_SERVER_PIXEL_MATRIX_BT601,
  kBt709 = GST_WEBRTC_SERVER_PIXEL_MATRIX_BT709,
};

/// Where a picture of the application's own is, and how it lies there. Unlike an Image it owns
/// nothing: the memory is the application's, and may be used again as soon as
/// VideoOutput::render() has read it.
///
///     output->render(Pixels(tensor, 1280, 720, PixelFormat::kPlanarRgbFloat), stream);
///
/// The layouts are kRgb, kRgba, kBgr, kBgra, kGray8, kRgbFloat, kRgbaFloat, kPlanarRgbFloat, kNv12
/// and kI420.
struct Pixels {
  Pixels() = default;
  /// @param data the first pixel; planes behind the first follow it without a gap
  /// @param stride bytes from a row to the next; 0: without a gap
  Pixels(const void* data, int columns, int lines, PixelFormat layout, std::ptrdiff_t stride = 0)
      : format(layout), width(columns), height(lines) {
    // What render() reads need not be writable; what capture_into() fills has to be.
    planes[0] = const_cast<void*>(data);
    strides[0] = stride;
  }

  PixelFormat format = PixelFormat::kRgb;
  int width = 0;
  int height = 0;
  /// Of each plane's first pixel. None of a plane behind the first: it follows that without a gap.
  std::array<void*, 3> planes = {};
  std::array<std::ptrdiff_t, 3> strides = {};  ///< 0: rows without a gap.

  /// kCpu or kCuda; nothing: CUDA's driver is asked, where the program uses it.
  std::optional<Memory> memory;
  /// The CUstream (cudaStream_t) on which the pixels are made or used; null: the default stream.
  void* stream = nullptr;

  ColorMatrix matrix = ColorMatrix::kAuto;  ///< Of kNv12 and kI420, or what becomes of others.
  bool full_range = false;                  ///< Of kNv12 and kI420: 0 to 255, not 16 to 235.

  /// Of floats: each is (colour - mean) / deviation, where colour goes from 0 to `white`.
  float white = 1;
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> deviation = {1, 1, 1};

  /// When it is to be seen; nothing: when it is rendered.
  std::optional<std::chrono::nanoseconds> timestamp;
};

namespace detail {

inline GstWebRTCServerPixelLayout pixel_layout(PixelFormat format) {
  switch (format) {
    case PixelFormat::kRgb:
      return GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGB8;
    case PixelFormat::kRgba:
      return GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGBA8;
    case PixelFormat::kBgr:
      return GST_WEBRTC_SERVER_PIXEL_LAYOUT_BGR8;
    case PixelFormat::kBgra:
      return GST_WEBRTC_SERVER_PIXEL_LAYOUT_BGRA8;
    case PixelFormat::kGray8:
      return GST_WEBRTC_SERVER_PIXEL_LAYOUT_GRAY8;
    case PixelFormat::kRgbFloat:
      return GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGB_FLOAT;
    case PixelFormat::kRgbaFloat:
      return GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGBA_FLOAT;
    case PixelFormat::kPlanarRgbFloat:
      return GST_WEBRTC_SERVER_PIXEL_LAYOUT_PLANAR_RGB_FLOAT;
    case PixelFormat::kNv12:
      return GST_WEBRTC_SERVER_PIXEL_LAYOUT_NV12;
    case PixelFormat::kI420:
      return GST_WEBRTC_SERVER_PIXEL_LAYOUT_I420;
    default:
      throw Error(ErrorCode::kFailed, "An application's pixels cannot be in the format \"" +
                                          to_string(format) +
                                          "\". They can be RGB, RGBA, BGR, BGRA, GRAY8, NV12, "
                                          "I420, and RGB and RGBA of floats.");
  }
}

inline GstWebRTCServerPixelMemory pixel_memory(const std::optional<Memory>& memory) {
  if (!memory) return GST_WEBRTC_SERVER_PIXEL_MEMORY_AUTO;
  if (*memory == Memory::kCpu) return GST_WEBRTC_SERVER_PIXEL_MEMORY_HOST;
  if (*memory == Memory::kCuda) return GST_WEBRTC_SERVER_PIXEL_MEMORY_DEVICE;
  throw Error(ErrorCode::kFailed, "Pixels are in the memory of the CPU or of a CUDA device.");
}

inline GstWebRTCServerPixels to_native(const Pixels& from) {
  GstWebRTCServerPixels to;
  gst_webrtc_server_pixels_init(&to, pixel_layout(from.format), from.width, from.height);
  to.memory = pixel_memory(from.memory);
  std::copy(from.planes.begin(), from.planes.end(), to.planes);
  std::copy(from.strides.begin(), from.strides.end(), to.strides);
  to.stream = from.stream;
  to.matrix = static_cast<GstWebRTCServerPixelMatrix>(from.matrix);
  to.full_range = from.full_range ? TRUE : FALSE;
  to.white = from.white;
  std::copy(from.mean.begin(), from.mean.end(), to.mean);
  std::copy(from.deviation.begin(), from.deviation.end(), to.deviation);
  if (from.timestamp) {
    if (from.timestamp->count() < 0)
      throw Error(ErrorCode::kFailed, "A picture is to be seen before time began.");
    to.pts = static_cast<GstClockTime>(from.timestamp->count());
  }
  return to;
}

// What is known of a frame that has been written into the memory.
inline void tell_frame(const GstWebRTCServerPixels& from, Pixels& to) {
  to.matrix = static_cast<ColorMatrix>(from.matrix);
  to.full_range = from.full_range != FALSE;
  to.timestamp = std::nullopt;
  if (GST_CLOCK_TIME_IS_VALID(from.pts)) to.timestamp = std::chrono::nanoseconds(from.pts);
}

}  // namespace detail
}  // namespace v1
}  // namespace webrtcserver
