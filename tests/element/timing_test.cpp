// SPDX-License-Identifier: LGPL-2.1-or-later
// Clock and state: live and other sources, preroll, pause, the end of a stream and its return.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;

// A source that is not live, as a file is.
constexpr char kFilm[] =
    "videotestsrc ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 "
    "! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output ";

// Plays the film's first `length` from its beginning.
bool rewind(const HostPipeline& host, GstClockTime length) {
  return gst_element_seek(host.get(), 1.0, GST_FORMAT_TIME,
                          static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT),
                          GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_SET, static_cast<gint64>(length));
}

// A pipeline in PAUSED that will reach its end after `length`.
std::unique_ptr<HostPipeline> film(GstClockTime length, const std::string& more = "") {
  auto host = std::make_unique<HostPipeline>(kFilm + more);
  EXPECT_TRUE(host->set_state(GST_STATE_PAUSED));
  EXPECT_TRUE(rewind(*host, length));
  EXPECT_TRUE(host->set_state(GST_STATE_PAUSED));
  return host;
}

bool waits_for_the_clock(const HostPipeline& host) {
  const auto frames = host.element("frames-video_0");
  gboolean sync = FALSE;
  g_object_get(frames.get(), "sync", &sync, nullptr);
  return sync;
}

TEST(Timing, ALiveSourceIsNotDelayed) {
  // The other branch has a latency of half a second, which is the pipeline's then.
  const HostPipeline host(std::string(kLiveVideo) +
                          "audiotestsrc is-live=true ! queue min-threshold-time=500000000 ! "
                          "fakesink sync=true async=false");
  ASSERT_TRUE(host.play());
  EXPECT_TRUE(eventually([&] { return !waits_for_the_clock(host); }));
  Viewer viewer(host.socket_url());
  EXPECT_TRUE(viewer.watch());
  EXPECT_FALSE(waits_for_the_clock(host));
}

TEST(Timing, WhatIsCountedInBytesHasTheTimeAtWhichItComes) {
  const HostPipeline host(
      "fakesrc is-live=true do-timestamp=true format=bytes sizetype=fixed sizemax=38016 "
      "filltype=zero "
      "datarate=1140480 sync=true ! video/x-raw,format=I420,width=176,height=144,framerate=30/1 ! "
      "webrtcsink name=sink uri=webrtc://127.0.0.1:0/output");
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url());
  EXPECT_TRUE(viewer.watch());
}

TEST(Timing, AddsNothingToTheLatencyOfThePipeline) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  ASSERT_TRUE(eventually([&] { return !waits_for_the_clock(host); }));
  const auto query = Ref<GstQuery>::adopt(gst_query_new_latency());
  ASSERT_TRUE(gst_element_query(host.get(), query.get()));
  gboolean live = FALSE;
  GstClockTime shortest = 0;
  GstClockTime longest = 0;
  gst_query_parse_latency(query.get(), &live, &shortest, &longest);
  EXPECT_FALSE(live);  // nothing waits for the clock
}

TEST(Timing, AFilePrerollsWithoutViewersAndIsPacedByTheClock) {
  const auto host = film(GST_SECOND);
  EXPECT_TRUE(waits_for_the_clock(*host));
  const auto start = steady_clock::now();
  ASSERT_TRUE(host->play());
  EXPECT_TRUE(host->wait_message(GST_MESSAGE_EOS));
  EXPECT_GE(steady_clock::now() - start, std::chrono::milliseconds(950));
}

TEST(Timing, TheEndOfTheStreamIsToldToViewersAndTheBus) {
  const auto host = film(2 * GST_SECOND);
  Viewer viewer(host->socket_url());
  ASSERT_TRUE(viewer.answer());
  ASSERT_TRUE(host->play());
  EXPECT_TRUE(viewer.wait_media(1));
  EXPECT_TRUE(host->wait_message(GST_MESSAGE_EOS));
  ASSERT_TRUE(viewer.signalling().wait_closed());
  EXPECT_EQ(viewer.signalling().seen().text("bye", "reason"), "ended");
  EXPECT_EQ(http_get(host->url("/api/streams")).body, "{}");
  EXPECT_EQ(host->number("viewers"), 0U);
}

