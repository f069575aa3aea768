// SPDX-License-Identifier: LGPL-2.1-or-later
// timeline.hpp — puts the timestamps of samples, which begin anywhere, on the clock that all
// targets share. One thread at a time.
#pragma once

#include <gst/gst.h>

#include <optional>

namespace webrtcserver {

class Timeline {
 public:
  struct Stamp {
    GstClockTime pts = GST_CLOCK_TIME_NONE;
    GstClockTime dts = GST_CLOCK_TIME_NONE;
    GstClockTime step = GST_CLOCK_TIME_NONE;  // how long frames seem to last
  };

  // The first sample's time becomes `now`, and the distances are kept. A sample without a time gets
  // `now`. Times that go back (a film that begins again) go on behind the last one. In nanoseconds;
  // `pts` and `dts` may be GST_CLOCK_TIME_NONE.
  Stamp place(GstClockTime pts, GstClockTime dts, GstClockTime now);

 private:
  std::optional<GstClockTimeDiff> offset_;   // of the clock from the samples' time
  GstClockTime last_ = GST_CLOCK_TIME_NONE;  // on the clock: of decoding where frames are reordered
  GstClockTime step_ = GST_SECOND / 30;      // between the last two
};

}  // namespace webrtcserver
