// SPDX-License-Identifier: LGPL-2.1-or-later
// wrap.hpp — an application's own memory as a sample, without a copy. Not for applications.
#pragma once

#include <gst/video/video.h>
#include <webrtcserver/detail/owned.hpp>
#include <webrtcserver/error.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace webrtcserver {
inline namespace v1 {
namespace detail {

struct PlaneShape {
  std::size_t row_bytes;  // of what there is to see
  std::size_t rows;
};

inline PlaneShape plane_shape(const GstVideoInfo& info, int plane) {
  PlaneShape shape{0, 0};
  const GstVideoFormatInfo* format = info.finfo;
  for (guint component = 0; component < format->n_components; ++component) {
    if (GST_VIDEO_FORMAT_INFO_PLANE(format, component) != static_cast<guint>(plane)) continue;
    const auto width = GST_VIDEO_FORMAT_INFO_SCALE_WIDTH(format, component, info.width);
    const auto height = GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT(format, component, info.height);
    const auto pixel = GST_VIDEO_FORMAT_INFO_PSTRIDE(format, component);
    shape.row_bytes = std::max(shape.row_bytes, static_cast<std::size_t>(width * pixel));
    shape.rows = std::max(shape.rows, static_cast<std::size_t>(height));
  }
  return shape;
}

inline GstVideoInfo video_info(GstVideoFormat format, int width, int height) {
  // GStreamer's own limit, and what no codec exceeds.
  constexpr int kMost = 32768;
  GstVideoInfo info;
  gst_video_info_init(&info);
  if (width < 1 || height < 1 || width > kMost || height > kMost ||
      !gst_video_info_set_format(&info, format, static_cast<guint>(width),
                                 static_cast<guint>(height))) {
    throw Error(ErrorCode::kFailed, "There are no images of " + std::to_string(width) + "x" +
                                        std::to_string(height) + " pixels.");
  }
  return info;
}

inline Sample sample_of(GstBuffer* buffer, const GstVideoInfo& info) {
  const Caps caps(gst_video_info_to_caps(const_cast<GstVideoInfo*>(&info)));
  return Sample(gst_sample_new(buffer, caps.get(), nullptr, nullptr));
}

struct WrappedPlane {
  const void* data;
  std::ptrdiff_t stride;
};

// `release` is called when the last element has read the last plane, on whichever thread that is;
// not when this throws.
inline Sample wrap(const GstVideoInfo& info, const std::vector<WrappedPlane>& planes,
                   std::function<void()> release) {
  if (!release) {
    throw Error(ErrorCode::kFailed,
                "Memory is wrapped with a function that lets it go: an output reads it after "
                "render() has returned. Image::copy_of() needs none.");
  }
  if (planes.size() != GST_VIDEO_INFO_N_PLANES(&info)) {
    throw Error(ErrorCode::kFailed, "An image of " + std::string(GST_VIDEO_INFO_NAME(&info)) +
                                        " has " + std::to_string(GST_VIDEO_INFO_N_PLANES(&info)) +
                                        " planes, and " + std::to_string(planes.size()) +
                                        " were given.");
  }
  gsize offsets[GST_VIDEO_MAX_PLANES] = {};
  gint strides[GST_VIDEO_MAX_PLANES] = {};
  gsize sizes[GST_VIDEO_MAX_PLANES] = {};
  gsize offset = 0;
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const PlaneShape shape = plane_shape(info, static_cast<int>(i));
    const std::ptrdiff_t stride = planes[i].stride;
    if (!planes[i].data || stride > G_MAXINT ||
        stride < static_cast<std::ptrdiff_t>(shape.row_bytes)) {
      throw Error(ErrorCode::kFailed, "A row of plane " + std::to_string(i) + " has " +
                                          std::to_string(shape.row_bytes) +
                                          " bytes; its stride cannot be " + std::to_string(stride) +
                                          ", nor its address nothing.");
    }
    offsets[i] = offset;
    strides[i] = static_cast<gint>(stride);
    // The last row may end where its pixels do, as that of a part of a larger image does.
    sizes[i] = static_cast<gsize>(stride) * (shape.rows - 1) + shape.row_bytes;
    offset += sizes[i];
  }

  const Buffer buffer(gst_buffer_new());
  // Each plane's memory holds it.
  const std::shared_ptr<void> owner(nullptr, [last = std::move(release)](void*) { last(); });
  for (std::size_t i = 0; i < planes.size(); ++i) {
    gst_buffer_append_memory(
        buffer.get(), gst_memory_new_wrapped(
                          GST_MEMORY_FLAG_READONLY, const_cast<void*>(planes[i].data), sizes[i], 0,
                          sizes[i], new std::shared_ptr<void>(owner),
                          [](gpointer data) { delete static_cast<std::shared_ptr<void>*>(data); }));
  }
  gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE,
                                 GST_VIDEO_INFO_FORMAT(&info),
                                 static_cast<guint>(GST_VIDEO_INFO_WIDTH(&info)),
                                 static_cast<guint>(GST_VIDEO_INFO_HEIGHT(&info)),
                                 GST_VIDEO_INFO_N_PLANES(&info), offsets, strides);
  return sample_of(buffer.get(), info);
}

}  // namespace detail
}  // namespace v1
}  // namespace webrtcserver
