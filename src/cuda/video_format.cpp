// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/video_format.hpp"

namespace webrtcserver {

GstVideoFormat video_format_of(PixelLayout layout) {
  switch (layout) {
    case PixelLayout::kRgb8:
      return GST_VIDEO_FORMAT_RGB;
    case PixelLayout::kRgba8:
      return GST_VIDEO_FORMAT_RGBA;
    case PixelLayout::kBgr8:
      return GST_VIDEO_FORMAT_BGR;
    case PixelLayout::kBgra8:
      return GST_VIDEO_FORMAT_BGRA;
    case PixelLayout::kGray8:
      return GST_VIDEO_FORMAT_GRAY8;
    case PixelLayout::kNv12:
      return GST_VIDEO_FORMAT_NV12;
    case PixelLayout::kI420:
      return GST_VIDEO_FORMAT_I420;
    case PixelLayout::kRgbFloat:
    case PixelLayout::kRgbaFloat:
    case PixelLayout::kPlanarRgbFloat:
      break;
  }
  return GST_VIDEO_FORMAT_UNKNOWN;
}

}  // namespace webrtcserver
