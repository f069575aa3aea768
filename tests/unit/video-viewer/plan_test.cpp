// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plan.hpp"

#include <gtest/gtest.h>

namespace {

using webrtcserver::VideoOptions;

Plan plan(const std::string& input, const std::vector<std::string>& outputs,
          const VideoOptions& options = {}) {
  return Plan::make(options, input, outputs);
}

TEST(Plan, WhatIsEncodedStaysSo) {
  EXPECT_TRUE(plan("film.mp4", {"webrtc://@:8554/output"}).encoded);
  EXPECT_TRUE(plan("film.mp4", {"display://", "film.mkv"}).encoded);
  EXPECT_TRUE(plan("film.mp4", {"film.mkv"}, {.output_codec = "VP8"}).encoded);
}

TEST(Plan, PicturesAreMadeWhereAnOptionNeedsThem) {
  EXPECT_FALSE(plan("film.mp4", {"a.mkv"}, {.input_flip = "180"}).encoded);
  EXPECT_FALSE(plan("film.mp4", {"a.mkv"}, {.input_decoder = "avdec_h264"}).encoded);
  EXPECT_FALSE(plan("film.mp4", {"a.mkv"}, {.output_bitrate = 100000}).encoded);
  EXPECT_FALSE(plan("film.mp4", {"a.mkv"}, {.output_encoder = "x264enc"}).encoded);
  EXPECT_FALSE(plan("film.mp4", {"a.mkv"}, {.input_width = 320}).encoded);
  EXPECT_FALSE(plan("film.mp4", {"display://", "img_%d.PNG"}).encoded);
}

TEST(Plan, ACameraHasModesOfItsOwn) {
  EXPECT_TRUE(plan("/dev/video0", {"a.mkv"}, {.input_width = 320}).encoded);
  EXPECT_TRUE(plan("csi://0", {"a.mkv"}, {.input_rate = 15}).encoded);
  EXPECT_TRUE(plan("/dev/v4l/by-id/front", {"a.mkv"}, {.input_width = 320}).encoded);
  EXPECT_FALSE(plan("/dev/v4l/by-id/front", {"a.mkv"}).wait);
  EXPECT_TRUE(plan("/dev/shm/film.mp4", {"a.mkv"}).wait);
}

TEST(Plan, AFileIsPlayedInItsTimeWhereSomebodyWatches) {
  EXPECT_TRUE(plan("film.mp4", {"a.mkv", "webrtc://@:8554/output"}).paced);
  EXPECT_FALSE(plan("film.mp4", {"a.mkv", "webrtc://@:8554/output"}).wait);
  EXPECT_FALSE(plan("film.mp4", {"a.mkv", "file:///tmp/b.mp4"}).paced);
  EXPECT_TRUE(plan("film.mp4", {"a.mkv", "file:///tmp/b.mp4"}).wait);
  EXPECT_FALSE(plan("rtsp://camera/stream", {"a.mkv"}).wait);
}

TEST(Plan, WhatIsLostOnTheNetworkIsLookedForAgain) {
  EXPECT_TRUE(plan("rtsp://camera/stream", {"a.mkv"}).returns);
  EXPECT_TRUE(plan("wheps://server/stream", {"a.mkv"}).returns);
  EXPECT_FALSE(plan("film.mp4", {"rtsp://@:8555/film"}).returns);
  EXPECT_FALSE(plan("webrtc://@:8554/input", {"a.mkv"}).returns);
}

}  // namespace
