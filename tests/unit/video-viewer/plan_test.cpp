// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plan.hpp"

#include <gtest/gtest.h>

#include "handle.hpp"

namespace {

Plan plan(const std::string& input, const std::vector<std::string>& outputs,
          const char* option = nullptr, const char* value = nullptr) {
  const Handle<GstWebRTCServerVideoOptions> options(gst_webrtc_server_video_options_new());
  if (option) gst_util_set_object_arg(G_OBJECT(options.get()), option, value);
  return Plan::make(options.get(), input, outputs);
}

TEST(Plan, WhatIsEncodedStaysSo) {
  EXPECT_TRUE(plan("film.mp4", {"webrtc://@:8554/output"}).encoded);
  EXPECT_TRUE(plan("film.mp4", {"display://", "film.mkv"}).encoded);
  EXPECT_TRUE(plan("film.mp4", {"film.mkv"}, "output-codec", "VP8").encoded);
}

TEST(Plan, PicturesAreMadeWhereAnOptionNeedsThem) {
  EXPECT_FALSE(plan("film.mp4", {"a.mkv"}, "input-flip", "180").encoded);
  EXPECT_FALSE(plan("film.mp4", {"a.mkv"}, "input-decoder", "avdec_h264").encoded);
  EXPECT_FALSE(plan("film.mp4", {"a.mkv"}, "output-bitrate", "100000").encoded);
  EXPECT_FALSE(plan("film.mp4", {"a.mkv"}, "output-encoder", "x264enc").encoded);
  EXPECT_FALSE(plan("film.mp4", {"a.mkv"}, "input-width", "320").encoded);
  EXPECT_FALSE(plan("film.mp4", {"display://", "img_%d.PNG"}).encoded);
}

TEST(Plan, ACameraHasModesOfItsOwn) {
  EXPECT_TRUE(plan("/dev/video0", {"a.mkv"}, "input-width", "320").encoded);
  EXPECT_TRUE(plan("csi://0", {"a.mkv"}, "input-rate", "15").encoded);
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
