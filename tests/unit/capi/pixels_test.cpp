// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gst/webrtcserver/webrtcserver.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/ref.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

using testing::HasSubstr;

constexpr int kWidth = 64;
constexpr int kHeight = 48;
constexpr int kPatience = 20'000;  // milliseconds

GstWebRTCServerPixels describe(GstWebRTCServerPixelLayout layout, void* memory) {
  GstWebRTCServerPixels pixels;
  gst_webrtc_server_pixels_init(&pixels, layout, kWidth, kHeight);
  pixels.planes[0] = memory;
  return pixels;
}

Ref<GstWebRTCServerVideoSource> red_source() {
  const auto options =
      Ref<GstWebRTCServerVideoOptions>::adopt(gst_webrtc_server_video_options_new());
  g_object_set(options.get(), "input-width", static_cast<guint>(kWidth), "input-height",
               static_cast<guint>(kHeight), "num-frames", guint64{2}, nullptr);
  return Ref<GstWebRTCServerVideoSource>::adopt(
      gst_webrtc_server_video_source_new_with_options("test://red", options.get(), nullptr));
}

std::string words_of(GError* error) {
  const Owned<GError> owned(error);
  return owned ? owned->message : "";
}

TEST(PixelsOfC, AreADescriptionThatIsCopied) {
  const GType type = GST_TYPE_WEBRTC_SERVER_PIXELS;
  auto* made = gst_webrtc_server_pixels_new(GST_WEBRTC_SERVER_PIXEL_LAYOUT_NV12, 8, 4);
  EXPECT_EQ(made->white, 1.0F);
  EXPECT_EQ(made->deviation[2], 1.0F);
  EXPECT_FALSE(GST_CLOCK_TIME_IS_VALID(made->pts));
  gst_webrtc_server_pixels_set_plane(made, 1, 4096, 16);
  gst_webrtc_server_pixels_set_stream(made, 7);
  gst_webrtc_server_pixels_set_mean(made, 1, 2, 3);
  gst_webrtc_server_pixels_set_deviation(made, 4, 5, 6);
  auto* copy = static_cast<GstWebRTCServerPixels*>(g_boxed_copy(type, made));
  gst_webrtc_server_pixels_free(made);
  EXPECT_EQ(copy->layout, GST_WEBRTC_SERVER_PIXEL_LAYOUT_NV12);
  EXPECT_EQ(copy->planes[1], GSIZE_TO_POINTER(4096));
  EXPECT_EQ(copy->strides[1], 16);
  EXPECT_EQ(copy->stream, GSIZE_TO_POINTER(7));
  EXPECT_EQ(copy->mean[2], 3.0F);
  EXPECT_EQ(copy->deviation[0], 4.0F);
  g_boxed_free(type, copy);
}

TEST(PixelsOfC, AreFilledByASourceAndShownByAnOutput) {
  std::vector<float> tensor(3 * kWidth * kHeight);
  auto pixels = describe(GST_WEBRTC_SERVER_PIXEL_LAYOUT_PLANAR_RGB_FLOAT, tensor.data());
  const auto source = red_source();
  GError* error = nullptr;
  ASSERT_TRUE(gst_webrtc_server_video_source_capture_into(source.get(), &pixels, kPatience, &error))
      << words_of(error);
  EXPECT_TRUE(GST_CLOCK_TIME_IS_VALID(pixels.pts));
  EXPECT_NE(pixels.matrix, GST_WEBRTC_SERVER_PIXEL_MATRIX_AUTO);
  EXPECT_GT(tensor.front(), 0.9F);
  EXPECT_LT(tensor.back(), 0.1F);

  const test::TemporaryFolder folder;
  const std::string path = folder.path("img_%02d.png");
  const auto output = Ref<GstWebRTCServerVideoOutput>::adopt(
      gst_webrtc_server_video_output_new(path.c_str(), nullptr));
  EXPECT_TRUE(gst_webrtc_server_video_output_render_pixels(output.get(), &pixels, &error))
      << words_of(error);
  EXPECT_TRUE(gst_webrtc_server_video_output_close(output.get(), nullptr));
  EXPECT_FALSE(gst_webrtc_server_video_output_render_pixels(output.get(), &pixels, &error));
  ASSERT_NE(error, nullptr);
  EXPECT_TRUE(g_error_matches(error, GST_WEBRTC_SERVER_ERROR, GST_WEBRTC_SERVER_ERROR_CLOSED));
  g_clear_error(&error);

  const auto again = Ref<GstWebRTCServerVideoSource>::adopt(
      gst_webrtc_server_video_source_new(path.c_str(), nullptr));
  std::vector<guint8> rgb(3 * kWidth * kHeight);
  auto read = describe(GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGB8, rgb.data());
  ASSERT_TRUE(gst_webrtc_server_video_source_capture_into(again.get(), &read, kPatience, &error))
      << words_of(error);
  EXPECT_GT(rgb[0], 240);
  EXPECT_LT(rgb[1], 12);
  EXPECT_LT(rgb[2], 12);
}

