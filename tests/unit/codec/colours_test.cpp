// SPDX-License-Identifier: LGPL-2.1-or-later
// Known colours, from a pad's caps through an encoder to what a viewer's decoder says they are: the
// colour matrix and the range of values survive, or are converted to what the codec can tell.
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <string>

#include "codec/encoder_catalogue.hpp"
#include "codec/encoder_setup.hpp"
#include "codec/front_end.hpp"

namespace webrtcserver {
namespace {

constexpr int kWidth = 320;
constexpr int kHeight = 192;
constexpr int kPatch = 64;
constexpr int kFrames = 12;  // a first picture is a coarse one

using Colour = std::array<int, 3>;  // red, green, blue
constexpr std::array<Colour, 5> kColours{
    {{235, 30, 40}, {40, 200, 50}, {30, 50, 220}, {250, 250, 250}, {10, 10, 10}}};

struct Case {
  const char* codec;
  const char* encoder;
  const char* decoder;
  const char* format;
  const char* colorimetry;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.encoder << ", " << one.format << " in " << one.colorimetry;
}

// Vertical stripes.
Ref<GstBuffer> stripes(const GstVideoInfo& info) {
  auto buffer =
      Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr));
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, const_cast<GstVideoInfo*>(&info),  // NOLINT: it is not written
                           buffer.get(), GST_MAP_WRITE))
    return {};
  for (int y = 0; y < kHeight; ++y) {
    auto* line = static_cast<guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) +
                 static_cast<gsize>(y) * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
    for (int x = 0; x < kWidth; ++x) {
      const Colour& colour = kColours[x / kPatch];
      for (int part = 0; part < 3; ++part) line[3 * x + part] = static_cast<guint8>(colour[part]);
    }
  }
  gst_video_frame_unmap(&frame);
  return buffer;
}

Ref<GstCaps> caps_of(const char* format, const char* colorimetry) {
  return Ref<GstCaps>::adopt(
      gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, format, "width", G_TYPE_INT,
                          kWidth, "height", G_TYPE_INT, kHeight, "framerate", GST_TYPE_FRACTION, 30,
                          1, "colorimetry", G_TYPE_STRING, colorimetry, nullptr));
}

Ref<GstSample> convert(GstSample* sample, const Ref<GstCaps>& caps) {
  GError* error = nullptr;
  auto converted =
      Ref<GstSample>::adopt(gst_video_convert_sample(sample, caps.get(), 10 * GST_SECOND, &error));
  const Owned<GError> owned(error);
  EXPECT_TRUE(converted) << (owned ? owned->message : "");
  return converted;
}

class Colours : public ::testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(
    OfCameras, Colours,
    ::testing::Values(
        Case{"H264", "x264enc", "avdec_h264", "I420", "bt601"},
        Case{"H264", "x264enc", "avdec_h264", "I420", "bt709"},
        Case{"H264", "x264enc", "avdec_h264", "NV12", "bt2020"},
        Case{"H264", "x264enc", "avdec_h264", "RGB", "sRGB"},
        Case{"H264", "x264enc", "avdec_h264", "YUY2", "1:4:0:0"},  // a webcam
        Case{"H264", "x264enc", "avdec_h264", "I420", "1:4:0:0"},  // one that sends JPEG
        Case{"H264", "x264enc", "avdec_h264", "Y42B", "1:4:0:0"},  // likewise
        Case{"H264", "x264enc", "avdec_h264", "NV12", "1:4:7:1"},  // V4L2's sRGB or JPEG
        Case{"H264", "x264enc", "avdec_h264", "NV12", "1:3:5:1"},  // bt709, full range
        Case{"H264", "openh264enc", "avdec_h264", "I420", "bt709"},
        Case{"H264", "openh264enc", "avdec_h264", "YUY2", "1:4:0:0"},
        Case{"H264", "openh264enc", "avdec_h264", "RGB", "sRGB"},
        Case{"VP8", "vp8enc", "vp8dec", "I420", "bt709"},
        Case{"VP8", "vp8enc", "vp8dec", "NV12", "1:4:7:1"},
        Case{"VP8", "vp8enc", "vp8dec", "I420", "1:4:0:0"},
        Case{"VP8", "vp8enc", "vp8dec", "RGB", "sRGB"},
        Case{"VP9", "vp9enc", "vp9dec", "I420", "bt601"},
        Case{"VP9", "vp9enc", "vp9dec", "I420", "bt709"},
        Case{"VP9", "vp9enc", "vp9dec", "NV12", "bt2020"},
        Case{"VP9", "vp9enc", "vp9dec", "YUY2", "1:4:0:0"},
        Case{"VP9", "vp9enc", "vp9dec", "I420", "1:4:0:0"},
        Case{"VP9", "vp9enc", "vp9dec", "NV12", "1:3:5:1"},
        Case{"VP9", "vp9enc", "vp9dec", "RGB", "sRGB"}));

