// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/media_queue.hpp"

#include <gtest/gtest.h>

#include <future>
#include <optional>

#include "doubles/device_memory.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using Event = MediaQueue::Event;

constexpr MediaQueue::Limits kLimits{GST_SECOND, 3};

MediaFrame frame(GstClockTime time, Succession succession = Succession::kFree,
                 bool key_frame = true) {
  return {Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 100, nullptr)),
          Ref<GstCaps>::adopt(gst_caps_new_empty_simple("video/x-raw")), time, key_frame,
          succession};
}

MediaFrame encoded(GstClockTime time, bool key_frame) {
  return frame(time, Succession::kDependent, key_frame);
}

class MediaQueueTest : public ::testing::Test {
 protected:
  void SetUp() override { queue_.set_flushing(false); }

  Event pop(GstClockTime* time = nullptr) {
    MediaFrame frame;
    const Event event = queue_.pop(frame, MediaQueue::Clock::now());
    if (event == Event::kFrame && time) *time = frame.time;
    return event;
  }

  MediaQueue queue_{kLimits};
};

TEST_F(MediaQueueTest, GivesFramesInOrder) {
  EXPECT_TRUE(queue_.push(frame(1)));
  EXPECT_TRUE(queue_.push(frame(2)));
  GstClockTime time = 0;
  EXPECT_EQ(pop(&time), Event::kFrame);
  EXPECT_EQ(time, 1U);
  EXPECT_EQ(pop(&time), Event::kFrame);
  EXPECT_EQ(time, 2U);
  EXPECT_EQ(pop(), Event::kTimeout);
}

TEST_F(MediaQueueTest, DropsTheOldestRawPicture) {
  for (GstClockTime i = 0; i < 5; ++i) EXPECT_TRUE(queue_.push(frame(i)));
  GstClockTime time = 0;
  EXPECT_EQ(pop(&time), Event::kFrame);
  EXPECT_EQ(time, 2U);
  EXPECT_EQ(queue_.dropped(), 2U);
}

TEST_F(MediaQueueTest, DropsAllEncodedPicturesAndResumesAtAKeyFrame) {
  EXPECT_TRUE(queue_.push(encoded(0, true)));
  EXPECT_TRUE(queue_.push(encoded(GST_SECOND, false)));
  EXPECT_FALSE(queue_.push(encoded(GST_SECOND + 1, false)));  // a key frame should come
  EXPECT_EQ(pop(), Event::kTimeout);
  EXPECT_FALSE(queue_.push(encoded(GST_SECOND + 2, false)));
  EXPECT_EQ(pop(), Event::kTimeout);
  EXPECT_TRUE(queue_.push(encoded(GST_SECOND + 3, true)));
  EXPECT_TRUE(queue_.push(encoded(GST_SECOND + 4, false)));
  GstClockTime time = 0;
  EXPECT_EQ(pop(&time), Event::kFrame);
  EXPECT_EQ(time, GST_SECOND + 3);
  EXPECT_EQ(queue_.dropped(), 4U);
}

TEST_F(MediaQueueTest, BeginsWithAKeyFrame) {
  EXPECT_FALSE(queue_.push(encoded(0, false)));
  EXPECT_EQ(pop(), Event::kTimeout);
  EXPECT_TRUE(queue_.push(encoded(1, true)));
  EXPECT_EQ(pop(), Event::kFrame);
}

TEST_F(MediaQueueTest, APauseDropsWhatComes) {
  EXPECT_TRUE(queue_.push(frame(0)));
  queue_.set_paused(true);
  EXPECT_EQ(pop(), Event::kTimeout);
  queue_.push(frame(1));
  queue_.set_paused(false);
  EXPECT_EQ(pop(), Event::kTimeout);
  EXPECT_TRUE(queue_.push(frame(2)));
  EXPECT_EQ(pop(), Event::kFrame);
}

TEST_F(MediaQueueTest, WhatFollowsAGapSaysSo) {
  const auto pop_flag = [&]() -> std::optional<bool> {
    MediaFrame frame;
    if (queue_.pop(frame, MediaQueue::Clock::now()) != Event::kFrame) return std::nullopt;
    return GST_BUFFER_FLAG_IS_SET(frame.buffer.get(), GST_BUFFER_FLAG_DISCONT);
  };
  for (GstClockTime i = 0; i < 4; ++i) queue_.push(frame(i));  // drops the first
  EXPECT_EQ(pop_flag(), true);
  EXPECT_EQ(pop_flag(), false);
  EXPECT_EQ(pop_flag(), false);
  queue_.clear();  // another publisher
  queue_.push(frame(4));
  EXPECT_EQ(pop_flag(), true);
  queue_.push(encoded(5, true));
  queue_.push(encoded(5 + 2 * GST_SECOND, false));  // drops both
  queue_.push(encoded(6 + 2 * GST_SECOND, true));
  EXPECT_EQ(pop_flag(), true);
  queue_.push(encoded(7 + 2 * GST_SECOND, false));
  EXPECT_EQ(pop_flag(), false);
}

TEST_F(MediaQueueTest, TheEndComesBehindWhatIsQueued) {
  EXPECT_TRUE(queue_.push(frame(0)));
  queue_.end();
  EXPECT_TRUE(queue_.push(frame(1)));  // too late
  EXPECT_EQ(pop(), Event::kFrame);
  EXPECT_EQ(pop(), Event::kEnd);
}

TEST_F(MediaQueueTest, AFlushWakesWhoWaits) {
  auto waits = std::async(std::launch::async, [&] {
    MediaFrame frame;
    return queue_.pop(frame, MediaQueue::Clock::now() + test::kPatience);
  });
  queue_.set_flushing(true);
  EXPECT_EQ(waits.get(), Event::kFlushing);
}

// A decoder holds on to what it gives. Its memory can neither be copied nor mapped.
TEST_F(MediaQueueTest, MarksADevicesPictureThatSomebodyElseHolds) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_NV12, 64, 48);
  const auto held = doubles::make_buffer(doubles::MemoryKind::kNvmm, info);
  GST_BUFFER_PTS(held.get()) = 7;
  MediaFrame picture = frame(1);
  picture.buffer = held;
  EXPECT_TRUE(queue_.push(picture));
  picture.buffer.reset();
  MediaFrame came;
  ASSERT_EQ(queue_.pop(came, MediaQueue::Clock::now()), Event::kFrame);
  ASSERT_TRUE(came.buffer);
  EXPECT_TRUE(GST_BUFFER_FLAG_IS_SET(came.buffer.get(), GST_BUFFER_FLAG_DISCONT));
  EXPECT_FALSE(GST_BUFFER_FLAG_IS_SET(held.get(), GST_BUFFER_FLAG_DISCONT)) << "it is not ours";
  EXPECT_EQ(gst_buffer_peek_memory(came.buffer.get(), 0), gst_buffer_peek_memory(held.get(), 0));
  EXPECT_TRUE(gst_buffer_get_video_meta(came.buffer.get()));
  EXPECT_EQ(GST_BUFFER_PTS(came.buffer.get()), 7U);
}

}  // namespace
}  // namespace webrtcserver
