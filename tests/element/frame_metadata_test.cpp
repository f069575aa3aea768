// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of frames, against the packets of exactly those frames.
#include <gmock/gmock.h>
#include <gst/video/gstvideometa.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "host_pipeline.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// Live, paced, and with frames that are unevenly far apart: what is off by any number of frames
// meets no packet's timestamp.
constexpr char kUneven[] =
    "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 "
    "! identity name=uneven ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output ";

// Shifts each frame by its own part of a millisecond, and puts its number into a region.
class Counter {
 public:
  explicit Counter(const HostPipeline& host) {
    const auto uneven = host.element("uneven");
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(uneven.get(), "src"));
    // The pipeline goes on without its counter.
    gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo* info, gpointer log) {
          GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
          GST_PAD_PROBE_INFO_DATA(info) = buffer;
          (*static_cast<std::shared_ptr<Log>*>(log))->count(buffer);
          return GST_PAD_PROBE_OK;
        },
        new std::shared_ptr<Log>(log_),
        [](gpointer log) { delete static_cast<std::shared_ptr<Log>*>(log); });
  }

  // When the frames were captured, by their numbers.
  std::vector<GstClockTime> times() const {
    const std::scoped_lock lock(log_->mutex);
    return log_->times;
  }

 private:
  struct Log {
    std::mutex mutex;
    std::vector<GstClockTime> times;  // guarded by mutex

    void count(GstBuffer* buffer) {
      const std::scoped_lock lock(mutex);
      const auto number = static_cast<guint>(times.size());
      GST_BUFFER_PTS(buffer) += (number * number * 7919) % 9973 * 1000;
      times.push_back(GST_BUFFER_PTS(buffer));
      gst_buffer_add_video_region_of_interest_meta(buffer, "number", number, 0, 8, 8);
    }
  };

  const std::shared_ptr<Log> log_ = std::make_shared<Log>();
};

// A viewer that notes the timestamps of all packets, each frame's once and in their order.
class Watcher {
 public:
  explicit Watcher(const HostPipeline& host, std::vector<std::string> codecs = {})
      : viewer_(host.socket_url(), std::move(codecs)) {
    viewer_.peer().set_loss([this](const RemotePeer::Packet& packet) {
      const std::scoped_lock lock(mutex_);
      if (timestamps_.empty() || timestamps_.back() != packet.timestamp)
        timestamps_.push_back(packet.timestamp);
      return false;
    });
  }

  Viewer& viewer() { return viewer_; }

  std::vector<std::uint32_t> timestamps() const {
    const std::scoped_lock lock(mutex_);
    return timestamps_;
  }

  // Number → timestamp, as the messages say.
  std::map<std::int64_t, std::uint32_t> told() {
    std::map<std::int64_t, std::uint32_t> told;
    for (const std::string& text : viewer_.peer().lossy_channel().heard(0)) {
      const JsonReader message(text);
      const auto data = message.object("data");
      const auto regions = data ? data->objects("regions") : std::nullopt;
      if (regions && !regions->empty())
        told[regions->front().integer("x").value_or(-1)] =
            static_cast<std::uint32_t>(message.integer("rtp").value_or(0));
    }
    return told;
  }

  // Waits for `count` more frames of which there are both.
  bool wait(std::size_t count) {
    const std::size_t before = matches().size();
    return eventually([&] { return matches().size() >= before + count; });
  }

