// SPDX-License-Identifier: LGPL-2.1-or-later
#include "test_picture.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "base/ref.hpp"

namespace webrtcserver::bench {
namespace {

using namespace std::chrono_literals;

constexpr int kWidth = 1280;
constexpr int kHeight = 720;
// Any time; its clock has ones and zeros.
constexpr std::chrono::system_clock::time_point kDrawn{1764000000123ms};

// One frame in memory, mapped for its whole life.
class Frame {
 public:
  Frame(int width, int height) {
    GstVideoInfo info;
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, width, height);
    buffer_ = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, info.size, nullptr));
    if (!gst_video_frame_map(&frame_, &info, buffer_.get(), GST_MAP_READWRITE)) std::abort();
  }
  ~Frame() { gst_video_frame_unmap(&frame_); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  GstVideoFrame* get() { return &frame_; }
  void fill(int luma) {
    std::memset(GST_VIDEO_FRAME_PLANE_DATA(&frame_, 0), luma,
                static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, 0)) *
                    GST_VIDEO_FRAME_HEIGHT(&frame_));
  }

 private:
  Ref<GstBuffer> buffer_;
  GstVideoFrame frame_{};
};

class Picture : public testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }
};

TEST_F(Picture, TellsHowOldItsClockIs) {
  Frame frame(kWidth, kHeight);
  TestPicture(kWidth, kHeight).paint(frame.get(), kDrawn);
  EXPECT_EQ(TestPicture::age(*frame.get(), kDrawn), TestPicture::ClockTick(0));
  EXPECT_EQ(TestPicture::age(*frame.get(), kDrawn + 17ms), TestPicture::ClockTick(170));
  EXPECT_EQ(TestPicture::age(*frame.get(), kDrawn + 90s), TestPicture::ClockTick(900'000));
}

TEST_F(Picture, ThatIsGreyHasNoAge) {
  Frame frame(kWidth, kHeight);
  frame.fill(126);
  EXPECT_EQ(TestPicture::age(*frame.get(), kDrawn), std::nullopt);
}

TEST_F(Picture, ThatHasNoRoomForAClockHasNoAge) {
  Frame frame(TestPicture::kClockBits * TestPicture::kClockSquare - 2, kHeight);
  frame.fill(16);
  EXPECT_EQ(TestPicture::age(*frame.get(), kDrawn), std::nullopt);
}

}  // namespace
}  // namespace webrtcserver::bench
