// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcsrc's publishers: they come, go, return and compete, and the pipeline goes on.
#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gtest/gtest.h>

#include <atomic>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;

const std::vector<RemotePeer::Source> kVideoOnly = {{"video", kCamera}};

std::string source(const std::string& properties = "") {
  return "webrtcsrc name=source uri=webrtc://127.0.0.1:0/input latency=20 " + properties +
         " source. ! videoconvert ! video/x-raw,format=I420 "
         "! appsink name=video max-buffers=1 drop=true wait-on-eos=false ";
}

struct Picture {
  int width = 0;
  GstClockTime time = GST_CLOCK_TIME_NONE;
  explicit operator bool() const { return width > 0; }
};

Picture pull(const HostPipeline& host, const char* name = "video") {
  const auto sink = host.element(name);
  const auto sample = Ref<GstSample>::adopt(
      gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), test::kPatienceInNanoseconds));
  Picture picture;
  if (!sample) return picture;
  gst_structure_get_int(gst_caps_get_structure(gst_sample_get_caps(sample.get()), 0), "width",
                        &picture.width);
  picture.time = GST_BUFFER_PTS(gst_sample_get_buffer(sample.get()));
  return picture;
}

std::string camera(int width, int height) {
  return "videotestsrc is-live=true ! video/x-raw,format=I420,framerate=30/1,width=" +
         std::to_string(width) + ",height=" + std::to_string(height);
}

TEST(SourcePublishers, AreAwaitedWithAMessage) {
  const HostPipeline host(source());
  ASSERT_TRUE(host.start());
  const auto message = host.wait_message(GST_MESSAGE_ELEMENT);
  ASSERT_TRUE(message);
  const GstStructure* structure = gst_message_get_structure(message.get());
  EXPECT_STREQ(gst_structure_get_name(structure), "webrtc-waiting");
  EXPECT_STREQ(gst_structure_get_string(structure, "stream"), "input");
  guint seconds = 0;
  EXPECT_TRUE(gst_structure_get_uint(structure, "seconds", &seconds));
  EXPECT_EQ(seconds, 1U);
  EXPECT_EQ(host.pending_error(), "");
}

TEST(SourcePublishers, ReloadTenTimes) {
  const HostPipeline host(source());
  ASSERT_TRUE(host.start());
  GstClockTime last = 0;
  for (int i = 0; i < 10; ++i) {
    Publisher publisher(host.url("/input", "ws"), kVideoOnly, {i % 2 == 0 ? "VP8" : "H264"});
    ASSERT_TRUE(publisher.publish()) << i;
    // The first may be the last of the one before.
    pull(host);
    const Picture picture = pull(host);
    ASSERT_TRUE(picture) << i;
    EXPECT_GE(picture.time, last) << i;
    last = picture.time;
    publisher.signalling().vanish();
    ASSERT_TRUE(eventually([&] { return host.number("publishers") == 0; })) << i;
  }
  EXPECT_EQ(host.pending_error(), "");
}

TEST(SourcePublishers, ReturnWithAnotherSize) {
  const HostPipeline host(source());
  ASSERT_TRUE(host.start());
  for (const auto& [width, height] : {std::pair{320, 240}, {240, 320}, {640, 360}, {2, 2}}) {
    {
      Publisher publisher(host.url("/input", "ws"), {{"video", camera(width, height)}}, {"VP8"});
      ASSERT_TRUE(publisher.publish()) << width;
      EXPECT_TRUE(eventually([&, wanted = width] { return pull(host).width == wanted; })) << width;
    }
    ASSERT_TRUE(eventually([&] { return host.number("publishers") == 0; }));
  }
  EXPECT_EQ(host.pending_error(), "");
}

TEST(SourcePublishers, TheSecondIsTurnedAway) {
  const HostPipeline host(source());
  ASSERT_TRUE(host.start());
  Publisher first(host.url("/input", "ws"), kVideoOnly);
  ASSERT_TRUE(first.publish());
  {
    SignallingClient second(host.url("/input", "ws"));
    ASSERT_TRUE(second.wait_for("bye"));
    EXPECT_EQ(second.seen().text("hello", "role"), "publish");
    EXPECT_EQ(second.seen().text("error", "code"), "busy");
    EXPECT_EQ(second.seen().text("bye", "reason"), "busy");
    EXPECT_TRUE(second.wait_closed());
  }
  // Its going changes nothing.
  EXPECT_EQ(host.number("publishers"), 1U);
  const GstClockTime before = pull(host).time;
  EXPECT_GT(pull(host).time, before);
  EXPECT_FALSE(first.signalling().seen().find("bye"));
}

TEST(SourcePublishers, TheSecondTakesOverWhereThatIsSet) {
  const HostPipeline host(source("on-second-publisher=replace"));
  ASSERT_TRUE(host.start());
  Publisher first(host.url("/input", "ws"), {{"video", camera(320, 240)}});
  ASSERT_TRUE(first.publish());
  Publisher second(host.url("/input", "ws"), {{"video", camera(640, 480)}});
  ASSERT_TRUE(second.publish());
  EXPECT_TRUE(first.signalling().wait_for("bye"));
  EXPECT_EQ(first.signalling().seen().text("bye", "reason"), "replaced");
  EXPECT_TRUE(eventually([&] { return pull(host).width == 640; }));
  EXPECT_EQ(host.number("publishers"), 1U);
  EXPECT_EQ(host.pending_error(), "");
}

