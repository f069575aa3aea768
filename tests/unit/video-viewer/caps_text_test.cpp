// SPDX-License-Identifier: LGPL-2.1-or-later
#include "caps_text.hpp"

#include <gtest/gtest.h>

namespace {

std::string text(const char* description) {
  GstCaps* caps = gst_caps_from_string(description);
  std::string words = caps_text(caps);
  gst_caps_unref(caps);
  return words;
}

TEST(CapsText, SaysWhatIsKnown) {
  EXPECT_EQ(text("video/x-h264,width=1280,height=720,framerate=30000/1001"),
            "H.264, 1280x720, 29.97 frames/s");
  EXPECT_EQ(text("video/x-raw,format=I420,width=64,height=48,framerate=0/1"), "I420, 64x48");
  EXPECT_EQ(text("video/x-vp8"), "VP8");
  EXPECT_EQ(text("video/x-theora"), "video/x-theora");
  EXPECT_EQ(caps_text(nullptr), "video");
}

}  // namespace
