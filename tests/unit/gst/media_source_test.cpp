// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames are put into the queue by hand: the decoding behind it has no publisher.
#include "gst/media_source.hpp"

#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gst/video/video-event.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kSmall[] = "video/x-raw,format=I420,width=64,height=48,framerate=(fraction)0/1";
constexpr char kLarge[] = "video/x-raw,format=I420,width=128,height=96,framerate=(fraction)0/1";
constexpr char kH264[] = "video/x-h264,stream-format=avc,alignment=au";

Ref<GstCaps> caps(const std::string& text) {
  return Ref<GstCaps>::adopt(gst_caps_from_string(text.c_str()));
}

// What has left a pad, in its order.
class Departures {
 public:
  struct Item {
    std::string what;  // "buffer", or an event's type
    std::string caps;  // a caps event's
    GstClockTime time = GST_CLOCK_TIME_NONE;
    GstClockTime duration = GST_CLOCK_TIME_NONE;
    bool discontinuous = false;
    bool black = false;
  };

  explicit Departures(Ref<GstPad> pad) : pad_(std::move(pad)) {
    constexpr auto kAll = static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER |
                                                       GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM);
    gst_pad_add_probe(
        pad_.get(), kAll,
        [](GstPad*, GstPadProbeInfo* info, gpointer self) {
          static_cast<Departures*>(self)->note(info);
          return GST_PAD_PROBE_OK;
        },
        this, nullptr);
  }

  // The next one; without a name when none comes in kPatience.
  Item next() {
    std::unique_lock lock(mutex_);
    constexpr auto kDeadline = test::kPatience;
    if (!changed_.wait_for(lock, kDeadline, [this] { return !items_.empty(); })) return {};
    Item item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  // The next one that is `what`; those before it are dropped.
  Item next(const std::string& what) {
    Item item;
    do item = next();
    while (!item.what.empty() && item.what != what);
    return item;
  }

 private:
  void note(GstPadProbeInfo* info) {
    Item item;
    if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
      GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
      item.what = "buffer";
      item.time = GST_BUFFER_PTS(buffer);
      item.discontinuous = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT);
      guint8 luma = 0;
      item.black = gst_buffer_extract(buffer, 0, &luma, 1) == 1 && luma == 16;
    } else {
      GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
      item.what = GST_EVENT_TYPE_NAME(event);
      GstCaps* given = nullptr;
      if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
        gst_event_parse_caps(event, &given);
        item.caps = take_string(gst_caps_to_string(given));
      } else if (GST_EVENT_TYPE(event) == GST_EVENT_GAP) {
        gst_event_parse_gap(event, &item.time, &item.duration);
      }
    }
    {
      const std::scoped_lock lock(mutex_);
      items_.push_back(std::move(item));
    }
    changed_.notify_all();
  }

  const Ref<GstPad> pad_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;  // guarded by mutex_
};

class MediaSourceTest : public ::testing::Test {
 protected:
  void build(const MediaSourceSettings& settings = {}, const char* taken = "ANY") {
    source_ = create_media_source(
        "source-video_0", decoding_, [this] { ++reconfigured_; }, [this] { ++failed_; });
    configure_media_source(source_.get(), settings);
    pad_ = Ref<GstPad>::adopt(gst_element_get_static_pad(source_.get(), "src"));
    departures_ = std::make_unique<Departures>(pad_);
    GstElement* sink = gst_element_factory_make("appsink", "sink");
    g_object_set(sink, "sync", FALSE, "caps", caps(taken).get(), nullptr);
    gst_bin_add_many(GST_BIN(pipeline_.get()), source_.get(), sink, nullptr);
    ASSERT_TRUE(gst_element_link(source_.get(), sink));
  }

  void play() {
    ASSERT_EQ(gst_element_set_state(pipeline_.get(), GST_STATE_PAUSED),
              GST_STATE_CHANGE_NO_PREROLL);
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    start_ = gst_element_get_base_time(source_.get());
  }

