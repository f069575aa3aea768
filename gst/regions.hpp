// SPDX-License-Identifier: LGPL-2.1-or-later
// regions.hpp — the regions of interest that a buffer carries (GstVideoRegionOfInterestMeta), as
// JSON. Pure functions; usable on any thread.
#pragma once

#include <gst/gst.h>

#include <cstddef>
#include <string>

namespace webrtcserver {

struct Regions {
  std::string json;       // {"regions":[…]}, docs/frame-metadata.md
  std::size_t count = 0;  // of those that are in it
  bool complete = true;   // false where there are more than a message holds
};

// `budget`: bytes that the JSON may have.
Regions read_regions(GstBuffer* buffer, std::size_t budget);

}  // namespace webrtcserver
