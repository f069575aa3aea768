// SPDX-License-Identifier: LGPL-2.1-or-later
// mapped_picture.hpp — a buffer of raw video, mapped for as long as it lives. One thread.
#pragma once

#include <gst/video/video.h>

#include "cuda/pixels.hpp"

namespace webrtcserver {

class MappedPicture {
 public:
  // `flags`: GST_MAP_READ … Throws Error where the CPU, or whom the flags name, cannot reach it.
  MappedPicture(GstBuffer* buffer, const GstVideoInfo& info, int flags);
  ~MappedPicture();
  MappedPicture(const MappedPicture&) = delete;
  MappedPicture& operator=(const MappedPicture&) = delete;

  // Of a layout that GStreamer has as well; the buffer is of it.
  Pixels pixels(PixelLayout layout) const;
  const GstVideoFrame& frame() const { return frame_; }

 private:
  GstVideoFrame frame_{};
};

// Of pictures of one layout and size, in the CPU's memory.
void copy_rows(const Pixels& from, const Pixels& to);

}  // namespace webrtcserver
