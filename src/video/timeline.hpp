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
  // `now`, or a millisecond more than the one before. Times that go back (a film that begins again)
  // go on behind the last one; a frame that another has overtaken, as those of several threads do,
  // comes close behind it, and those that follow have the time that is theirs. In nanoseconds;
  // `pts` and `dts` may be GST_CLOCK_TIME_NONE.
  Stamp place(GstClockTime pts, GstClockTime dts, GstClockTime now);

 private:
  std::optional<GstClockTimeDiff> offset_;   // of the clock from the samples' time
  GstClockTime begin_ = 0;                   // of the samples' time, since offset_ is what it is
  int late_ = 0;                             // frames in a row that others have overtaken
  GstClockTime last_ = GST_CLOCK_TIME_NONE;  // on the clock: of decoding where frames are reordered
  GstClockTime step_ = GST_SECOND / 30;      // between the last two
};

}  // namespace webrtcserver
