// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/rate_end.hpp"

#include <gst/app/gstappsink.h>
#include <gtest/gtest.h>

#include <string>

#include "base/ref.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

// How many of three pictures, a tenth of a second each, pass an element that shows each so much
// later than it came.
int passed(GstClockTime later, const std::string& rate = "10/1") {
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(
      ("videotestsrc num-buffers=3 ! video/x-raw,width=32,height=32,framerate=" + rate +
       " ! identity name=rate ! appsink name=out sync=false")
          .c_str(),
      nullptr));
  const auto rate_element =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "rate"));
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(rate_element.get(), "src"));
  gst_pad_add_probe(
      pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad*, GstPadProbeInfo* info, gpointer data) {
        GST_PAD_PROBE_INFO_DATA(info) = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
        GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(info)) += *static_cast<GstClockTime*>(data);
        return GST_PAD_PROBE_OK;
      },
      &later, nullptr);
  const auto out = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
  end_with_input(rate_element.get());
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  int count = 0;
  const GstClockTime patience = std::chrono::nanoseconds(test::kPatience).count();
  while (const auto sample =
             Ref<GstSample>::adopt(gst_app_sink_try_pull_sample(GST_APP_SINK(out.get()), patience)))
    ++count;
  EXPECT_TRUE(gst_app_sink_is_eos(GST_APP_SINK(out.get())));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return count;
}

TEST(RateEnd, WhatIsWithinTheInputPasses) {
  EXPECT_EQ(passed(0), 3);
  EXPECT_EQ(passed(98 * GST_MSECOND), 3);
}

TEST(RateEnd, WhatIsBeyondItDoesNot) {
  EXPECT_EQ(passed(100 * GST_MSECOND), 0);
  // As much as a container's rounding may be.
  EXPECT_EQ(passed(99 * GST_MSECOND), 0);
}

TEST(RateEnd, ADurationThatMayBeAGuessEndsNothing) {
  EXPECT_EQ(passed(100 * GST_MSECOND, "1000/1"), 3);
}

}  // namespace
}  // namespace webrtcserver