TEST(PixelsOfC, AFrameThatDoesNotFitStays) {
  std::vector<guint8> grey(kWidth * kHeight);
  auto pixels = describe(GST_WEBRTC_SERVER_PIXEL_LAYOUT_GRAY8, grey.data());
  const auto source = red_source();
  pixels.width = kWidth / 2;
  GError* error = nullptr;
  EXPECT_FALSE(
      gst_webrtc_server_video_source_capture_into(source.get(), &pixels, kPatience, &error));
  EXPECT_THAT(words_of(error), HasSubstr("64x48"));
  error = nullptr;
  pixels.width = kWidth;
  ASSERT_TRUE(gst_webrtc_server_video_source_capture_into(source.get(), &pixels, kPatience, &error))
      << words_of(error);
  const auto second = Ref<GstSample>::adopt(
      gst_webrtc_server_video_source_capture(source.get(), kPatience, &error));
  ASSERT_TRUE(second);  // of two, so that the first was not lost
  EXPECT_LT(pixels.pts, GST_BUFFER_PTS(gst_sample_get_buffer(second.get())));
  EXPECT_FALSE(gst_webrtc_server_video_source_capture_into(source.get(), &pixels, 0, &error));
  EXPECT_EQ(error, nullptr);
  EXPECT_FALSE(gst_webrtc_server_video_source_is_streaming(source.get()));
}

TEST(PixelsOfC, WhatCannotBeIsRefusedInWords) {
  const auto output = Ref<GstWebRTCServerVideoOutput>::adopt(
      gst_webrtc_server_video_output_new("webrtc://127.0.0.1:0/output", nullptr));
  std::array<guint8, 4> memory{};
  const auto words = [&](GstWebRTCServerPixels pixels) {
    GError* error = nullptr;
    EXPECT_FALSE(gst_webrtc_server_video_output_render_pixels(output.get(), &pixels, &error));
    return words_of(error);
  };
  const auto good = describe(GST_WEBRTC_SERVER_PIXEL_LAYOUT_RGB8, memory.data());
  auto bad = good;
  bad.layout = static_cast<GstWebRTCServerPixelLayout>(77);
  EXPECT_THAT(words(bad), HasSubstr("77"));
  bad = good;
  bad.memory = static_cast<GstWebRTCServerPixelMemory>(-1);
  EXPECT_THAT(words(bad), HasSubstr("memory"));
  bad = good;
  bad.matrix = static_cast<GstWebRTCServerPixelMatrix>(9);
  EXPECT_THAT(words(bad), HasSubstr("matrix"));
  bad = good;
  bad.height = -1;
  EXPECT_THAT(words(bad), HasSubstr("64x-1"));
  bad = good;
  bad.planes[0] = nullptr;
  EXPECT_THAT(words(bad), HasSubstr("null"));
  // With a driver it is no address of a device's, without one there is none.
  bad = good;
  bad.memory = GST_WEBRTC_SERVER_PIXEL_MEMORY_DEVICE;
  EXPECT_THAT(words(bad), HasSubstr("CUDA"));
  // Nothing has been opened for any of them.
  EXPECT_TRUE(gst_webrtc_server_video_output_is_streaming(output.get()));
}

}  // namespace
}  // namespace webrtcserver
