// SPDX-License-Identifier: LGPL-2.1-or-later
// What is left of publishers that have gone, however they went: nothing.
#include <gst/app/gstappsink.h>
#include <gtest/gtest.h>

#include "host_pipeline.hpp"
#include "remains.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"

namespace webrtcserver::test {
namespace {

constexpr char kSmallCamera[] =
    "videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48,framerate=30/1";

// Each round has four.
constexpr int kRounds = 24;

TEST(SourceLife, AHundredPublishersLeaveNothing) {
  const HostPipeline host(
      "webrtcsrc name=source uri=webrtc://127.0.0.1:0/input latency=0 "
      "source. ! videoconvert ! appsink name=video max-buffers=1 drop=true "
      "source. ! audioconvert ! fakesink async=false sync=false");
  ASSERT_TRUE(host.start());
  const std::vector<RemotePeer::Source> sources = {{"video", kSmallCamera}, {"audio", kMicrophone}};
  const std::string url = host.url("/input", "ws");
  const auto sink = host.element("video");
  int round = 0;
  expect_nothing_is_left(kRounds, [&] {
    const std::vector<std::string> codecs = {round++ % 2 == 0 ? "VP8" : "H264", "OPUS"};
    {
      Publisher silent(url, sources, codecs);
      ASSERT_TRUE(silent.signalling().wait_for("sdp"));
    }
    ASSERT_TRUE(eventually([&] { return host.number("publishers") == 0; }));
    {
      Publisher hasty(url, sources, codecs);  // gone before it is connected
      ASSERT_TRUE(hasty.answer());
    }
    ASSERT_TRUE(eventually([&] { return host.number("publishers") == 0; }));
    {
      Publisher polite(url, sources, codecs);
      ASSERT_TRUE(polite.publish()) << round;
      ASSERT_TRUE(Ref<GstSample>::adopt(
          gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), test::kPatienceInNanoseconds)));
    }
    ASSERT_TRUE(eventually([&] { return host.number("publishers") == 0; }));
    {
      Publisher killed(url, sources, codecs);
      ASSERT_TRUE(killed.publish()) << round;
      killed.signalling().vanish();
      ASSERT_TRUE(eventually([&] { return host.number("publishers") == 0; }));
    }
  });
  EXPECT_EQ(host.pending_error(), "");
}

}  // namespace
}  // namespace webrtcserver::test
