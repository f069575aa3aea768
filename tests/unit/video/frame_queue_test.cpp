// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/frame_queue.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "base/error.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using Succession = FrameQueue::Succession;

Ref<GstSample> frame(GstClockTime pts, const char* caps = "video/x-raw", bool delta = false) {
  const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 16, nullptr));
  GST_BUFFER_PTS(buffer.get()) = pts;
  if (delta) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  const auto type = Ref<GstCaps>::adopt(gst_caps_from_string(caps));
  return Ref<GstSample>::adopt(gst_sample_new(buffer.get(), type.get(), nullptr, nullptr));
}

// -1: there is none.
int next(FrameQueue& queue) {
  const auto sample = queue.pop(std::chrono::steady_clock::now());
  return sample ? static_cast<int>(GST_BUFFER_PTS(gst_sample_get_buffer(sample.get()))) : -1;
}

FrameQueue::Deadline soon() {
  return std::chrono::steady_clock::now() + test::kPatience;
}

TEST(FrameQueue, KeepsTheNewestOfLivePictures) {
  FrameQueue queue(0);
  for (GstClockTime i = 0; i < 10; ++i) EXPECT_TRUE(queue.push(frame(i), Succession::kFree));
  EXPECT_EQ(next(queue), 7);
  EXPECT_EQ(next(queue), 8);
  EXPECT_EQ(next(queue), 9);
  EXPECT_EQ(next(queue), -1);
  EXPECT_EQ(queue.counts().taken, 3U);
  EXPECT_EQ(queue.counts().dropped, 7U);
  EXPECT_TRUE(queue.is_open());
}

TEST(FrameQueue, LosesNothingOfAFile) {
  FrameQueue queue(0);
  auto pushing = std::async(std::launch::async, [&] {
    for (GstClockTime i = 0; i < 100; ++i)
      if (!queue.push(frame(i), Succession::kWait)) return false;
    queue.end();
    return true;
  });
  for (int i = 0; i < 100; ++i) {
    const auto sample = queue.pop(soon());
    ASSERT_TRUE(sample);
    EXPECT_EQ(GST_BUFFER_PTS(gst_sample_get_buffer(sample.get())), static_cast<GstClockTime>(i));
  }
  EXPECT_FALSE(queue.pop(soon()));
  EXPECT_FALSE(queue.is_open());
  EXPECT_TRUE(pushing.get());
  EXPECT_EQ(queue.counts().dropped, 0U);
}

TEST(FrameQueue, EncodedPicturesBeginWithAKeyFrame) {
  FrameQueue queue(0);
  queue.push(frame(0, "video/x-vp8", true), Succession::kDependent);
  queue.push(frame(1, "video/x-vp8"), Succession::kDependent);
  queue.push(frame(2, "video/x-vp8", true), Succession::kDependent);
  EXPECT_EQ(next(queue), 1);
  EXPECT_EQ(next(queue), 2);
  EXPECT_EQ(queue.counts().dropped, 1U);
}

TEST(FrameQueue, NothingThatLacksItsPredecessorsComesOut) {
  FrameQueue queue(0);
  queue.push(frame(0, "video/x-vp8"), Succession::kDependent);
  for (GstClockTime i = 1; i < 500; ++i)
    queue.push(frame(i, "video/x-vp8", true), Succession::kDependent);
  EXPECT_EQ(next(queue), -1);
  EXPECT_EQ(queue.counts().dropped, 500U);
  queue.push(frame(500, "video/x-vp8"), Succession::kDependent);
  EXPECT_EQ(next(queue), 500);
}

TEST(FrameQueue, AsksForAKeyFrameWhileItLacksOne) {
  FrameQueue queue(0);
  const auto wishes = [&queue](int frames) {
    int count = 0;
    for (int i = 0; i < frames; ++i) {
      queue.push(frame(1, "video/x-vp8", true), Succession::kDependent);
      if (queue.take_key_frame_wish()) ++count;
    }
    return count;
  };
  queue.push(frame(0, "video/x-vp8"), Succession::kDependent);
  EXPECT_FALSE(queue.take_key_frame_wish());
  EXPECT_EQ(wishes(119), 0);
  EXPECT_EQ(wishes(1), 1);  // there is no room for it
  EXPECT_EQ(wishes(29), 0);
  EXPECT_EQ(wishes(1), 1);  // the answer may be lost
  queue.push(frame(2, "video/x-vp8"), Succession::kDependent);
  EXPECT_EQ(wishes(100), 0);
}

TEST(FrameQueue, TellsAFailureOnceAndAfterWhatCameBefore) {
  FrameQueue queue(0);
  queue.push(frame(1), Succession::kFree);
  queue.fail(std::make_exception_ptr(Error(ErrorCode::kFailed, "unplugged")));
  queue.fail(std::make_exception_ptr(Error(ErrorCode::kFailed, "later")));
  EXPECT_FALSE(queue.push(frame(2), Succession::kFree));
  EXPECT_EQ(next(queue), 1);
  EXPECT_TRUE(queue.is_open());
  try {
    next(queue);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "unplugged");
  }
  EXPECT_FALSE(queue.is_open());
  EXPECT_EQ(next(queue), -1);
}

TEST(FrameQueue, EndsAfterAsManyAsWereAskedFor) {
  FrameQueue queue(2);
  for (GstClockTime i = 0; i < 3; ++i) queue.push(frame(i), Succession::kFree);
  EXPECT_EQ(next(queue), 0);
  EXPECT_TRUE(queue.is_open());
  EXPECT_EQ(next(queue), 1);
  EXPECT_FALSE(queue.is_open());
  EXPECT_EQ(next(queue), -1);
  EXPECT_FALSE(queue.push(frame(3), Succession::kFree));
}

TEST(FrameQueue, CloseWakesAllWhoWait) {
  FrameQueue queue(0);
  for (GstClockTime i = 0; i < 4; ++i) queue.push(frame(i), Succession::kWait);
  auto pushing =
      std::async(std::launch::async, [&] { return queue.push(frame(4), Succession::kWait); });
  FrameQueue empty(0);
  auto popping = std::async(std::launch::async, [&] { return static_cast<bool>(empty.pop({})); });
  queue.close();
  empty.close();
  EXPECT_FALSE(pushing.get());
  EXPECT_FALSE(popping.get());
  EXPECT_FALSE(queue.is_open());
}

}  // namespace
}  // namespace webrtcserver
