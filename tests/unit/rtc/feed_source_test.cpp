// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/feed_source.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video-event.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "support/patience.hpp"
#include "support/rtp_frames.hpp"

namespace webrtcserver {
namespace {

using test::make_buffer;
using test::make_frame;
using test::read_packet;

class FeedSourceTest : public testing::Test {
 protected:
  FeedSourceTest()
      : feed_(std::make_shared<PeerFeed>(MediaKind::kVideo, [this] { wanted_.set_value(); })),
        source_(create_feed_source(feed_, "feed-video_0")),
        sink_(Ref<GstElement>::sink(gst_element_factory_make("appsink", nullptr))),
        pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))) {
    g_object_set(sink_.get(), "sync", FALSE, nullptr);
    gst_bin_add_many(GST_BIN(pipeline_.get()), source_.get(), sink_.get(), nullptr);
    gst_element_link(source_.get(), sink_.get());
  }
  ~FeedSourceTest() override { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

  void start() {
    set_feed_caps(source_.get(),
                  Ref<GstCaps>::adopt(gst_caps_from_string(
                      "application/x-rtp,media=video,encoding-name=VP8,payload=96")));
    feed_->start({.ssrc = 7, .clock_rate = 90000, .payload_type = 96});
  }

  void play() { gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING); }

  // The next packet; null after kPatience without one.
  Ref<GstBuffer> pull() {
    const auto sample = Ref<GstSample>::adopt(
        gst_app_sink_try_pull_sample(GST_APP_SINK(sink_.get()), test::kPatienceInNanoseconds));
    return sample ? Ref<GstBuffer>::retain(gst_sample_get_buffer(sample.get())) : nullptr;
  }

  std::promise<void> wanted_;
  const std::shared_ptr<PeerFeed> feed_;
  const Ref<GstElement> source_;
  const Ref<GstElement> sink_;
  const Ref<GstElement> pipeline_;
};

TEST_F(FeedSourceTest, PushesWhatItsFeedHasWithCapsAhead) {
  start();
  play();
  feed_->push(make_frame({.time = 5 * GST_SECOND, .packets = 3}));
  for (int i = 0; i < 3; ++i) {
    const auto packet = pull();
    ASSERT_TRUE(packet);
    EXPECT_EQ(read_packet(packet.get()).ssrc, 7U);
    EXPECT_EQ(GST_BUFFER_PTS(packet.get()), 5 * GST_SECOND);
  }
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(sink_.get(), "sink"));
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad.get()));
  ASSERT_TRUE(caps);
  EXPECT_STREQ(gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "encoding-name"),
               "VP8");
}

// RtpFrame::time is what the pipeline's clock says, and the base time of a peer's pipeline is zero.
TEST_F(FeedSourceTest, RunningTimeIsTheFramesTime) {
  start();
  play();
  feed_->push(make_frame({.time = 5 * GST_SECOND}));
  pull();
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(source_.get(), "src"));
  const auto event =
      Ref<GstEvent>::adopt(gst_pad_get_sticky_event(pad.get(), GST_EVENT_SEGMENT, 0));
  ASSERT_TRUE(event);
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event.get(), &segment);
  EXPECT_EQ(gst_segment_to_running_time(segment, GST_FORMAT_TIME, 5 * GST_SECOND), 5 * GST_SECOND);
}

TEST_F(FeedSourceTest, SkipsAFrameWithoutPackets) {
  start();
  play();
  feed_->push(make_frame({make_buffer("garbage")}, GST_SECOND, true));
  feed_->push(make_frame({.time = 2 * GST_SECOND}));
  EXPECT_EQ(GST_BUFFER_PTS(pull().get()), 2 * GST_SECOND);
}

TEST_F(FeedSourceTest, AKeyFrameRequestReachesTheFeed) {
  start();
  play();
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(sink_.get(), "sink"));
  EXPECT_TRUE(gst_pad_push_event(
      pad.get(), gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0)));
  EXPECT_EQ(wanted_.get_future().wait_for(test::kPatience), std::future_status::ready);
}

TEST_F(FeedSourceTest, StopsWhileItWaits) {
  play();
  EXPECT_EQ(gst_element_set_state(pipeline_.get(), GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

TEST_F(FeedSourceTest, PausesAndGoesOn) {
  start();
  play();
  feed_->push(make_frame({.time = GST_SECOND}));
  pull();
  gst_element_set_state(pipeline_.get(), GST_STATE_PAUSED);
  play();
  feed_->push(make_frame({.time = 2 * GST_SECOND}));
  EXPECT_EQ(GST_BUFFER_PTS(pull().get()), 2 * GST_SECOND);
}

TEST_F(FeedSourceTest, IsLive) {
  play();
  const auto query = Ref<GstQuery>::adopt(gst_query_new_latency());
  ASSERT_TRUE(gst_element_query(source_.get(), query.get()));
  gboolean live = FALSE;
  gst_query_parse_latency(query.get(), &live, nullptr, nullptr);
  EXPECT_TRUE(live);
}

// Before negotiation it must not constrain webrtcbin's choice.
TEST_F(FeedSourceTest, TakesAnyCapsUntilItHasItsOwn) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(source_.get(), "src"));
  auto caps = Ref<GstCaps>::adopt(gst_pad_query_caps(pad.get(), nullptr));
  EXPECT_EQ(take_string(gst_caps_to_string(caps.get())), "application/x-rtp");
  start();
  caps = Ref<GstCaps>::adopt(gst_pad_query_caps(pad.get(), nullptr));
  EXPECT_NE(take_string(gst_caps_to_string(caps.get())).find("VP8"), std::string::npos);
}

}  // namespace
}  // namespace webrtcserver
