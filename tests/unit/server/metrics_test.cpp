// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/metrics.hpp"

#include <gmock/gmock.h>
#include <gst/webrtc/webrtc.h>
#include <gtest/gtest.h>

#include "base/serial_queue.hpp"
#include "fake_channel.hpp"
#include "media.hpp"
#include "server/feedback_counter.hpp"
#include "server/server.hpp"
#include "support/exposition.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/signalling_client.hpp"

namespace webrtcserver {
namespace {

using test::Exposition;
using ::testing::HasSubstr;

class MetricsTest : public ::testing::Test {
 protected:
  MetricsTest() {
    Server::Settings settings;
    settings.endpoint = {"127.0.0.1", 0};
    server_ = Server::open(settings);
  }

  std::shared_ptr<OutputStream> add(const std::string& name) {
    OutputStream::Settings settings;
    settings.name = name;
    settings.max_sessions = 3;
    return server_->add(std::move(settings), {});
  }

  std::string url(const std::string& path, const char* scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(server_->port()) + path;
  }

  Exposition scrape() const { return Exposition(test::http_get(url("/metrics")).body); }

  std::shared_ptr<Server> server_;
};

TEST_F(MetricsTest, AreWhatPrometheusReads) {
  add("output");
  const auto answer = test::http_get(url("/metrics"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  const Exposition metrics(answer.body);
  EXPECT_EQ(metrics.fault(), "");
  for (const auto& [name, family] : metrics.families()) {
    EXPECT_FALSE(family.help.empty()) << name;
    const bool counts = name.ends_with("_total");
    EXPECT_EQ(family.type, counts ? "counter" : "gauge") << name;
    EXPECT_TRUE(name.starts_with("webrtcserver_") || name.starts_with("process_")) << name;
  }
}

TEST_F(MetricsTest, TellOfStreamsThatNobodyWatchesYet) {
  add("output");
  const Exposition metrics = scrape();
  const auto value = [&](const std::string& series) { return metrics.value(series); };
  EXPECT_EQ(value(R"(webrtcserver_stream_state{stream="output",role="view",state="waiting"})"), 1);
  EXPECT_EQ(value(R"(webrtcserver_stream_state{stream="output",role="view",state="live"})"), 0);
  EXPECT_EQ(value(R"(webrtcserver_sessions{stream="output",role="view",state="connected"})"), 0);
  EXPECT_EQ(value(R"(webrtcserver_sessions_limit{stream="output",role="view"})"), 3);
  EXPECT_EQ(value(R"(webrtcserver_sessions_begun_total{stream="output",role="view"})"), 0);
  EXPECT_EQ(
      value(
          R"(webrtcserver_session_failures_total{stream="output",role="view",reason="ice-failed"})"),
      0);
  EXPECT_GT(value("process_resident_memory_bytes"), 0);
  EXPECT_GE(value("webrtcserver_connections"), 1);
}

TEST_F(MetricsTest, OutliveSessionsAndStreams) {
  auto stream = add("output");
  {
    test::SignallingClient viewer(url("/output", "ws"));
    ASSERT_TRUE(viewer.wait_for("stream"));
    EXPECT_EQ(
        scrape().value(R"(webrtcserver_sessions{stream="output",role="view",state="connecting"})"),
        1);
    viewer.send("this is not JSON");
    ASSERT_TRUE(viewer.wait_for("error"));
    server_->remove(stream, "closing", "The stream ended.");
    ASSERT_TRUE(viewer.wait_closed());
  }
  const auto expect_counts = [this] {
    const Exposition metrics = scrape();
    EXPECT_EQ(metrics.value(R"(webrtcserver_sessions_begun_total{stream="output",role="view"})"),
              1);
    EXPECT_EQ(metrics.value(R"(webrtcserver_sessions_ended_total)"
                            R"({stream="output",role="view",reason="closing"})"),
              1);
    EXPECT_EQ(metrics.value(R"(webrtcserver_messages_refused_total)"
                            R"({stream="output",role="view",reason="bad-json"})"),
              1);
  };
  expect_counts();
  stream = add("output");
  expect_counts();
}

TEST_F(MetricsTest, CountRequestsAndSockets) {
  add("output");
  EXPECT_EQ(test::http_get(url("/no/such/thing")).status, 404);
  test::SignallingClient viewer(url("/output", "ws"));
  ASSERT_TRUE(viewer.wait_for("stream"));
  const Exposition metrics = scrape();
  EXPECT_EQ(metrics.value(R"(webrtcserver_http_requests_total)"
                          R"({method="GET",route="/{stream}",status="101"})"),
            1);
  EXPECT_EQ(
      metrics.value(R"(webrtcserver_http_requests_total{method="GET",route="none",status="404"})"),
      1);
  EXPECT_EQ(scrape().value(
                R"(webrtcserver_http_requests_total{method="GET",route="/metrics",status="200"})"),
            1);
}

// ---- what encoders did before

TEST_F(MetricsTest, DoNotCountForAStreamWhatWasDoneForTheOneBefore) {
  auto metrics = std::make_shared<Metrics>();
  const CounterFamily::Values labels = {"output", "video", "video_0", "VP8"};
  const auto video = test::make_video("video_0");
  video->set_caps(test::caps(test::kVideoCaps));
  const auto lease = video->acquire(*find_codec("VP8"), "s1");
  const auto totals =
      std::const_pointer_cast<EncodingTotals>(video->totals().at(find_codec("VP8")));
  const auto make = [&] {
    OutputStream::Settings settings;
    settings.name = "output";
    settings.metrics = metrics;
    auto stream = std::make_shared<OutputStream>(server_thread(), settings,
                                                 std::weak_ptr<Stream::Observer>(), [] {});
    server_thread().call([&] { stream->set_media({video}); });
    return stream;
  };
  totals->frames = 5;
  auto stream = make();
  totals->frames = 7;
  server_thread().call([&] { stream->count(); });
  EXPECT_EQ(metrics->encoded_frames.value(labels), 2U);
  server_thread().call([&] { stream->set_media({video}); });
  totals->frames = 8;
  server_thread().call([&] { stream->end("closing", ""); });
  EXPECT_EQ(metrics->encoded_frames.value(labels), 3U);
  stream = make();
  totals->frames = 10;
  server_thread().call([&] { stream->count(); });
  EXPECT_EQ(metrics->encoded_frames.value(labels), 5U);
  server_thread().call([&] { stream->end("closing", ""); });
}

// ---- RTCP

Owned<GstStructure> statistics(const char* text) {
  return Owned<GstStructure>(gst_structure_from_string(text, nullptr));
}

TEST(FeedbackCounter, AddsWhatIsNew) {
  const auto metrics = std::make_shared<Metrics>();
  FeedbackCounter counter(metrics, "output");
  const auto take = [&](int lost, unsigned nacks) {
    Owned<GstStructure> all(gst_structure_new_empty("stats"));
    const auto put = [&](const char* id, GstWebRTCStatsType kind, const char* field, GType number,
                         int value) {
      GValue count = G_VALUE_INIT;
      g_value_init(&count, number);
      if (number == G_TYPE_UINT) g_value_set_uint(&count, static_cast<guint>(value));
      if (number == G_TYPE_INT) g_value_set_int(&count, value);
      Owned<GstStructure> entry(gst_structure_new("entry", "type", GST_TYPE_WEBRTC_STATS_TYPE, kind,
                                                  "kind", G_TYPE_STRING, "video", nullptr));
      gst_structure_take_value(entry.get(), field, &count);
      gst_structure_set(all.get(), id, GST_TYPE_STRUCTURE, entry.get(), nullptr);
    };
    put("out", GST_WEBRTC_STATS_OUTBOUND_RTP, "nack-count", G_TYPE_UINT, static_cast<int>(nacks));
    put("remote", GST_WEBRTC_STATS_REMOTE_INBOUND_RTP, "packets-lost", G_TYPE_INT, lost);
    counter.take(all.get());
  };
  const auto lost = [&] { return metrics->sent_lost_packets.value({"output", "video"}); };
  take(4, 2);
  EXPECT_EQ(lost(), 4U);
  EXPECT_EQ(metrics->received_nacks.value({"output", "video"}), 2U);
  take(3, 2);  // one came after all
  EXPECT_EQ(lost(), 4U);
  take(6, 5);
  EXPECT_EQ(lost(), 6U);
  EXPECT_EQ(metrics->received_nacks.value({"output", "video"}), 5U);
  take(-1, 5);
  EXPECT_EQ(lost(), 6U);
  counter.take(nullptr);
}

TEST(FeedbackCounter, LeavesOutWhatHasNoKind) {
  const auto metrics = std::make_shared<Metrics>();
  FeedbackCounter counter(metrics, "output");
  counter.take(
      statistics("stats, a=(structure)\"b, packets-lost=3;\", timestamp=(double)1.0").get());
  PrometheusText text;
  metrics->sent_lost_packets.write(text);
  EXPECT_THAT(text.text(), ::testing::Not(HasSubstr("{")));
}

}  // namespace
}  // namespace webrtcserver
