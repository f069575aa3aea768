// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pace.hpp"

#include <algorithm>
#include <utility>

#include "handle.hpp"

using webrtcserver::Image;

namespace {

constexpr GstClockTime kShortest = GST_MSECOND;  // between the parts of a recording

GstClockTime shifted(GstClockTime time, GstClockTimeDiff by) {
  if (!GST_CLOCK_TIME_IS_VALID(time)) return time;
  return static_cast<GstClockTime>(
      std::max<GstClockTimeDiff>(static_cast<GstClockTimeDiff>(time) + by, 0));
}

}  // namespace

Pace::Clock::time_point Pace::due(GstClockTime time, Clock::time_point now) {
  if (!GST_CLOCK_TIME_IS_VALID(time)) return now;
  const auto at = [&] {
    return *begin_ + std::chrono::nanoseconds(static_cast<GstClockTimeDiff>(time - first_));
  };
  if (!begin_ || at() > now + kJump || at() < now - kJump) {
    begin_ = now;
    first_ = time;
  }
  return at();
}

Image Timeline::place(Image image, Pace::Clock::time_point now) {
  GstBuffer* buffer = gst_sample_get_buffer(image.native());
  if (!GST_BUFFER_PTS_IS_VALID(buffer)) return image;
  if (std::exchange(shifts_, false) && last_at_) {
    const auto away = std::chrono::duration_cast<std::chrono::nanoseconds>(now - *last_at_);
    const GstClockTime begin =
        last_ + std::max<GstClockTime>(static_cast<GstClockTime>(away.count()), kShortest);
    shift_ = GST_CLOCK_DIFF(GST_BUFFER_PTS(buffer), begin);
  }
  if (shift_ != 0) {
    // Both times of a frame that is encoded: the header's words know one.
    const Handle<GstBuffer> moved(gst_buffer_copy(buffer));
    GST_BUFFER_PTS(moved.get()) = shifted(GST_BUFFER_PTS(buffer), shift_);
    GST_BUFFER_DTS(moved.get()) = shifted(GST_BUFFER_DTS(buffer), shift_);
    const Handle<GstSample> sample(gst_sample_new(moved.get(), gst_sample_get_caps(image.native()),
                                                  gst_sample_get_segment(image.native()), nullptr));
    image = Image::from_native(sample.get());
    buffer = gst_sample_get_buffer(image.native());
  }
  last_ = std::max(last_, GST_BUFFER_PTS(buffer));
  last_at_ = now;
  return image;
}
