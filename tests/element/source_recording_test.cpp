// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcsrc in pipelines that ask for something else than raw media: nothing is decoded then, and
// what is recorded plays to its end.
#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gtest/gtest.h>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSource[] = "webrtcsrc name=source uri=webrtc://127.0.0.1:0/input latency=50 ";

struct Recording {
  GstClockTime duration = 0;
  GstClockTime last_picture = 0;
  unsigned pictures = 0;
  GstClockTime last_sound = 0;
};

void drain(const HostPipeline& player, const char* name, unsigned* count, GstClockTime* last) {
  const auto sink = player.element(name);
  while (const auto sample = Ref<GstSample>::adopt(gst_app_sink_try_pull_sample(
             GST_APP_SINK(sink.get()), test::kPatienceInNanoseconds))) {
    if (count) ++*count;
    *last = GST_BUFFER_PTS(gst_sample_get_buffer(sample.get()));
  }
}

Recording play(const std::string& path) {
  Recording recording;
  for (const char* kind : {"video", "audio"}) {
    const HostPipeline player("filesrc location=" + path + " ! decodebin name=d d. ! " + kind +
                              "/x-raw ! appsink name=out sync=false");
    EXPECT_TRUE(player.set_state(GST_STATE_PAUSED)) << player.pending_error();
    gint64 duration = 0;
    gst_element_query_duration(player.get(), GST_FORMAT_TIME, &duration);
    recording.duration = static_cast<GstClockTime>(duration);
    EXPECT_TRUE(player.play());
    const bool video = *kind == 'v';
    drain(player, "out", video ? &recording.pictures : nullptr,
          video ? &recording.last_picture : &recording.last_sound);
    EXPECT_EQ(player.pending_error(), "");
  }
  return recording;
}

