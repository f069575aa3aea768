// SPDX-License-Identifier: LGPL-2.1-or-later
// region_carrier.hpp — carries the regions of interest of frames (GstVideoRegionOfInterestMeta)
// past an encoder, which drops them, so that a browser can draw them all the same. take() and
// give() may come from different threads.
#pragma once

#include <gst/gst.h>

#include <deque>
#include <mutex>

#include "base/ref.hpp"

namespace webrtcserver {

class RegionCarrier {
 public:
  // Seconds of frames that an encoder drops or keeps.
  static constexpr std::size_t kMaxWaiting = 64;

  void take(GstBuffer* frame);
  // `encoded` is writable, and has the PTS that its frame had.
  void give(GstBuffer* encoded);

 private:
  std::mutex mutex_;
  std::deque<Ref<GstBuffer>> waiting_;  // guarded by mutex_: nothing but regions and a PTS
};

}  // namespace webrtcserver
