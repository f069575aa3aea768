// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/recorded_media.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include "base/ref.hpp"
#include "support/patience.hpp"

namespace webrtcserver::test {

namespace {

RecordedFrame look_at(GstSample* sample) {
  RecordedFrame seen;
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  seen.pts = GST_BUFFER_PTS(buffer);
  GstVideoInfo info;
  GstVideoFrame frame;
  if (!gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) ||
      !gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ))
    return seen;
  seen.width = GST_VIDEO_INFO_WIDTH(&info);
  seen.height = GST_VIDEO_INFO_HEIGHT(&info);
  const auto* pixels = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  const int stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
  const guint8* middle = pixels + (seen.height / 2) * stride + (seen.width / 2) * 3;
  seen.red = middle[0];
  seen.green = middle[1];
  seen.blue = middle[2];
  seen.corner = pixels[0] + pixels[1] + pixels[2];
  gst_video_frame_unmap(&frame);
  return seen;
}

std::string error_of(GstMessage* message) {
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  const Owned<GError> owned(error);
  return error->message;
}

// The media type that the first parser or demuxer finds.
std::string encoded_type(GstElement* pipeline) {
  std::string type;
  const auto decoder = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline), "decoder"));
  if (!decoder) return type;
  GstIterator* elements = gst_bin_iterate_recurse(GST_BIN(decoder.get()));
  GValue item = G_VALUE_INIT;
  while (gst_iterator_next(elements, &item) == GST_ITERATOR_OK) {
    auto* element = static_cast<GstElement*>(g_value_get_object(&item));
    GstElementFactory* factory = gst_element_get_factory(element);
    if (factory &&
        gst_element_factory_list_is_type(factory, GST_ELEMENT_FACTORY_TYPE_DECODER |
                                                      GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO |
                                                      GST_ELEMENT_FACTORY_TYPE_MEDIA_IMAGE)) {
      const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "sink"));
      const auto caps = Ref<GstCaps>::adopt(pad ? gst_pad_get_current_caps(pad.get()) : nullptr);
      if (caps) type = gst_structure_get_name(gst_caps_get_structure(caps.get(), 0));
    }
    g_value_reset(&item);
  }
  g_value_unset(&item);
  gst_iterator_free(elements);
  return type;
}

}  // namespace

bool RecordedMedia::is_monotonic() const {
  for (std::size_t i = 1; i < frames.size(); ++i) {
    if (frames[i].pts <= frames[i - 1].pts) return false;
  }
  return true;
}

RecordedMedia play_source(const std::string& description, unsigned frames) {
  RecordedMedia media;
  GError* error = nullptr;
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(
      (description + " ! videoconvert ! video/x-raw,format=RGB ! appsink name=frames sync=false")
          .c_str(),
      &error));
  if (const Owned<GError> owned(error); owned) {
    media.error = owned->message;
    return media;
  }
  const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "frames"));
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  while (media.frames.size() < frames) {
    const auto sample = Ref<GstSample>::adopt(
        gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), kPatienceInNanoseconds));
    if (!sample) break;
    if (media.frames.empty()) media.codec = encoded_type(pipeline.get());
    media.frames.push_back(look_at(sample.get()));
  }
  const bool ended = gst_app_sink_is_eos(GST_APP_SINK(sink.get())) != FALSE;
  if (const auto message =
          Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR))) {
    media.error = error_of(message.get());
  } else if (!ended && media.frames.size() < frames) {
    media.error = "it neither plays nor ends";
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return media;
}

RecordedMedia play_file(const std::string& path) {
  return play_source("filesrc location=\"" + path + "\" ! decodebin name=decoder", G_MAXUINT);
}

}  // namespace webrtcserver::test