  std::vector<std::uint32_t> matches() {
    const auto seen = timestamps();
    const std::set<std::uint32_t> arrived(seen.begin(), seen.end());
    std::vector<std::uint32_t> both;
    for (const auto& [number, timestamp] : told()) {
      if (arrived.count(timestamp) > 0) both.push_back(timestamp);
    }
    return both;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::uint32_t> timestamps_;  // guarded by mutex_
  Viewer viewer_;
};

// Each frame of which a packet has arrived, between the first and the last that the messages are
// of, is one that they are of; and each number has the frame that was captured under it.
void expect_exact(Watcher& watcher, const Counter& counter) {
  const auto told = watcher.told();
  ASSERT_THAT(told, Not(IsEmpty()));
  std::set<std::uint32_t> known;
  for (const auto& [number, timestamp] : told) known.insert(timestamp);
  const auto seen = watcher.timestamps();
  const auto is_known = [&](std::uint32_t timestamp) { return known.count(timestamp) > 0; };
  const auto first = std::find_if(seen.begin(), seen.end(), is_known);
  const auto last = std::find_if(seen.rbegin(), seen.rend(), is_known).base();
  ASSERT_LT(first - seen.begin(), last - seen.begin());
  // A message may be lost, but no packet is under a timestamp that is near to one and not equal.
  const auto missing =
      std::count_if(first, last, [&](auto timestamp) { return !is_known(timestamp); });
  EXPECT_LE(missing, (last - first) / 20) << "of " << (last - first);
  // Frames are as far apart as their numbers were captured.
  const auto times = counter.times();
  const auto base = told.begin();
  for (const auto& [number, timestamp] : told) {
    const auto apart = static_cast<std::uint32_t>(timestamp - base->second);
    const auto captured = static_cast<double>(times.at(static_cast<std::size_t>(number)) -
                                              times.at(static_cast<std::size_t>(base->first)));
    EXPECT_NEAR(apart, captured * 90'000 / GST_SECOND, 1.0) << number;
  }
}

TEST(FrameMetadata, HasTheTimestampsOfExactlyThoseFramesForEachViewer) {
  const HostPipeline host(std::string(kUneven) + "frame-metadata=regions");
  const Counter counter(host);
  ASSERT_TRUE(host.play());
  Watcher first(host, {"VP8"});
  ASSERT_TRUE(first.viewer().watch());
  Watcher second(host, {"VP8"});
  ASSERT_TRUE(second.viewer().watch());
  Watcher other(host, {"H264"});
  ASSERT_TRUE(other.viewer().watch());
  for (Watcher* watcher : {&first, &second, &other}) EXPECT_TRUE(watcher->wait(60));
  for (Watcher* watcher : {&first, &second, &other}) expect_exact(*watcher, counter);
  // Else the offsets were not put to the test.
  EXPECT_NE(first.told().rbegin()->second, second.told().rbegin()->second);
}

TEST(FrameMetadata, SaysHowLargeTheFrameIs) {
  const HostPipeline host(std::string(kUneven) + "frame-metadata=regions");
  const Counter counter(host);
  ASSERT_TRUE(host.play());
  Watcher watcher(host);
  ASSERT_TRUE(watcher.viewer().watch());
  ASSERT_TRUE(watcher.wait(1));
  const JsonReader message(watcher.viewer().peer().lossy_channel().heard(1).front());
  EXPECT_EQ(message.string("media"), "video_0");
  EXPECT_EQ(message.integer("width"), 160);
  EXPECT_EQ(message.integer("height"), 120);
}

TEST(FrameMetadata, StaysExactBehindAnotherEncoder) {
  if (!Ref<GstElementFactory>::adopt(gst_element_factory_find("openh264enc")))
    GTEST_SKIP() << "needs a second H.264 encoder";
  const HostPipeline host(std::string(kUneven) + "frame-metadata=regions");
  const Counter counter(host);
  g_signal_connect(
      host.sink(), "encoder-setup",
      G_CALLBACK(+[](GstElement*, gchar*, gchar*, GstElement* encoder) -> gboolean {
        g_object_set_data(G_OBJECT(encoder), "made", encoder);
        if (g_str_has_prefix(GST_OBJECT_NAME(gst_element_get_factory(encoder)), "x264")) {
          const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder, "sink"));
          gst_pad_add_probe(
              pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
              [](GstPad* probed, GstPadProbeInfo*, gpointer frames) {
                auto* left = static_cast<int*>(frames);
                if (--*left > 0) return GST_PAD_PROBE_OK;
                const auto failing = Ref<GstElement>::adopt(gst_pad_get_parent_element(probed));
                GST_ELEMENT_ERROR(failing.get(), RESOURCE, FAILED, ("The test broke it."),
                                  (nullptr));
                return GST_PAD_PROBE_REMOVE;
              },
              new int(40), [](gpointer frames) { delete static_cast<int*>(frames); });
        }
        return TRUE;
      }),
      nullptr);
  ASSERT_TRUE(host.play());
  Watcher watcher(host, {"H264"});
  ASSERT_TRUE(watcher.viewer().watch());
  ASSERT_TRUE(eventually([&] { return host.statistic("encoders/video_0-H264") == "openh264enc"; }));
  EXPECT_TRUE(watcher.wait(30));
  const auto told = watcher.told();
  std::set<std::uint32_t> known;
  for (const auto& [number, timestamp] : told) known.insert(timestamp);
  const auto seen = watcher.timestamps();
  // The frames of the second encoder; between the two some are lost.
  ASSERT_GE(seen.size(), 10U);
  EXPECT_TRUE(std::any_of(seen.end() - 10, seen.end(),
                          [&](auto timestamp) { return known.count(timestamp) > 0; }));
  expect_exact(watcher, counter);
}