  void TearDown() override { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

  // A frame that was taken so long after the pipeline began to play.
  void push(GstClockTime time, const std::string& format = kSmall) {
    auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 1000, nullptr));
    gst_buffer_memset(buffer.get(), 0, 200, 1000);
    GST_BUFFER_PTS(buffer.get()) = start_ + time;
    decoding_->queue().push({buffer, caps(format), start_ + time, true, Succession::kFree});
  }

  std::string wait_warning() {
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    const auto message = Ref<GstMessage>::adopt(
        gst_bus_timed_pop_filtered(bus.get(), test::kPatienceInNanoseconds, GST_MESSAGE_WARNING));
    if (!message) return {};
    GError* error = nullptr;
    gst_message_parse_warning(message.get(), &error, nullptr);
    return Owned<GError>(error)->message;
  }

  const std::shared_ptr<Decoding> decoding_ = Decoding::create({"video_0", MediaKind::kVideo}, {});
  const Ref<GstElement> pipeline_ = Ref<GstElement>::sink(gst_pipeline_new("host"));
  Ref<GstElement> source_;
  Ref<GstPad> pad_;
  std::unique_ptr<Departures> departures_;
  std::atomic<int> reconfigured_{0};
  std::atomic<int> failed_{0};
  GstClockTime start_ = 0;
};

TEST_F(MediaSourceTest, BeginsOnceAndInOrder) {
  build();
  play();
  push(GST_SECOND);
  push(2 * GST_SECOND);
  EXPECT_EQ(departures_->next().what, "stream-start");
  const auto first = departures_->next();
  EXPECT_EQ(first.what, "caps");
  EXPECT_THAT(first.caps, HasSubstr("(int)64"));
  EXPECT_EQ(departures_->next().what, "segment");
  const auto frame = departures_->next();
  EXPECT_EQ(frame.what, "buffer");
  EXPECT_EQ(frame.time, GST_SECOND);  // the pipeline's running time
  EXPECT_TRUE(frame.discontinuous);
  const auto second = departures_->next();
  EXPECT_EQ(second.what, "buffer");
  EXPECT_EQ(second.time, 2 * GST_SECOND);
  EXPECT_FALSE(second.discontinuous);
}

TEST_F(MediaSourceTest, ChangesItsCapsInBand) {
  build();
  play();
  push(GST_SECOND);
  push(2 * GST_SECOND, kLarge);
  push(3 * GST_SECOND, kLarge);
  departures_->next("buffer");
  const auto changed = departures_->next();
  EXPECT_EQ(changed.what, "caps");
  EXPECT_THAT(changed.caps, HasSubstr("(int)128"));
  EXPECT_EQ(departures_->next().time, 2 * GST_SECOND);
  // Said once, without a second segment.
  EXPECT_EQ(departures_->next().time, 3 * GST_SECOND);
}

TEST_F(MediaSourceTest, NeverGoesBackInTime) {
  build();
  play();
  push(2 * GST_SECOND);
  push(GST_SECOND);
  EXPECT_EQ(departures_->next("buffer").time, 2 * GST_SECOND);
  EXPECT_EQ(departures_->next("buffer").time, 2 * GST_SECOND);
}

TEST_F(MediaSourceTest, LeavesOutWhatWasTakenBeforeItPlayed) {
  build();
  play();
  ASSERT_GT(start_, GST_SECOND) << "the clock has just begun";
  start_ -= GST_SECOND;
  push(0);
  push(GST_SECOND + GST_MSECOND);
  EXPECT_EQ(departures_->next("buffer").time, GST_MSECOND);
}

// Where nothing comes, those who wait for all their inputs are told so; what comes late after all
// does not go back behind that.
TEST_F(MediaSourceTest, TellsOfGaps) {
  build({std::chrono::milliseconds(0)});
  play();
  push(GST_MSECOND);
  EXPECT_EQ(departures_->next("buffer").time, GST_MSECOND);
  const auto first = departures_->next();
  EXPECT_EQ(first.what, "gap");
  EXPECT_EQ(first.time, GST_MSECOND);
  EXPECT_GT(first.duration, 0U);
  const auto second = departures_->next();
  EXPECT_EQ(second.what, "gap");
  EXPECT_EQ(second.time, first.time + first.duration);
  push(2 * GST_MSECOND);
  EXPECT_GE(departures_->next("buffer").time, second.time + second.duration);
}

