// SPDX-License-Identifier: LGPL-2.1-or-later
// video_format.hpp — what GStreamer calls the layouts of pictures. Usable on any thread.
#pragma once

#include <gst/video/video.h>

#include "cuda/pixels.hpp"

namespace webrtcserver {

// GST_VIDEO_FORMAT_UNKNOWN: it has none, of floats.
GstVideoFormat video_format_of(PixelLayout layout);

}  // namespace webrtcserver
