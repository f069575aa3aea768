// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/camera.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

// As v4l2src tells of a usual USB camera.
constexpr char kUsb[] =
    "video/x-raw,format=YUY2,width=1920,height=1080,framerate={(fraction)5/1};"
    "video/x-raw,format=YUY2,width=1280,height=720,framerate={(fraction)10/1,(fraction)5/1};"
    "video/x-raw,format=YUY2,width=640,height=480,framerate={(fraction)30/1,(fraction)15/1};"
    "image/jpeg,width=1920,height=1080,framerate={(fraction)30/1};"
    "image/jpeg,width=1280,height=720,framerate={(fraction)60/1,(fraction)30/1};"
    "video/x-h264,width=1920,height=1080,framerate={(fraction)30/1};"
    "video/x-bayer,width=1280,height=720,framerate={(fraction)30/1}";

class CameraModes : public testing::Test {
 protected:
  // "type width×height@rate"
  std::string chosen(const char* offered = kUsb) {
    const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(offered));
    const auto mode = choose_camera_mode(caps.get(), options_);
    if (!mode) return "";
    return mode->type + " " + std::to_string(mode->width) + "×" + std::to_string(mode->height) +
           "@" + std::to_string(static_cast<int>(mode->rate()));
  }

  VideoOptions options_;
};

TEST_F(CameraModes, TakesAUsualSizeAtAFullRate) {
  EXPECT_EQ(chosen(), "image/jpeg 1280×720@30");
}

TEST_F(CameraModes, TakesRawPicturesWhereTheyAreAsGood) {
  options_.input_width = 640;
  options_.input_height = 480;
  EXPECT_EQ(chosen(), "video/x-raw 640×480@30");
}

TEST_F(CameraModes, TakesTheSizeAndRateAskedFor) {
  options_.input_width = 1920;
  options_.input_height = 1080;
  EXPECT_EQ(chosen(), "image/jpeg 1920×1080@30");
  options_.input_rate = 5;
  EXPECT_EQ(chosen(), "video/x-raw 1920×1080@5");
  options_.input_width = 1270;
  options_.input_height = 730;
  options_.input_rate = 60;
  EXPECT_EQ(chosen(), "image/jpeg 1280×720@60");
}

TEST_F(CameraModes, TakesTheCodecAskedFor) {
  options_.input_codec = "raw";
  EXPECT_EQ(chosen(), "video/x-raw 1280×720@10");
  options_.input_codec = "h264";
  EXPECT_EQ(chosen(), "video/x-h264 1920×1080@30");
  options_.input_codec = "mjpeg";
  EXPECT_EQ(chosen(), "image/jpeg 1280×720@30");
  options_.input_codec = "vp8";
  EXPECT_EQ(chosen(), "");
}

TEST_F(CameraModes, PrefersWhatIsEncodedWhereThatIsWanted) {
  options_.encoded = true;
  EXPECT_EQ(chosen(), "video/x-h264 1920×1080@30");
}

TEST_F(CameraModes, FindsASizeInARange) {
  EXPECT_EQ(chosen("video/x-raw,format=I420,width=[2,4096],height=[2,4096],framerate=[0/1,120/1]"),
            "video/x-raw 1280×720@30");
  EXPECT_EQ(chosen("video/x-bayer,width=640,height=480"), "");
}

TEST_F(CameraModes, AreNamedForPeople) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(kUsb));
  EXPECT_THAT(describe_modes(caps.get()), testing::HasSubstr("image/jpeg 1920×1080, "));
}

}  // namespace
}  // namespace webrtcserver
