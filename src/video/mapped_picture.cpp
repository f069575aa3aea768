// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/mapped_picture.hpp"

#include <cstring>

#include "base/error.hpp"

namespace webrtcserver {

MappedPicture::MappedPicture(GstBuffer* buffer, const GstVideoInfo& info, int flags) {
  if (gst_video_frame_map(&frame_, &info, buffer, static_cast<GstMapFlags>(flags))) return;
  throw Error(ErrorCode::kFailed,
              "The picture is in memory that cannot be reached; ask the source for a format (the "
              "option \"format\"), and it brings pictures to the CPU.");
}

MappedPicture::~MappedPicture() {
  gst_video_frame_unmap(&frame_);
}

Pixels MappedPicture::pixels(PixelLayout layout) const {
  Pixels pixels;
  pixels.layout = layout;
  pixels.width = GST_VIDEO_FRAME_WIDTH(&frame_);
  pixels.height = GST_VIDEO_FRAME_HEIGHT(&frame_);
  for (std::size_t i = 0; i < static_cast<std::size_t>(plane_count(layout)); ++i) {
    pixels.planes[i] = GST_VIDEO_FRAME_PLANE_DATA(&frame_, i);
    pixels.strides[i] = GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, i);
  }
  return pixels;
}

void copy_rows(const Pixels& from, const Pixels& to) {
  for (int plane = 0; plane < plane_count(from.layout); ++plane) {
    const auto i = static_cast<std::size_t>(plane);
    const auto bytes = static_cast<std::size_t>(row_bytes(from.layout, from.width, plane));
    const auto* source = static_cast<const char*>(from.planes[i]);
    auto* destination = static_cast<char*>(to.planes[i]);
    for (int row = 0; row < row_count(from.layout, from.height, plane); ++row) {
      std::memcpy(destination, source, bytes);
      source += from.strides[i];
      destination += to.strides[i];
    }
  }
}

}  // namespace webrtcserver
