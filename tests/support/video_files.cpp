// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/video_files.hpp"

#include <gst/gst.h>

#include "base/ref.hpp"
#include "support/patience.hpp"

namespace webrtcserver::test {

bool run_pipeline(const std::string& description) {
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(description.c_str(), nullptr));
  if (!pipeline) return false;
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  const auto message = Ref<GstMessage>::adopt(
      gst_bus_timed_pop_filtered(bus.get(), kPatienceInNanoseconds,
                                 static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return message && GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS;
}

bool write_video(unsigned frames, const std::string& elements, const std::string& others) {
  return run_pipeline("videotestsrc num-buffers=" + std::to_string(frames) +
                      " ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! " +
                      elements + " " + others);
}

}  // namespace webrtcserver::test
