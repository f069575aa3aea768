// SPDX-License-Identifier: LGPL-2.1-or-later
// recorded_media.hpp — plays a file to its end as fast as it goes, and tells what was in it.
#pragma once

#include <gst/gst.h>

#include <string>
#include <vector>

namespace webrtcserver::test {

struct RecordedFrame {
  GstClockTime pts = GST_CLOCK_TIME_NONE;
  int width = 0;
  int height = 0;
  // Of the middle of the picture, in RGB.
  int red = 0;
  int green = 0;
  int blue = 0;
  // Of the upper left corner, which borders make black.
  int corner = 0;
};

struct RecordedMedia {
  std::string error;  // empty: it played to its end
  std::string codec;  // the media type ahead of the decoder
  std::vector<RecordedFrame> frames;

  bool is_monotonic() const;
};

// Throws nothing: what goes wrong is in `error`.
RecordedMedia play_file(const std::string& path);
// The same for any source, in gst-launch-1.0's syntax, up to `frames` of them.
RecordedMedia play_source(const std::string& description, unsigned frames);

}  // namespace webrtcserver::test