TEST(SourcePublishers, SeveralHavePadsOfTheirOwn) {
  const HostPipeline host(source("max-publishers=2"));
  // As an application does it: whatever pad comes is shown.
  g_signal_connect(
      host.sink(), "pad-added", G_CALLBACK(+[](GstElement* element, GstPad* pad, gpointer) {
        if (std::string(GST_PAD_NAME(pad)) != "video_1") return;
        const auto pipeline = Ref<GstObject>::adopt(gst_object_get_parent(GST_OBJECT(element)));
        GstElement* sink = gst_element_factory_make("appsink", "second");
        g_object_set(sink, "max-buffers", 1, "drop", TRUE, "async", FALSE, nullptr);
        gst_bin_add(GST_BIN(pipeline.get()), sink);
        gst_element_sync_state_with_parent(sink);
        const auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(sink, "sink"));
        gst_pad_link(pad, input.get());
      }),
      nullptr);
  ASSERT_TRUE(host.start());
  Publisher first(host.url("/input", "ws"), {{"video", camera(320, 240)}});
  ASSERT_TRUE(first.publish());
  Publisher second(host.url("/input", "ws"), {{"video", camera(640, 480)}});
  ASSERT_TRUE(second.publish());
  EXPECT_EQ(pull(host, "video").width, 320);
  EXPECT_EQ(pull(host, "second").width, 640);
  EXPECT_EQ(host.number("publishers"), 2U);
  EXPECT_EQ(host.pending_error(), "");
}

TEST(SourcePublishers, LeaveBlackBehindWhereThatIsSet) {
  const HostPipeline host(source("on-idle=black idle-timeout=100"));
  ASSERT_TRUE(host.start());
  EXPECT_EQ(pull(host).width, 640);  // nobody has said anything yet
  GstClockTime last = 0;
  {
    Publisher publisher(host.url("/input", "ws"), {{"video", camera(320, 240)}}, {"VP8"});
    ASSERT_TRUE(publisher.publish());
    EXPECT_TRUE(eventually([&] {
      const Picture picture = pull(host);
      EXPECT_GE(picture.time, last);
      last = picture.time;
      return picture.width == 320;
    }));
  }
  ASSERT_TRUE(eventually([&] { return host.number("publishers") == 0; }));
  for (int i = 0; i < 20; ++i) {
    const Picture picture = pull(host);
    ASSERT_EQ(picture.width, 320);
    EXPECT_GE(picture.time, last);
    last = picture.time;
  }
}

TEST(SourcePublishers, EndTheStreamWhereThatIsSet) {
  const HostPipeline host(source("on-idle=eos idle-timeout=50"));
  ASSERT_TRUE(host.start());
  {
    Publisher publisher(host.url("/input", "ws"), kVideoOnly);
    ASSERT_TRUE(publisher.publish());
    ASSERT_TRUE(pull(host));
  }
  EXPECT_TRUE(host.wait_message(GST_MESSAGE_EOS));
}

TEST(SourcePublishers, AreToldOfSignalsAndStreams) {
  const HostPipeline host(source());
  std::atomic<int> added{0};
  std::atomic<int> removed{0};
  const auto count = +[](GstElement*, const gchar* session, GstElement* webrtcbin, gpointer data) {
    if (session && GST_IS_ELEMENT(webrtcbin)) ++*static_cast<std::atomic<int>*>(data);
  };
  g_signal_connect(host.sink(), "publisher-added", G_CALLBACK(count), &added);
  g_signal_connect(host.sink(), "publisher-removed", G_CALLBACK(count), &removed);
  ASSERT_TRUE(host.start());
  {
    Publisher publisher(host.url("/input", "ws"), kVideoOnly);
    ASSERT_TRUE(publisher.publish());
    const std::string streams = http_get(host.url("/api/streams")).body;
    EXPECT_THAT(streams, HasSubstr(R"("/input":{"flags":["video","recv"],"direction":"in",)"));
    EXPECT_THAT(streams, HasSubstr(R"("peer_count":1)"));
    EXPECT_THAT(streams, HasSubstr(R"("state":"live","max_publishers":1)"));
  }
  EXPECT_TRUE(eventually([&] { return removed == 1; }));
  EXPECT_EQ(added, 1);
}

TEST(SourcePublishers, StayOverAPauseAndEndWithThePipeline) {
  const HostPipeline host(source());
  ASSERT_TRUE(host.start());
  Publisher publisher(host.url("/input", "ws"), kVideoOnly);
  ASSERT_TRUE(publisher.publish());
  ASSERT_TRUE(pull(host));
  gst_element_set_state(host.get(), GST_STATE_PAUSED);
  EXPECT_TRUE(publisher.signalling().wait([](const auto& seen) {
    return !seen.messages.empty() && seen.messages.back().data.string("state") == "paused";
  }));
  ASSERT_TRUE(host.start());
  pull(host);
  const GstClockTime before = pull(host).time;
  EXPECT_GT(pull(host).time, before);
  gst_element_set_state(host.get(), GST_STATE_READY);
  EXPECT_TRUE(publisher.signalling().wait_for("bye"));
  EXPECT_EQ(publisher.signalling().seen().text("bye", "reason"), "ended");
  // And again, with the pads that are linked already.
  ASSERT_TRUE(host.start());
  Publisher again(host.url("/input", "ws"), kVideoOnly);
  ASSERT_TRUE(again.publish());
  EXPECT_TRUE(pull(host));
}

}  // namespace
}  // namespace webrtcserver::test