class SourceRecording : public ::testing::Test {
 protected:
  // Records until 90 pictures have come, as gst-launch-1.0 -e does.
  void record(const HostPipeline& host, std::vector<std::string> codecs = {}) {
    ASSERT_TRUE(host.start());
    Publisher publisher(host.url("/input", "ws"), {{"video", kCamera}, {"audio", kMicrophone}},
                        std::move(codecs));
    ASSERT_TRUE(publisher.publish()) << host.pending_error();
    const auto track = "sessions/" + host.sessions().front() + "/tracks/video_0/";
    EXPECT_TRUE(
        eventually([&] { return std::stoul("0" + host.statistic(track + "frames")) >= 90; }));
    EXPECT_EQ(host.statistic(track + "decoder"), "");
    gst_element_send_event(host.get(), gst_event_new_eos());
    const auto message =
        host.wait_message(static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
    ASSERT_TRUE(message);
    EXPECT_EQ(GST_MESSAGE_TYPE(message.get()), GST_MESSAGE_EOS);
    offer_ = publisher.offer();
  }

  void expect_whole(const std::string& path) {
    const Recording recording = play(path);
    EXPECT_GE(recording.pictures, 70U);
    EXPECT_GE(recording.duration, 2 * GST_SECOND);
    EXPECT_LT(recording.duration, 20 * GST_SECOND);
    // To the last second.
    EXPECT_GE(recording.last_picture + GST_SECOND, recording.duration);
    EXPECT_GE(recording.last_sound + GST_SECOND, recording.duration);
  }

  const TemporaryFolder folder_;
  std::string offer_;
};

TEST_F(SourceRecording, H264AndOpusInMp4) {
  const std::string path = folder_.path("recording.mp4");
  {
    const HostPipeline host(std::string(kSource) +
                            "source. ! video/x-h264 ! h264parse ! mp4mux name=mux "
                            "! filesink location=" +
                            path + " source. ! audio/x-opus ! mux.");
    ASSERT_NO_FATAL_FAILURE(record(host));
  }
  EXPECT_THAT(offer_, HasSubstr(" H264/90000"));
  EXPECT_THAT(offer_, Not(HasSubstr(" VP8/90000")));  // the pipeline takes no other
  expect_whole(path);
}

TEST_F(SourceRecording, Vp8AndOpusInMatroska) {
  const std::string path = folder_.path("recording.mkv");
  {
    const HostPipeline host(std::string(kSource) +
                            "source. ! video/x-vp8 ! matroskamux name=mux ! filesink location=" +
                            path + " source. ! audio/x-opus ! mux.");
    ASSERT_NO_FATAL_FAILURE(record(host));
  }
  EXPECT_THAT(offer_, HasSubstr(" VP8/90000"));
  EXPECT_THAT(offer_, Not(HasSubstr(" H264/90000")));
  expect_whole(path);
}

// The error is the sink's own; what is ours is that the publisher hears of it, that nobody else
// does, and that the pipeline can begin anew.
TEST_F(SourceRecording, AFullDiskIsToldAndDisturbsNobodyElse) {
  const HostPipeline host(std::string(kSource) +
                          "source. ! video/x-vp8 ! matroskamux streamable=true "
                          "! filesink name=disk buffer-mode=unbuffered location=/dev/full");
  ASSERT_TRUE(host.start());
  const HostPipeline other(
      "webrtcsrc name=source uri=webrtc://127.0.0.1:" + std::to_string(host.port()) +
      "/other latency=20 source. ! videoconvert ! appsink name=video");
  ASSERT_TRUE(other.start());
  Publisher undisturbed(other.url("/other", "ws"), {{"video", kCamera}});
  ASSERT_TRUE(undisturbed.publish());
  Publisher publisher(host.url("/input", "ws"), {{"video", kCamera}});
  ASSERT_TRUE(publisher.answer());
  EXPECT_THAT(host.wait_error(),
              HasSubstr("resource " + std::to_string(GST_RESOURCE_ERROR_NO_SPACE_LEFT)));
  EXPECT_TRUE(publisher.signalling().wait([](const auto& seen) {
    return !seen.messages.empty() && seen.messages.back().type == "stream" &&
           seen.messages.back().data.string("state") == "error";
  }));
  EXPECT_THAT(publisher.signalling().seen().messages.back().data.string("message").value_or(""),
              HasSubstr("has failed"));
  EXPECT_FALSE(publisher.signalling().seen().find("bye"));
  EXPECT_THAT(http_get(host.url("/api/streams")).body, HasSubstr(R"("state":"error")"));
  gst_element_set_state(host.get(), GST_STATE_NULL);
  EXPECT_TRUE(publisher.signalling().wait_for("bye"));
  const auto sink = other.element("video");
  EXPECT_TRUE(Ref<GstSample>::adopt(
      gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), test::kPatienceInNanoseconds)));
  EXPECT_EQ(other.pending_error(), "");
  EXPECT_FALSE(undisturbed.signalling().seen().find("bye"));
  // There is room again.
  g_object_set(host.element("disk").get(), "location", "/dev/null", nullptr);
  ASSERT_TRUE(host.start());
  Publisher again(host.url("/input", "ws"), {{"video", kCamera}});
  EXPECT_TRUE(again.publish());
}

TEST_F(SourceRecording, PacketsForWhoAsksForPackets) {
  const HostPipeline host(std::string(kSource) +
                          "source. ! application/x-rtp,encoding-name=VP8 ! rtpvp8depay "
                          "! vp8dec ! appsink name=video");
  ASSERT_TRUE(host.start());
  Publisher publisher(host.url("/input", "ws"));
  ASSERT_TRUE(publisher.publish());
  const auto sink = host.element("video");
  EXPECT_TRUE(Ref<GstSample>::adopt(
      gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), test::kPatienceInNanoseconds)));
  EXPECT_THAT(publisher.offer(), Not(HasSubstr("m=audio")));  // its pad is not linked
  EXPECT_THAT(publisher.offer(), Not(HasSubstr(" H264/90000")));
}

}  // namespace
}  // namespace webrtcserver::test
