// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/timeline.hpp"

namespace webrtcserver {

namespace {

// A gap so long says nothing of the rate of frames.
constexpr GstClockTime kLongestStep = GST_SECOND;
// Files count in no smaller parts, and of frames at the same time players show one.
constexpr GstClockTime kShortestStep = GST_MSECOND;
constexpr int kMostLate = 8;  // frames in a row; more are a film that begins again

}  // namespace

Timeline::Stamp Timeline::place(GstClockTime pts, GstClockTime dts, GstClockTime now) {
  const bool timed = GST_CLOCK_TIME_IS_VALID(pts) || GST_CLOCK_TIME_IS_VALID(dts);
  Stamp stamp;
  GstClockTime at = now;
  bool late = false;
  if (timed) {
    // Frames that are shown in another order than they come in go forward in decoding time only.
    const GstClockTime given = GST_CLOCK_TIME_IS_VALID(dts) ? dts : pts;
    if (!offset_) {
      offset_ = GST_CLOCK_DIFF(given, now);
      begin_ = given;
    }
    GstClockTimeDiff placed = static_cast<GstClockTimeDiff>(given) + *offset_;
    const bool went_back =
        GST_CLOCK_TIME_IS_VALID(last_) && placed <= static_cast<GstClockTimeDiff>(last_);
    late =
        went_back && !GST_CLOCK_TIME_IS_VALID(dts) && given > begin_ && late_ < kMostLate &&
        static_cast<GstClockTimeDiff>(last_) - placed < static_cast<GstClockTimeDiff>(kLongestStep);
    if (late) {
      placed = static_cast<GstClockTimeDiff>(last_ + kShortestStep);
    } else if (went_back || placed < 0) {
      const GstClockTime next = GST_CLOCK_TIME_IS_VALID(last_) ? last_ + step_ : now;
      offset_ = GST_CLOCK_DIFF(given, next);
      begin_ = given;
      placed = static_cast<GstClockTimeDiff>(next);
    }
    late_ = late ? late_ + 1 : 0;
    at = static_cast<GstClockTime>(placed);
    if (GST_CLOCK_TIME_IS_VALID(dts)) stamp.dts = at;
    stamp.pts = at;
    if (GST_CLOCK_TIME_IS_VALID(pts) && GST_CLOCK_TIME_IS_VALID(dts)) {
      const GstClockTimeDiff shown = static_cast<GstClockTimeDiff>(pts) + *offset_;
      stamp.pts = shown > 0 ? static_cast<GstClockTime>(shown) : 0;
    }
  } else {
    if (GST_CLOCK_TIME_IS_VALID(last_) && at < last_ + kShortestStep) at = last_ + kShortestStep;
    stamp.pts = at;
  }
  if (!late && GST_CLOCK_TIME_IS_VALID(last_) && at - last_ < kLongestStep) step_ = at - last_;
  last_ = at;
  stamp.step = step_;
  return stamp;
}

}  // namespace webrtcserver
