// SPDX-License-Identifier: LGPL-2.1-or-later
// Request pads: how they come, what they take, and what viewers notice when they come or go.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;

constexpr char kRawVideo[] =
    "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ";
constexpr char kRawAudio[] = "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ";

Ref<GstElement> make_sink() {
  return Ref<GstElement>::sink(gst_element_factory_make("webrtcsink", nullptr));
}

TEST(Pads, AreNamedAsAskedOrInOrder) {
  const auto sink = make_sink();
  const auto name_of = [&](const char* wanted) {
    const auto pad = Ref<GstPad>::adopt(gst_element_request_pad_simple(sink.get(), wanted));
    return pad ? std::string(GST_PAD_NAME(pad.get())) : "";
  };
  EXPECT_EQ(name_of("video_%u"), "video_0");
  EXPECT_EQ(name_of("video_7"), "video_7");
  EXPECT_EQ(name_of("video_%u"), "video_8");
  EXPECT_EQ(name_of("audio_%u"), "audio_0");
  EXPECT_EQ(name_of("audio_2"), "audio_2");
}

TEST(Pads, CompatibleOnesAreFoundByCaps) {
  const HostPipeline host(std::string(kRawVideo) +
                          "! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output " + kRawAudio +
                          "! sink. " + kRawVideo + "! vp8enc ! sink. ");
  EXPECT_EQ(host.sink()->numsinkpads, 3);
  ASSERT_TRUE(host.play());
  EXPECT_TRUE(eventually([&] {
    const std::string streams = http_get(host.url("/api/streams")).body;
    return streams.find(R"("name":"video_1","codecs":["VP8"])") != std::string::npos &&
           streams.find(R"("name":"audio_0","codecs":["OPUS"])") != std::string::npos;
  }));
}

TEST(Pads, MayBeReleasedInAnyState) {
  for (const GstState state : {GST_STATE_NULL, GST_STATE_READY, GST_STATE_PLAYING}) {
    const HostPipeline host(std::string(kRawVideo) +
                            "! tee name=tee ! queue ! fakesink tee.src_7 "
                            "! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output");
    ASSERT_TRUE(host.set_state(state));
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(host.sink(), "video_0"));
    const auto peer = Ref<GstPad>::adopt(gst_pad_get_peer(pad.get()));
    gst_pad_unlink(peer.get(), pad.get());
    const auto tee = host.element("tee");
    gst_element_release_request_pad(tee.get(), peer.get());
    gst_element_release_request_pad(host.sink(), pad.get());
    EXPECT_EQ(host.sink()->numsinkpads, 0);
    EXPECT_EQ(GST_BIN_NUMCHILDREN(host.sink()), 0);
    // It is a sink with and without pads: the pipeline counts on it.
    EXPECT_TRUE(GST_OBJECT_FLAG_IS_SET(host.sink(), GST_ELEMENT_FLAG_SINK));
  }
}

// Adds another live source to a running pipeline. Returns the pad that it feeds.
Ref<GstPad> add_source(const HostPipeline& host, const char* description, const char* pad_name) {
  GstElement* source = gst_parse_bin_from_description(description, TRUE, nullptr);
  gst_bin_add(GST_BIN(host.get()), source);
  auto pad = Ref<GstPad>::adopt(gst_element_request_pad_simple(host.sink(), pad_name));
  const auto output = Ref<GstPad>::adopt(gst_element_get_static_pad(source, "src"));
  EXPECT_EQ(gst_pad_link(output.get(), pad.get()), GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent(source);
  return pad;
}

TEST(Pads, ThatComeWhilePlayingBringViewersBackForThem) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  Viewer before(host.socket_url());
  ASSERT_TRUE(before.watch());
  add_source(host, kRawAudio, "audio_%u");
  ASSERT_TRUE(before.signalling().wait_closed());
  EXPECT_EQ(before.signalling().seen().text("bye", "reason"), "restart");
  Viewer after(host.socket_url());
  ASSERT_TRUE(after.watch());
  EXPECT_THAT(after.offer(), AllOf(HasSubstr("m=video"), HasSubstr("m=audio")));
  EXPECT_TRUE(after.peer().wait([](const auto& counts) { return counts.size() >= 2; }));
}

TEST(Pads, ThatGoWhilePlayingLeaveTheOthers) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  const auto pad = add_source(host, kRawAudio, "audio_%u");
  ASSERT_TRUE(eventually(
      [&] { return http_get(host.url("/api/streams")).body.find("OPUS") != std::string::npos; }));
  Viewer before(host.socket_url());
  ASSERT_TRUE(before.watch());
  const auto peer = Ref<GstPad>::adopt(gst_pad_get_peer(pad.get()));
  const auto source = Ref<GstElement>::adopt(gst_pad_get_parent_element(peer.get()));
  gst_element_set_locked_state(source.get(), TRUE);
  gst_element_set_state(source.get(), GST_STATE_NULL);
  gst_bin_remove(GST_BIN(host.get()), source.get());
  gst_element_release_request_pad(host.sink(), pad.get());
  ASSERT_TRUE(before.signalling().wait_closed());
  EXPECT_EQ(before.signalling().seen().text("bye", "reason"), "restart");
  Viewer after(host.socket_url());
  EXPECT_TRUE(after.watch());
  EXPECT_EQ(after.offer().find("m=audio"), std::string::npos);
}

