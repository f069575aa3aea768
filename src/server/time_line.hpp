// SPDX-License-Identifier: LGPL-2.1-or-later
// time_line.hpp — from the timestamps of an application to a clock's time: the distances between
// them stay, and the first is the moment at which it comes. Any thread.
#pragma once

#include <gst/gst.h>

#include <cstdlib>
#include <mutex>
#include <optional>

namespace webrtcserver {

class TimeLine {
 public:
  // Further away from the moment at which it comes, a timestamp begins anew: the application has
  // gone back to its beginning, or has waited.
  static constexpr GstClockTimeDiff kTolerance = 2 * GST_SECOND;

  // GST_CLOCK_TIME_NONE for `pts`: the moment itself.
  GstClockTime place(GstClockTime pts, GstClockTime now) {
    if (!GST_CLOCK_TIME_IS_VALID(pts)) return now;
    const std::scoped_lock lock(mutex_);
    const GstClockTimeDiff here = GST_CLOCK_DIFF(pts, now);
    if (!shift_ || std::abs(*shift_ - here) > kTolerance) shift_ = here;
    return static_cast<GstClockTime>(static_cast<GstClockTimeDiff>(pts) + *shift_);
  }

 private:
  std::mutex mutex_;
  std::optional<GstClockTimeDiff> shift_;  // guarded by mutex_
};

}  // namespace webrtcserver
