// SPDX-License-Identifier: LGPL-2.1-or-later
// mapping.hpp — the addresses of a picture's planes, for as long as it lives. Not for applications.
#pragma once

#include <gst/video/video.h>
#include <webrtcserver/error.hpp>

#include <cstddef>
#include <cstdint>

namespace webrtcserver {
inline namespace v1 {
namespace detail {

// GST_MAP_CUDA of <gst/cuda/gstcuda.h>, which is a header of GStreamer's bad plugins and asks for
// CUDA's own: the address that is mapped is the device's.
inline constexpr int kMapCuda = static_cast<int>(GST_MAP_FLAG_LAST) << 1;

class Mapping {
 public:
  // `info` is null where the frame is encoded. `buffer` outlives the mapping, which takes no
  // reference: with one the buffer would not be the application's own any more.
  Mapping(GstBuffer* buffer, const GstVideoInfo* info, int flags)
      : writes_((flags & GST_MAP_WRITE) != 0), raw_(info != nullptr), buffer_(buffer) {
    const bool mapped =

        raw_ ? gst_video_frame_map(
                   &frame_, const_cast<GstVideoInfo*>(info), buffer,
                   map_flags(flags | static_cast<int>(GST_VIDEO_FRAME_MAP_FLAG_NO_REF))) != FALSE
             : gst_buffer_map(buffer, &bytes_, map_flags(flags)) != FALSE;
    if (mapped) return;
    throw Error(ErrorCode::kFailed,
                (flags & kMapCuda) != 0
                    ? "The image is in CUDA memory and cannot be reached there. Has the GPU failed?"
                    : "The image is in memory that the CPU cannot reach. Ask the source for a "
                      "format (VideoOptions::format), and it brings the image to the CPU.");
  }
  ~Mapping() {
    if (raw_) {
      gst_video_frame_unmap(&frame_);
    } else {
      gst_buffer_unmap(buffer_, &bytes_);
    }
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  bool writes() const { return writes_; }

  std::uint8_t* data(int plane) const {
    return raw_ ? static_cast<std::uint8_t*>(frame_.data[plane]) : bytes_.data;
  }
  std::ptrdiff_t stride(int plane) const { return raw_ ? frame_.info.stride[plane] : 0; }

 private:
  static GstMapFlags map_flags(int flags) { return static_cast<GstMapFlags>(flags); }

  bool writes_;
  bool raw_;
  GstBuffer* buffer_;
  GstVideoFrame frame_ = {};
  GstMapInfo bytes_ = GST_MAP_INFO_INIT;
};

}  // namespace detail
}  // namespace v1
}  // namespace webrtcserver