TEST(Timing, TheStreamEndsWithItsLastMedia) {
  const auto host = film(2 * GST_SECOND,
                         "audiotestsrc num-buffers=10 samplesperbuffer=480 ! "
                         "audio/x-raw,rate=48000,channels=2 ! sink.");
  Viewer viewer(host->socket_url());
  ASSERT_TRUE(viewer.answer());
  ASSERT_TRUE(host->play());
  EXPECT_TRUE(viewer.wait_media(20));
  EXPECT_TRUE(host->wait_message(GST_MESSAGE_EOS));
  ASSERT_TRUE(viewer.signalling().wait_closed());
  EXPECT_EQ(viewer.signalling().seen().text("bye", "reason"), "ended");
}

TEST(Timing, ASeekBackAfterTheEndPublishesAgain) {
  const auto host = film(GST_SECOND / 2);
  ASSERT_TRUE(host->play());
  ASSERT_TRUE(host->wait_message(GST_MESSAGE_EOS));
  ASSERT_TRUE(eventually([&] { return http_get(host->url("/api/streams")).body == "{}"; }));
  ASSERT_TRUE(rewind(*host, 3 * GST_SECOND));
  ASSERT_TRUE(eventually([&] { return http_get(host->url("/api/streams")).body != "{}"; }));
  Viewer viewer(host->socket_url());
  EXPECT_TRUE(viewer.watch());
  EXPECT_TRUE(host->wait_message(GST_MESSAGE_EOS));
  ASSERT_TRUE(viewer.signalling().wait_closed());
}

TEST(Timing, ANameThatWasTakenMeanwhileIsAnError) {
  const auto host = film(GST_SECOND / 2);
  ASSERT_TRUE(host->play());
  ASSERT_TRUE(host->wait_message(GST_MESSAGE_EOS));
  ASSERT_TRUE(eventually([&] { return http_get(host->url("/api/streams")).body == "{}"; }));
  const HostPipeline other(
      "videotestsrc is-live=true ! webrtcsink name=sink uri=webrtc://127.0.0.1:" +
      std::to_string(host->port()) + "/output");
  ASSERT_TRUE(other.play());
  ASSERT_TRUE(rewind(*host, GST_SECOND));
  EXPECT_THAT(host->wait_error(), HasSubstr("already has a stream to browsers named \"output\""));
}

TEST(Timing, AFlushingSeekDoesNotEndTheStream) {
  const auto host = film(60 * GST_SECOND);
  ASSERT_TRUE(host->play());
  Viewer viewer(host->socket_url());
  ASSERT_TRUE(viewer.watch());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(rewind(*host, 60 * GST_SECOND));
    EXPECT_TRUE(viewer.wait_media(5));
  }
  EXPECT_FALSE(viewer.signalling().seen().closed);
}

TEST(Timing, APauseHoldsThePictureForThoseWhoWatch) {
  const auto host = film(60 * GST_SECOND);
  ASSERT_TRUE(host->play());
  Viewer viewer(host->socket_url());
  ASSERT_TRUE(viewer.watch());
  const auto told = [&](const char* state) {
    return viewer.signalling().wait([state](const auto& seen) {
      // Candidates may come behind it.
      const auto last = std::find_if(seen.messages.rbegin(), seen.messages.rend(),
                                     [](const auto& message) { return message.type == "stream"; });
      return last != seen.messages.rend() && last->data.string("state") == state;
    });
  };
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(host->set_state(GST_STATE_PAUSED));
    EXPECT_TRUE(told("paused"));
    EXPECT_THAT(http_get(host->url("/api/streams")).body, HasSubstr(R"("state":"paused")"));
    ASSERT_TRUE(host->play());
    EXPECT_TRUE(told("live"));
    EXPECT_TRUE(viewer.wait_media(10));
  }
  EXPECT_FALSE(viewer.signalling().seen().closed);
}

TEST(Timing, StopAndStartBringsTheStreamBack) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  const HostPipeline keeper(  // so that the port stays the same
      "videotestsrc is-live=true ! webrtcsink name=sink uri=webrtc://127.0.0.1:" +
      std::to_string(host.port()) + "/keeper");
  ASSERT_TRUE(keeper.play());
  Viewer viewer(host.socket_url());
  ASSERT_TRUE(viewer.watch());
  ASSERT_TRUE(host.set_state(GST_STATE_READY));
  ASSERT_TRUE(viewer.signalling().wait_closed());
  EXPECT_EQ(viewer.signalling().seen().text("bye", "reason"), "ended");
  EXPECT_THAT(http_get(keeper.url("/api/streams")).body, Not(HasSubstr("/output")));
  ASSERT_TRUE(host.play());
  Viewer again(host.socket_url());
  EXPECT_TRUE(again.watch());
}

}  // namespace
}  // namespace webrtcserver::test
