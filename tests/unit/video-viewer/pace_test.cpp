// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pace.hpp"

#include <gtest/gtest.h>

#include "handle.hpp"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

webrtcserver::Image frame(GstClockTime pts, GstClockTime dts = GST_CLOCK_TIME_NONE) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, 4, nullptr);
  GST_BUFFER_PTS(buffer) = pts;
  GST_BUFFER_DTS(buffer) = dts;
  GstCaps* caps = gst_caps_new_empty_simple("video/x-h264");
  const Handle<GstSample> sample(gst_sample_new(buffer, caps, nullptr, nullptr));
  gst_buffer_unref(buffer);
  gst_caps_unref(caps);
  return webrtcserver::Image::from_native(sample.get());
}

GstBuffer* buffer_of(const webrtcserver::Image& image) {
  return gst_sample_get_buffer(image.native());
}

GstClockTime pts(const webrtcserver::Image& image) {
  return GST_BUFFER_PTS(buffer_of(image));
}

TEST(Pace, PlaysAsTheTimestampsSay) {
  Pace pace;
  const Pace::Clock::time_point begin;
  EXPECT_EQ(pace.due(5 * GST_SECOND, begin), begin);
  EXPECT_EQ(pace.due(6 * GST_SECOND, begin + milliseconds(1)), begin + seconds(1));
  // Late: nothing is waited for, and what follows is caught up with.
  EXPECT_EQ(pace.due(7 * GST_SECOND, begin + seconds(3)), begin + seconds(2));
  EXPECT_EQ(pace.due(GST_CLOCK_TIME_NONE, begin + seconds(3)), begin + seconds(3));
}

TEST(Pace, WaitsForNoGap) {
  Pace pace;
  const Pace::Clock::time_point begin;
  pace.due(0, begin);
  EXPECT_EQ(pace.due(3600 * GST_SECOND, begin), begin);
  EXPECT_EQ(pace.due(3601 * GST_SECOND, begin), begin + seconds(1));
  EXPECT_EQ(pace.due(2 * GST_SECOND, begin), begin);
}

TEST(Timeline, LeavesOneRecordingAsItIs) {
  Timeline timeline;
  const webrtcserver::Image image = frame(GST_SECOND);
  EXPECT_EQ(timeline.place(image, {}).native(), image.native());
  EXPECT_EQ(pts(image), GST_SECOND);
}

TEST(Timeline, ThePartThatFollowsIsInTheTimeThatHasPassed) {
  Timeline timeline;
  const Pace::Clock::time_point begin;
  timeline.place(frame(90 * GST_SECOND), begin);
  timeline.begin_part();
  EXPECT_EQ(pts(timeline.place(frame(0, 0), begin + seconds(4))), 94 * GST_SECOND);
  const webrtcserver::Image next = timeline.place(frame(GST_SECOND, GST_SECOND / 2), begin);
  EXPECT_EQ(pts(next), 95 * GST_SECOND);
  EXPECT_EQ(GST_BUFFER_DTS(buffer_of(next)), 94 * GST_SECOND + GST_SECOND / 2);
  EXPECT_EQ(next.format_name(), "video/x-h264");
}

TEST(Timeline, APartNeverBeginsBeforeTheEndOfTheOneBefore) {
  Timeline timeline;
  const Pace::Clock::time_point begin;
  timeline.place(frame(90 * GST_SECOND), begin);
  timeline.begin_part();
  EXPECT_GT(pts(timeline.place(frame(100 * GST_SECOND), begin)), 90 * GST_SECOND);
}

}  // namespace
