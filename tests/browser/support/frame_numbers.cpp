// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frame_numbers.hpp"

#include <gst/video/video.h>

#include <cstring>

#include "base/ref.hpp"

namespace {

using webrtcserver::Ref;

constexpr int kWhite = 235;
constexpr int kBlack = 16;

void draw(GstVideoFrame* frame, unsigned number) {
  const int width = GST_VIDEO_FRAME_WIDTH(frame);
  const int height = GST_VIDEO_FRAME_HEIGHT(frame);
  auto* luma = static_cast<guint8*>(GST_VIDEO_FRAME_PLANE_DATA(frame, 0));
  for (int y = 0; y < height; ++y) {
    guint8* row = luma + static_cast<gssize>(y) * GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0);
    for (int bit = 0; bit < 8; ++bit) {
      const bool one = ((number >> (7 - bit)) & 1U) != 0;
      const int from = width * bit / 8;
      std::memset(row + from, one == (y < height / 2) ? kWhite : kBlack,
                  static_cast<std::size_t>(width * (bit + 1) / 8 - from));
    }
  }
  for (const guint plane : {1U, 2U}) {
    std::memset(GST_VIDEO_FRAME_PLANE_DATA(frame, plane), 128,
                static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(frame, plane)) *
                    static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_HEIGHT(frame, plane)));
  }
}

void add_regions(GstBuffer* buffer, unsigned number, guint width, guint height) {
  gst_buffer_add_video_region_of_interest_meta(buffer, "number", number, 0, 8, 8);
  auto* middle = gst_buffer_add_video_region_of_interest_meta(buffer, "middle", width / 4,
                                                              height / 4, width / 2, height / 2);
  gst_video_region_of_interest_meta_add_param(
      middle, gst_structure_new("detection", "confidence", G_TYPE_DOUBLE, 0.87, nullptr));
}

GstPadProbeReturn number(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto* next = static_cast<unsigned*>(data);
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
  GstVideoInfo video;
  GstVideoFrame frame;
  if (!caps || !gst_video_info_from_caps(&video, caps.get()) ||
      !gst_video_frame_map(&frame, &video, buffer, GST_MAP_READWRITE))
    return GST_PAD_PROBE_OK;
  draw(&frame, *next);
  gst_video_frame_unmap(&frame);
  add_regions(buffer, *next, static_cast<guint>(GST_VIDEO_INFO_WIDTH(&video)),
              static_cast<guint>(GST_VIDEO_INFO_HEIGHT(&video)));
  *next = (*next + 1) % 256;
  return GST_PAD_PROBE_OK;
}

}  // namespace

void number_frames(GstPad* pad) {
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, number, new unsigned(0),
                    [](gpointer data) { delete static_cast<unsigned*>(data); });
}