TEST(FrameMetadata, StaysExactBehindAPause) {
  const HostPipeline host(std::string(kUneven) + "frame-metadata=regions");
  const Counter counter(host);
  ASSERT_TRUE(host.play());
  Watcher watcher(host, {"VP8"});
  ASSERT_TRUE(watcher.viewer().watch());
  ASSERT_TRUE(watcher.wait(20));
  ASSERT_TRUE(host.start());
  gst_element_set_state(host.get(), GST_STATE_PAUSED);
  const std::size_t before = watcher.told().size();
  ASSERT_TRUE(host.play());
  EXPECT_TRUE(watcher.wait(20));
  EXPECT_GT(watcher.told().size(), before);
  const auto told = watcher.told();
  const auto seen = watcher.timestamps();
  std::set<std::uint32_t> known;
  for (const auto& [number, timestamp] : told) known.insert(timestamp);
  const auto first = std::find_if(seen.begin(), seen.end(),
                                  [&](auto timestamp) { return known.count(timestamp) > 0; });
  const auto missing =
      std::count_if(first, seen.end(), [&](auto timestamp) { return known.count(timestamp) == 0; });
  EXPECT_LE(missing, (seen.end() - first) / 10 + 2);
}

gboolean tell(GstElement* sink, const char* pad, guint64 pts, const char* json) {
  gboolean sent = FALSE;
  g_signal_emit_by_name(sink, "send-frame-metadata", pad, pts, json, &sent);
  return sent;
}

TEST(FrameMetadata, TheApplicationSpeaksOfFramesByTheirTime) {
  const HostPipeline host(std::string(kUneven) + "frame-metadata=application");
  const Counter counter(host);
  ASSERT_TRUE(host.play());
  Watcher watcher(host, {"VP8"});
  ASSERT_TRUE(watcher.viewer().watch());
  // Each frame late by ten, as a detector of its own pace is.
  std::size_t next = counter.times().size();
  const std::size_t end = next + 60;
  ASSERT_TRUE(eventually([&] {
    for (const auto times = counter.times(); next + 10 < times.size() && next < end; ++next) {
      const std::string json = R"({"regions":[{"x":)" + std::to_string(next) + "}]}";
      EXPECT_TRUE(tell(host.sink(), "video_0", times[next], json.c_str()));
    }
    return next == end;
  }));
  ASSERT_TRUE(eventually([&] { return watcher.told().size() > 50; }));
  expect_exact(watcher, counter);
}

TEST(FrameMetadata, WhatCannotBeSentIsRefused) {
  const HostPipeline host(std::string(kUneven) + "frame-metadata=application");
  EXPECT_FALSE(tell(host.sink(), "video_0", 0, "1"));  // not running
  ASSERT_TRUE(host.play());
  EXPECT_FALSE(tell(host.sink(), "video_7", GST_CLOCK_TIME_NONE, "1"));
  EXPECT_FALSE(tell(host.sink(), nullptr, GST_CLOCK_TIME_NONE, "1"));
  EXPECT_FALSE(tell(host.sink(), "video_0", GST_CLOCK_TIME_NONE, nullptr));
  EXPECT_FALSE(tell(host.sink(), "video_0", GST_CLOCK_TIME_NONE, "{"));
  EXPECT_TRUE(eventually([&] { return tell(host.sink(), "video_0", GST_CLOCK_TIME_NONE, "1"); }));
}

TEST(LossyChannel, IsHeardByTheApplicationAndNotRepliedTo) {
  std::atomic<int> heard{0};
  const HostPipeline host(std::string(kUneven) + "frame-metadata=application");
  g_signal_connect(host.sink(), "data-channel-message",
                   G_CALLBACK(+[](GstElement*, const gchar*, const gchar*,
                                  std::atomic<int>* count) { ++*count; }),
                   &heard);
  ASSERT_TRUE(host.play());
  Watcher watcher(host);
  ASSERT_TRUE(watcher.viewer().watch());
  RemotePeer& peer = watcher.viewer().peer();
  ASSERT_EQ(peer.lossy_channel().wait_label(), "lossy");
  ASSERT_TRUE(eventually([&] {
    peer.lossy_channel().say(R"({"id":1,"request":{"type":"message","data":1}})");
    return heard > 0;
  }));
  ASSERT_EQ(peer.channel().wait_label(), "control");
  // Over the same queue, so that a reply to what came before would have come.
  peer.channel().say(R"({"id":2,"request":{"type":"message","data":2}})");
  EXPECT_THAT(peer.channel().heard(1),
              ElementsAre(R"({"type":"ControlResponseMessage","id":2,"error":null})"));
  EXPECT_THAT(peer.lossy_channel().heard(0), IsEmpty());
}

TEST(FrameMetadata, ThereIsNoSecondChannelUnlessItIsWanted) {
  const HostPipeline host(kUneven);
  const Counter counter(host);
  ASSERT_TRUE(host.play());
  Watcher watcher(host);
  ASSERT_TRUE(watcher.viewer().watch());
  ASSERT_EQ(watcher.viewer().peer().channel().wait_label(), "control");
  EXPECT_TRUE(watcher.viewer().wait_media(30));
  EXPECT_FALSE(watcher.viewer().peer().lossy_channel().is_there());
  EXPECT_FALSE(tell(host.sink(), "video_0", GST_CLOCK_TIME_NONE, "1"));
}

}  // namespace
}  // namespace webrtcserver::test