TEST_P(Colours, ComeOutAsTheyWentIn) {
  const Case& one = GetParam();
  const auto rgb = caps_of("RGB", "sRGB");
  GstVideoInfo info;
  ASSERT_TRUE(gst_video_info_from_caps(&info, rgb.get()));
  const auto original =
      Ref<GstSample>::adopt(gst_sample_new(stripes(info).get(), rgb.get(), nullptr, nullptr));
  const auto caps = caps_of(one.format, one.colorimetry);
  const auto input =
      std::string_view(one.format) == "RGB" ? original : convert(original.get(), caps);
  ASSERT_TRUE(input);

  EncoderCatalogue catalogue(encoder_table());
  EncoderCatalogue::Choice choice;
  for (const auto& candidate : catalogue.choices(*find_codec(one.codec), caps.get())) {
    if (std::string_view(candidate.encoder->factory) == one.encoder) choice = candidate;
  }
  ASSERT_NE(choice.encoder, nullptr) << one.encoder << " does not work here";

  const std::string text = "appsrc name=in format=time ! " + front_end_for(choice, caps.get()) +
                           " ! " + one.encoder + " name=encoder ! " +
                           (one.codec == std::string("H264") ? "h264parse ! " : "") + one.decoder +
                           " ! appsink name=out sync=false";
  GError* error = nullptr;
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(text.c_str(), &error));
  const Owned<GError> owned(error);
  ASSERT_FALSE(owned) << owned->message;
  const std::unique_ptr<GstElement, void (*)(GstElement*)> running(
      pipeline.get(), [](GstElement* ends) { gst_element_set_state(ends, GST_STATE_NULL); });
  const auto named = [&](const char* name) {
    return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), name));
  };
  const auto in = named("in");
  const auto out = named("out");
  configure_encoder(named("encoder").get(), *choice.encoder);
  set_encoder_bitrate(named("encoder").get(), *choice.encoder, 20'000'000);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  g_object_set(in.get(), "caps", caps.get(), nullptr);
  GstFlowReturn flow = GST_FLOW_OK;
  for (int i = 0; i < kFrames; ++i) {
    auto stamped = Ref<GstBuffer>::adopt(gst_buffer_copy(gst_sample_get_buffer(input.get())));
    GST_BUFFER_PTS(stamped.get()) = static_cast<GstClockTime>(i) * GST_SECOND / 30;
    g_signal_emit_by_name(in.get(), "push-buffer", stamped.get(), &flow);
  }
  g_signal_emit_by_name(in.get(), "end-of-stream", &flow);
  Ref<GstSample> decoded;
  for (;;) {
    GstSample* pulled = nullptr;
    g_signal_emit_by_name(out.get(), "try-pull-sample", 20 * GST_SECOND, &pulled);
    if (!pulled) break;
    decoded = Ref<GstSample>::adopt(pulled);
  }
  ASSERT_TRUE(decoded);
  SCOPED_TRACE(take_string(gst_caps_to_string(gst_sample_get_caps(decoded.get()))));

  const auto seen = convert(decoded.get(), rgb);
  ASSERT_TRUE(seen);
  GstVideoFrame frame;
  ASSERT_TRUE(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(seen.get()), GST_MAP_READ));
  for (std::size_t i = 0; i < kColours.size(); ++i) {
    const auto x = static_cast<gsize>(i * kPatch + kPatch / 2);
    const auto* pixel = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) +
                        static_cast<gsize>(kHeight / 2) * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0) +
                        3 * x;
    for (int part = 0; part < 3; ++part)
      EXPECT_NEAR(pixel[part], kColours[i][part], 8) << "stripe " << i << ", part " << part;
  }
  gst_video_frame_unmap(&frame);
}

}  // namespace
}  // namespace webrtcserver
