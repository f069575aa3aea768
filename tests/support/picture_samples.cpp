// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/picture_samples.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <stdexcept>

#include "support/patience.hpp"

namespace webrtcserver::test {

Ref<GstSample> picture(int width, int height, Colour colour, GstClockTime pts, int rate) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_RGB, static_cast<guint>(width),
                            static_cast<guint>(height));
  const auto buffer =
      Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr));
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info, buffer.get(), GST_MAP_WRITE))
    throw std::runtime_error("no memory for a picture");
  for (int y = 0; y < height; ++y) {
    auto* row = static_cast<guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) +
                y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
    for (int x = 0; x < width; ++x) {
      row[3 * x] = static_cast<guint8>(colour.red);
      row[3 * x + 1] = static_cast<guint8>(colour.green);
      row[3 * x + 2] = static_cast<guint8>(colour.blue);
    }
  }
  gst_video_frame_unmap(&frame);
  GST_BUFFER_PTS(buffer.get()) = pts;
  const auto caps = Ref<GstCaps>::adopt(gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING,
                                                            "RGB", "width", G_TYPE_INT, width,
                                                            "height", G_TYPE_INT, height, nullptr));
  if (rate > 0) gst_caps_set_simple(caps.get(), "framerate", GST_TYPE_FRACTION, rate, 1, nullptr);
  return Ref<GstSample>::adopt(gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr));
}

std::vector<Ref<GstSample>> encoded_pictures(const std::string& encoder, int width, int height,
                                             unsigned count) {
  const std::string description =
      "videotestsrc num-buffers=" + std::to_string(count) +
      " ! video/x-raw,format=I420,framerate=25/1,width=" + std::to_string(width) +
      ",height=" + std::to_string(height) + " ! " + encoder + " ! appsink name=frames sync=false";
  GError* error = nullptr;
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(description.c_str(), &error));
  if (const Owned<GError> owned(error); owned) throw std::runtime_error(owned->message);
  const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "frames"));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  std::vector<Ref<GstSample>> samples;
  while (auto sample = Ref<GstSample>::adopt(
             gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), kPatienceInNanoseconds)))
    samples.push_back(std::move(sample));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return samples;
}

}  // namespace webrtcserver::test
