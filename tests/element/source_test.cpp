// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcsrc with a webrtcbin that plays the publishing browser.
#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gtest/gtest.h>

#include "host_pipeline.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"

namespace webrtcserver::test {
namespace {

constexpr char kSource[] = "webrtcsrc name=source uri=webrtc://127.0.0.1:0/input latency=50 ";

// The next sample, or null after kPatience.
Ref<GstSample> pull(const HostPipeline& host, const char* name) {
  const auto sink = host.element(name);
  return Ref<GstSample>::adopt(
      gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), test::kPatienceInNanoseconds));
}

TEST(Source, GivesRawVideoAndAudio) {
  const HostPipeline host(std::string(kSource) +
                          "source. ! videoconvert ! video/x-raw,format=I420 ! appsink name=video "
                          "source. ! audioconvert ! appsink name=audio");
  ASSERT_TRUE(host.start());
  Publisher publisher(host.url("/input", "ws"));
  ASSERT_TRUE(publisher.publish());
  const auto picture = pull(host, "video");
  ASSERT_TRUE(picture);
  int width = 0;
  gst_structure_get_int(gst_caps_get_structure(gst_sample_get_caps(picture.get()), 0), "width",
                        &width);
  EXPECT_EQ(width, 320);
  EXPECT_TRUE(pull(host, "audio"));
}

}  // namespace
}  // namespace webrtcserver::test
