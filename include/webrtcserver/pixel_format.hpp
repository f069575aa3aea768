// SPDX-License-Identifier: LGPL-2.1-or-later
// pixel_format.hpp — how the pixels of an image lie in memory.
#pragma once

#include <gst/video/video.h>
#include <webrtcserver/error.hpp>

#include <string>

namespace webrtcserver {
inline namespace v1 {

/// The layouts that have a name here. GStreamer knows more: an Image of one of those is kOther, has
/// all its planes, and format_name() tells which it is.
enum class PixelFormat {
  kOther,
  kEncoded,  ///< No pixels: a frame as it is encoded, one plane of bytes.
  kRgb,      ///< 3 bytes a pixel.
  kBgr,      ///< 3 bytes a pixel; OpenCV's CV_8UC3.
  kRgba,     ///< 4 bytes a pixel; so are the next five.
  kBgra,
  kArgb,
  kAbgr,
  kRgbx,        ///< The fourth byte means nothing.
  kBgrx,        ///< The fourth byte means nothing.
  kGray8,       ///< 1 byte a pixel.
  kGray16,      ///< 2 bytes a pixel, little endian.
  kYuy2,        ///< 4:2:2 in one plane: Y U Y V.
  kUyvy,        ///< 4:2:2 in one plane: U Y V Y.
  kNv12,        ///< 4:2:0 in two planes: Y, and U and V by turns. What hardware decodes to.
  kNv21,        ///< As NV12, V first.
  kP010,        ///< As NV12, 10 bits in the upper part of 16, little endian.
  kI420,        ///< 4:2:0 in three planes: Y, U, V. What software decodes to.
  kYv12,        ///< As I420, V first.
  kI422,        ///< 4:2:2 in three planes; GStreamer's name is Y42B.
  kI444,        ///< 4:4:4 in three planes; GStreamer's name is Y444.
  kI420TenBit,  ///< As I420, 10 bits in the lower part of 16, little endian.
  // Of Pixels only, since GStreamer has no floats:
  kRgbFloat,        ///< 3 floats a pixel.
  kRgbaFloat,       ///< 4 floats a pixel.
  kPlanarRgbFloat,  ///< 3 planes of floats, red, green, blue: CHW, as networks have it.
};

namespace detail {

struct PixelFormatRow {
  PixelFormat format;
  GstVideoFormat native;
};

inline constexpr PixelFormatRow kPixelFormats[] = {
    {PixelFormat::kRgb, GST_VIDEO_FORMAT_RGB},
    {PixelFormat::kBgr, GST_VIDEO_FORMAT_BGR},
    {PixelFormat::kRgba, GST_VIDEO_FORMAT_RGBA},
    {PixelFormat::kBgra, GST_VIDEO_FORMAT_BGRA},
    {PixelFormat::kArgb, GST_VIDEO_FORMAT_ARGB},
    {PixelFormat::kAbgr, GST_VIDEO_FORMAT_ABGR},
    {PixelFormat::kRgbx, GST_VIDEO_FORMAT_RGBx},
    {PixelFormat::kBgrx, GST_VIDEO_FORMAT_BGRx},
    {PixelFormat::kGray8, GST_VIDEO_FORMAT_GRAY8},
    {PixelFormat::kGray16, GST_VIDEO_FORMAT_GRAY16_LE},
    {PixelFormat::kYuy2, GST_VIDEO_FORMAT_YUY2},
    {PixelFormat::kUyvy, GST_VIDEO_FORMAT_UYVY},
    {PixelFormat::kNv12, GST_VIDEO_FORMAT_NV12},
    {PixelFormat::kNv21, GST_VIDEO_FORMAT_NV21},
    {PixelFormat::kP010, GST_VIDEO_FORMAT_P010_10LE},
    {PixelFormat::kI420, GST_VIDEO_FORMAT_I420},
    {PixelFormat::kYv12, GST_VIDEO_FORMAT_YV12},
    {PixelFormat::kI422, GST_VIDEO_FORMAT_Y42B},
    {PixelFormat::kI444, GST_VIDEO_FORMAT_Y444},
    {PixelFormat::kI420TenBit, GST_VIDEO_FORMAT_I420_10LE},
};

inline GstVideoFormat native_format(PixelFormat format) {
  for (const PixelFormatRow& row : kPixelFormats)
    if (row.format == format) return row.native;
  return GST_VIDEO_FORMAT_UNKNOWN;
}

inline PixelFormat pixel_format(GstVideoFormat native) {
  for (const PixelFormatRow& row : kPixelFormats)
    if (row.native == native) return row.format;
  return PixelFormat::kOther;
}

}  // namespace detail

/// GStreamer's name, as VideoOptions::format takes it: "BGR", "NV12", "GRAY8" … Of those two that
/// are no layout: "other" and "encoded". Of floats: "RGB float" …
inline std::string to_string(PixelFormat format) {
  if (format == PixelFormat::kEncoded) return "encoded";
  if (format == PixelFormat::kRgbFloat) return "RGB float";
  if (format == PixelFormat::kRgbaFloat) return "RGBA float";
  if (format == PixelFormat::kPlanarRgbFloat) return "planar RGB float";
  const GstVideoFormat native = detail::native_format(format);
  return native == GST_VIDEO_FORMAT_UNKNOWN ? "other" : gst_video_format_to_string(native);
}

/// The format of a name; kOther for one that GStreamer knows and that has no constant here.
/// @throws Error where nobody knows the name.
inline PixelFormat pixel_format(const std::string& name) {
  const GstVideoFormat native = gst_video_format_from_string(name.c_str());
  if (native == GST_VIDEO_FORMAT_UNKNOWN || native == GST_VIDEO_FORMAT_ENCODED) {
    throw Error(ErrorCode::kFailed, "There is no pixel format \"" + name +
                                        "\". Names are RGB, BGR, RGBA, NV12, I420 …");
  }
  return detail::pixel_format(native);
}

}  // namespace v1
}  // namespace webrtcserver
