// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/rate_end.hpp"

#include <memory>

#include "base/ref.hpp"

namespace webrtcserver {

namespace {

// Times of containers are rounded: Matroska's to a millisecond.
constexpr GstClockTime kRounding = GST_MSECOND;

struct InputEnd {
  GstClockTime time = GST_CLOCK_TIME_NONE;  // of the latest picture, where it has a duration
};

void watch(GstElement* videorate, const char* name, GstPadProbeCallback callback,
           const std::shared_ptr<InputEnd>& end) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(videorate, name));
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, callback,
                    std::make_unique<std::shared_ptr<InputEnd>>(end).release(), [](gpointer data) {
                      const std::unique_ptr<std::shared_ptr<InputEnd>> owned(
                          static_cast<std::shared_ptr<InputEnd>*>(data));
                    });
}

InputEnd& end_of(gpointer data) {
  return **static_cast<std::shared_ptr<InputEnd>*>(data);
}

GstPadProbeReturn take_input(GstPad*, GstPadProbeInfo* info, gpointer data) {
  const GstBuffer* picture = GST_PAD_PROBE_INFO_BUFFER(info);
  // Of less it is a guess: the last of a file may have next to none.
  const bool known = GST_BUFFER_PTS_IS_VALID(picture) && GST_BUFFER_DURATION_IS_VALID(picture) &&
                     GST_BUFFER_DURATION(picture) > 2 * kRounding;
  end_of(data).time =
      known ? GST_BUFFER_PTS(picture) + GST_BUFFER_DURATION(picture) : GST_CLOCK_TIME_NONE;
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn take_output(GstPad*, GstPadProbeInfo* info, gpointer data) {
  const GstBuffer* picture = GST_PAD_PROBE_INFO_BUFFER(info);
  const GstClockTime end = end_of(data).time;
  const bool beyond = GST_CLOCK_TIME_IS_VALID(end) && GST_BUFFER_PTS_IS_VALID(picture) &&
                      GST_BUFFER_PTS(picture) + kRounding >= end;
  return beyond ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

}  // namespace

void end_with_input(GstElement* videorate) {
  const auto end = std::make_shared<InputEnd>();
  watch(videorate, "sink", take_input, end);
  watch(videorate, "src", take_output, end);
}

}  // namespace webrtcserver