TEST_F(MediaSourceTest, FillsSilenceWithBlackOfTheLastSize) {
  build({std::chrono::milliseconds(0), true, std::chrono::milliseconds(50)});
  decoding_->set_wanted({Decoding::Form::kRaw, caps("video/x-raw,format=I420")});
  play();
  // Before anybody has published: what the pipeline takes.
  const auto black = departures_->next("buffer");
  EXPECT_TRUE(black.black);
  const auto again = departures_->next("buffer");
  EXPECT_TRUE(again.black);
  EXPECT_GT(again.time, black.time);
  // A publisher's, which goes on where black has been.
  const GstClockTime time = 20 * GST_SECOND;
  push(time);
  Departures::Item item;
  do item = departures_->next();
  while (item.what == "buffer" && item.black);
  EXPECT_EQ(item.what, "caps");
  EXPECT_THAT(item.caps, HasSubstr("(int)64"));
  item = departures_->next();
  EXPECT_FALSE(item.black);
  EXPECT_EQ(item.time, time);
  // And black again, in the same caps.
  item = departures_->next();
  EXPECT_EQ(item.what, "buffer") << item.caps;
  EXPECT_TRUE(item.black);
  EXPECT_GE(item.time, time);
}

TEST_F(MediaSourceTest, FillsWithWhatIsTakenNowWhereThatIsAnotherThing) {
  build({std::chrono::milliseconds(0), true, std::chrono::milliseconds(50)});
  play();
  push(GST_MSECOND, kH264);
  EXPECT_THAT(departures_->next("caps").caps, StartsWith("video/x-h264"));
  decoding_->set_wanted({Decoding::Form::kRaw, caps("video/x-raw,format=NV12,width=80,height=60")});
  EXPECT_THAT(departures_->next("caps").caps, AllOf(HasSubstr("NV12"), HasSubstr("(int)80")));
  EXPECT_TRUE(departures_->next("buffer").black);
}

TEST_F(MediaSourceTest, FillsNothingThatIsEncoded) {
  build({std::chrono::milliseconds(0), true, std::chrono::milliseconds(50)});
  decoding_->set_wanted({Decoding::Form::kEncoded, caps("video/x-h264")});
  play();
  push(GST_MSECOND, kH264);
  departures_->next("buffer");
  // Instead it tells of the gap, as without filling.
  EXPECT_EQ(departures_->next().what, "gap");
}

TEST_F(MediaSourceTest, GoesOnAfterWhatIsRefused) {
  build({}, "video/x-raw,width=64");
  play();
  push(GST_SECOND, kLarge);
  EXPECT_THAT(wait_warning(), AllOf(HasSubstr("does not take"), HasSubstr("(int)128")));
  push(2 * GST_SECOND);
  const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "sink"));
  const auto sample = Ref<GstSample>::adopt(
      gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), test::kPatienceInNanoseconds));
  ASSERT_TRUE(sample);
  EXPECT_EQ(GST_BUFFER_PTS(gst_sample_get_buffer(sample.get())), 2 * GST_SECOND);
}

TEST_F(MediaSourceTest, TellsWhenDownstreamHasFailed) {
  build();
  const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "sink"));
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink*, gpointer) { return GST_FLOW_ERROR; };
  gst_app_sink_set_callbacks(GST_APP_SINK(sink.get()), &callbacks, nullptr, nullptr);
  play();
  push(GST_SECOND);
  push(2 * GST_SECOND);
  const auto deadline = std::chrono::steady_clock::now() + test::kPatience;
  while (failed_ == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(failed_, 1);
}

TEST_F(MediaSourceTest, EndsBehindWhatWasQueued) {
  build();
  play();
  push(GST_SECOND);
  ASSERT_TRUE(gst_element_send_event(source_.get(), gst_event_new_eos()));
  departures_->next("buffer");
  EXPECT_EQ(departures_->next().what, "eos");
}

// A muxer waits for the beginning of each of its inputs.
TEST_F(MediaSourceTest, EndsWithABeginningWhereNothingCame) {
  build();
  play();
  ASSERT_TRUE(gst_element_send_event(source_.get(), gst_event_new_eos()));
  EXPECT_EQ(departures_->next().what, "stream-start");
  EXPECT_EQ(departures_->next().what, "segment");
  EXPECT_EQ(departures_->next().what, "eos");
}

TEST_F(MediaSourceTest, BeginsAnewWhenItStartsAgain) {
  build();
  play();
  push(5 * GST_SECOND);
  departures_->next("buffer");
  gst_element_set_state(pipeline_.get(), GST_STATE_READY);
  play();
  push(GST_SECOND);
  EXPECT_EQ(departures_->next("stream-start").what, "stream-start");
  EXPECT_EQ(departures_->next().what, "caps");
  EXPECT_EQ(departures_->next().what, "segment");
  EXPECT_EQ(departures_->next("buffer").time, GST_SECOND);
}

