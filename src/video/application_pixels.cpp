// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/application_pixels.hpp"

#include <string>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

constexpr int kMostRowsOfBt601 = 576;  // where GStreamer guesses so, too

}  // namespace

void complete(ApplicationPixels& picture) {
  Pixels& pixels = picture.pixels;
  if (pixels.width < 1 || pixels.height < 1 || pixels.width > kMaximumSize ||
      pixels.height > kMaximumSize) {
    throw Error(ErrorCode::kFailed, "There are no pictures of " + std::to_string(pixels.width) +
                                        "x" + std::to_string(pixels.height) + " pixels.");
  }
  const auto planes = static_cast<std::size_t>(plane_count(pixels.layout));
  for (std::size_t i = 0; i < planes; ++i) {
    const int plane = static_cast<int>(i);
    if (pixels.strides[i] == 0) {
      // Behind a first plane with gaps, those of I420's colours are half as wide, and others the
      // same.
      const std::ptrdiff_t first = i == 0 ? 0 : pixels.strides[0];
      const bool packed = i == 0 || first == row_bytes(pixels.layout, pixels.width, 0);
      pixels.strides[i] = packed || pixels.planes[i] ? row_bytes(pixels.layout, pixels.width, plane)
                          : pixels.layout == PixelLayout::kI420 ? (first + 1) / 2
                                                                : first;
    }
    if (i > 0 && !pixels.planes[i] && pixels.planes[0]) {
      pixels.planes[i] = static_cast<char*>(pixels.planes[i - 1]) +
                         pixels.strides[i - 1] * row_count(pixels.layout, pixels.height, plane - 1);
    }
  }
  check_pixels(pixels, "The picture");
  check_conversion(conversion_of(picture));
}

Conversion conversion_of(const ApplicationPixels& picture) {
  Conversion conversion;
  const bool small = picture.pixels.height <= kMostRowsOfBt601;
  const bool bt601 =
      picture.matrix == PixelMatrix::kAuto ? small : picture.matrix == PixelMatrix::kBt601;
  conversion.matrix = bt601 ? ColorMatrix::kBt601 : ColorMatrix::kBt709;
  conversion.full_range = picture.full_range && is_yuv(picture.pixels.layout);
  conversion.white = picture.white;
  conversion.mean = picture.mean;
  conversion.deviation = picture.deviation;
  return conversion;
}

void set_colorimetry(GstVideoInfo& info, ColorMatrix matrix, bool full_range) {
  gst_video_colorimetry_from_string(&info.colorimetry, matrix == ColorMatrix::kBt601
                                                           ? GST_VIDEO_COLORIMETRY_BT601
                                                           : GST_VIDEO_COLORIMETRY_BT709);
  if (full_range) info.colorimetry.range = GST_VIDEO_COLOR_RANGE_0_255;
}

ColorMatrix matrix_of(const GstVideoInfo& info) {
  switch (info.colorimetry.matrix) {
    case GST_VIDEO_COLOR_MATRIX_BT709:
      return ColorMatrix::kBt709;
    case GST_VIDEO_COLOR_MATRIX_BT601:
    case GST_VIDEO_COLOR_MATRIX_FCC:  // the next to it
      return ColorMatrix::kBt601;
    default:
      return GST_VIDEO_INFO_HEIGHT(&info) <= kMostRowsOfBt601 ? ColorMatrix::kBt601
                                                              : ColorMatrix::kBt709;
  }
}

bool is_full_range(const GstVideoInfo& info) {
  return info.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
}

}  // namespace webrtcserver