TEST(Pads, TheLastThatGoesLeavesAStreamThatWaits) {
  const HostPipeline host(std::string(kRawVideo) +
                          "! tee name=tee ! queue name=branch ! webrtcsink name=sink "
                          "uri=webrtc://127.0.0.1:0/output tee. ! queue ! fakesink");
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url());
  ASSERT_TRUE(viewer.watch());
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(host.sink(), "video_0"));
  const auto peer = Ref<GstPad>::adopt(gst_pad_get_peer(pad.get()));
  gst_pad_add_probe(
      peer.get(), GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM,
      [](GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_OK; }, nullptr, nullptr);
  gst_pad_unlink(peer.get(), pad.get());
  gst_element_release_request_pad(host.sink(), pad.get());
  ASSERT_TRUE(viewer.signalling().wait_closed());
  EXPECT_EQ(viewer.signalling().seen().text("bye", "reason"), "restart");
  SignallingClient waiting(host.socket_url());
  ASSERT_TRUE(waiting.wait_for("stream"));
  EXPECT_EQ(waiting.seen().text("stream", "state"), "waiting");
}

TEST(Pads, OneWithoutDataDoesNotHideThePicture) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  Viewer before(host.socket_url());
  ASSERT_TRUE(before.watch());
  const auto silent = Ref<GstPad>::adopt(gst_element_request_pad_simple(host.sink(), "audio_%u"));
  Viewer viewer(host.socket_url());
  ASSERT_TRUE(viewer.watch());
  EXPECT_EQ(viewer.offer().find("m=audio"), std::string::npos);
  EXPECT_TRUE(before.wait_media(10));
  EXPECT_FALSE(before.signalling().seen().closed);
}

TEST(Pads, RefuseRawVideoThatNoEncoderTakesInWords) {
  // There is no row for an H.265 encoder. As where none is installed, caps come through, so that
  // they are refused in words.
  const HostPipeline host(
      "videotestsrc ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output "
      "video-caps=video/x-h265 ");
  host.set_state(GST_STATE_PAUSED);
  EXPECT_THAT(host.wait_error(), HasSubstr("video_0: no encoder takes video/x-raw"));
}

TEST(Pads, DoNotLinkToWhatTheyCannotCarry) {
  GError* error = nullptr;
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(
      "videotestsrc ! jpegenc ! webrtcsink uri=webrtc://127.0.0.1:0/output", &error));
  const Owned<GError> owned(error);
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message, HasSubstr("could not link"));
}

TEST(Pads, CapsThatNameNoCodecStopTheStart) {
  const HostPipeline host("videotestsrc ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output");
  const auto set_caps = [&](const char* text) {
    const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(text));
    g_object_set(host.sink(), "video-caps", caps.get(), nullptr);
  };
  set_caps("video/x-raw");
  EXPECT_FALSE(host.set_state(GST_STATE_READY));
  EXPECT_THAT(host.wait_error(),
              HasSubstr("video-caps names no codec that can be offered: \"video/x-raw\""));
  set_caps("video/x-vp8");
  EXPECT_TRUE(host.set_state(GST_STATE_READY));
}

TEST(Pads, AnEncoderThatIsNotKnownStopsTheStart) {
  const HostPipeline host(
      "videotestsrc is-live=true ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output");
  g_object_set(host.sink(), "video-encoder", "x264enc,fooenc", nullptr);
  EXPECT_FALSE(host.set_state(GST_STATE_READY));
  EXPECT_THAT(host.wait_error(), HasSubstr("\"fooenc\" is no encoder of video that is known here"));
  g_object_set(host.sink(), "video-encoder", "x264enc", nullptr);
  EXPECT_TRUE(host.set_state(GST_STATE_READY));
}

TEST(Pads, NamedEncodersThatDoNotWorkAreToldWithTheirReasons) {
  const HostPipeline host(
      "videotestsrc is-live=true ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output "
      "video-encoder=nvv4l2h264enc,v4l2h264enc");
  if (Ref<GstElementFactory>::adopt(gst_element_factory_find("nvv4l2h264enc")) ||
      Ref<GstElementFactory>::adopt(gst_element_factory_find("v4l2h264enc")))
    GTEST_SKIP() << "this machine has one of them";
  host.set_state(GST_STATE_PLAYING);
  EXPECT_THAT(host.wait_error(), HasSubstr("nvv4l2h264enc (H264): it is not installed"));
}

}  // namespace
}  // namespace webrtcserver::test
