// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/retime.hpp"

#include <gst/video/video.h>
#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

Ref<GstBuffer> make(GstClockTime pts, GstClockTime dts, GstMemoryFlags flags = GstMemoryFlags{}) {
  static guint8 bytes[64 * 64 * 3 / 2];
  auto buffer = Ref<GstBuffer>::adopt(
      gst_buffer_new_wrapped_full(flags, bytes, sizeof bytes, 0, sizeof bytes, nullptr, nullptr));
  GST_BUFFER_PTS(buffer.get()) = pts;
  GST_BUFFER_DTS(buffer.get()) = dts;
  return buffer;
}

TEST(Retime, MovesBothTimestamps) {
  const auto original = make(100, 40);
  GST_BUFFER_DURATION(original.get()) = 33;
  GST_BUFFER_FLAG_SET(original.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  const auto moved = retime(original, 5000);
  EXPECT_EQ(GST_BUFFER_PTS(moved.get()), 5000U);
  EXPECT_EQ(GST_BUFFER_DTS(moved.get()), 4940U);
  EXPECT_EQ(GST_BUFFER_DURATION(moved.get()), 33U);
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(moved.get(), GST_BUFFER_FLAG_DELTA_UNIT));
  EXPECT_EQ(GST_BUFFER_PTS(original.get()), 100U);
}

TEST(Retime, KeepsWhatCannotBeMovedInvalid) {
  EXPECT_EQ(GST_BUFFER_DTS(retime(make(100, GST_CLOCK_TIME_NONE), 5000).get()),
            GST_CLOCK_TIME_NONE);
  EXPECT_EQ(GST_BUFFER_DTS(retime(make(GST_CLOCK_TIME_NONE, 100), 5000).get()),
            GST_CLOCK_TIME_NONE);
  EXPECT_EQ(GST_BUFFER_DTS(retime(make(100, 10), 50).get()), GST_CLOCK_TIME_NONE)
      << "would be negative";
  EXPECT_EQ(GST_BUFFER_DTS(retime(make(100, 110), 5000).get()), 5010U);
}

TEST(Retime, SharesMemoryEvenWhenItIsMarkedUnshareable) {
  for (const auto flags : {GST_MEMORY_FLAG_READONLY, GST_MEMORY_FLAG_NO_SHARE}) {
    const auto original = make(1, 1, flags);
    const auto moved = retime(original, 2);
    EXPECT_EQ(gst_buffer_peek_memory(moved.get(), 0), gst_buffer_peek_memory(original.get(), 0));
  }
}

TEST(Retime, AShallowCopySharesMemoryWhateverItsMark) {
  for (const auto flags : {GST_MEMORY_FLAG_READONLY, GST_MEMORY_FLAG_NO_SHARE}) {
    const auto original = make(100, 40, flags);
    gst_buffer_add_video_meta(original.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 64,
                              64);
    const auto copy = shallow_copy(original.get());
    EXPECT_EQ(gst_buffer_peek_memory(copy.get(), 0), gst_buffer_peek_memory(original.get(), 0));
    EXPECT_TRUE(gst_buffer_is_writable(copy.get()));
    EXPECT_EQ(GST_BUFFER_PTS(copy.get()), 100U);
    EXPECT_EQ(GST_BUFFER_DTS(copy.get()), 40U);
    EXPECT_NE(gst_buffer_get_video_meta(copy.get()), nullptr);
  }
}

TEST(Retime, KeepsTheOriginalAliveAndItsMetadata) {
  auto original = make(1, 1);
  gst_buffer_add_video_meta(original.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, 64,
                            64);
  GstBuffer* const raw = original.get();
  const auto moved = retime(original, 2);
  EXPECT_NE(gst_buffer_get_video_meta(moved.get()), nullptr);
  original.reset();
  EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(raw), 1) << "the retimed buffer holds it";
}

}  // namespace
}  // namespace webrtcserver