TEST_F(MediaSourceTest, ForgetsWhatComesWhilePaused) {
  build();
  play();
  push(GST_SECOND);
  departures_->next("buffer");
  gst_element_set_state(pipeline_.get(), GST_STATE_PAUSED);
  push(2 * GST_SECOND);
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  start_ = gst_element_get_base_time(source_.get());
  push(3 * GST_SECOND);
  const auto frame = departures_->next("buffer");
  EXPECT_EQ(frame.time, 3 * GST_SECOND);
  EXPECT_TRUE(frame.discontinuous);
}

TEST_F(MediaSourceTest, HandsRequestsToThePublisher) {
  build();
  std::atomic<int> asked{0};
  const auto sink = decoding_->open([&] { ++asked; });
  play();
  // Starting to play asks already, and requests are bounded: the decoding's own test covers how.
  asked = 0;
  const auto deadline = std::chrono::steady_clock::now() + test::kPatience;
  while (asked == 0 && std::chrono::steady_clock::now() < deadline) {
    EXPECT_TRUE(gst_pad_send_event(
        pad_.get(), gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0)));
  }
  EXPECT_GT(asked, 0);
  decoding_->close(sink);
}

TEST_F(MediaSourceTest, AsksForAKeyFrameWhenItIsTimeForIt) {
  build();
  std::atomic<int> asked{0};
  const auto sink = decoding_->open([&] { ++asked; });
  play();
  push(GST_SECOND);
  departures_->next("buffer");
  asked = 0;  // starting to play asks already
  const auto want = [&] {
    EXPECT_TRUE(gst_pad_send_event(
        pad_.get(), gst_video_event_new_upstream_force_key_unit(3 * GST_SECOND, TRUE, 1)));
  };
  want();
  push(2 * GST_SECOND);
  departures_->next("buffer");
  EXPECT_EQ(asked, 0);
  // Requests are bounded, so it may take several.
  const auto deadline = std::chrono::steady_clock::now() + test::kPatience;
  while (asked == 0 && std::chrono::steady_clock::now() < deadline) {
    want();
    push(3 * GST_SECOND);
    departures_->next("buffer");
  }
  EXPECT_GT(asked, 0);
  decoding_->close(sink);
}

TEST_F(MediaSourceTest, AsksAnewWhenThePipelineIsReconfigured) {
  build();
  play();
  const int before = reconfigured_;
  EXPECT_TRUE(gst_pad_send_event(pad_.get(), gst_event_new_reconfigure()));
  EXPECT_EQ(reconfigured_, before + 1);
}

TEST_F(MediaSourceTest, IsLiveWithItsJitterBuffersLatency) {
  build({std::chrono::milliseconds(123)});
  play();
  const auto query = Ref<GstQuery>::adopt(gst_query_new_latency());
  ASSERT_TRUE(gst_pad_query(pad_.get(), query.get()));
  gboolean live = FALSE;
  GstClockTime least = 0;
  gst_query_parse_latency(query.get(), &live, &least, nullptr);
  EXPECT_TRUE(live);
  EXPECT_EQ(least, 123 * GST_MSECOND);
}

TEST_F(MediaSourceTest, CannotSeek) {
  build();
  play();
  EXPECT_FALSE(gst_pad_send_event(
      pad_.get(), gst_event_new_seek(1, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0,
                                     GST_SEEK_TYPE_NONE, 0)));
}

TEST_F(MediaSourceTest, MayHaveAnyOfItsKindsCaps) {
  build();
  const auto all = Ref<GstCaps>::adopt(gst_pad_query_caps(pad_.get(), nullptr));
  for (const char* text : {kSmall, kH264, "video/x-vp8", "video/x-raw(memory:CUDAMemory)",
                           "application/x-rtp,media=video"})
    EXPECT_TRUE(gst_caps_can_intersect(all.get(), caps(text).get())) << text;
  for (const char* text : {"audio/x-raw", "audio/x-opus", "application/x-rtp,media=audio"})
    EXPECT_FALSE(gst_caps_can_intersect(all.get(), caps(text).get())) << text;
}

}  // namespace
}  // namespace webrtcserver
