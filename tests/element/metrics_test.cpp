// SPDX-License-Identifier: LGPL-2.1-or-later
// What Prometheus is told while browsers watch and publish, and after they have gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "host_pipeline.hpp"
#include "support/exposition.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

constexpr char kSession[] = R"({stream="output",role="view"})";
constexpr char kVideo[] = R"({stream="output",kind="video",pad="video_0",codec="VP8"})";

Exposition scrape(const HostPipeline& host) {
  Exposition metrics(http_get(host.url("/metrics")).body);
  EXPECT_EQ(metrics.fault(), "");
  return metrics;
}

// Until `series` has `least`, which it must within the deadline.
Exposition scrape_until(const HostPipeline& host, const std::string& series, double least) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    Exposition metrics = scrape(host);
    if (metrics.value(series) >= least) return metrics;
    if (std::chrono::steady_clock::now() >= deadline) {
      ADD_FAILURE() << series << " is " << metrics.value(series);
      return metrics;
    }
    std::this_thread::yield();
  }
}

TEST(Metrics, CountWhatAViewerGetsAndKeepIt) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  auto viewer = std::make_unique<Viewer>(host.socket_url(), std::vector<std::string>{"VP8"});
  ASSERT_TRUE(viewer->watch());
  ASSERT_TRUE(viewer->wait_media(20));
  const Exposition during = scrape(host);
  EXPECT_EQ(during.sum("webrtcserver_sessions", "state=\"connected\""), 1);
  EXPECT_EQ(during.value(std::string("webrtcserver_sessions_connected_total") + kSession), 1);
  EXPECT_EQ(during.sum("webrtcserver_encoder_info", "encoder=\"vp8enc\""), 1);
  for (const char* name :
       {"webrtcserver_sent_packets_total", "webrtcserver_sent_bytes_total",
        "webrtcserver_sent_frames_total", "webrtcserver_sent_key_frames_total",
        "webrtcserver_encoded_frames_total", "webrtcserver_encoded_key_frames_total",
        "webrtcserver_encoded_bytes_total"}) {
    EXPECT_GE(during.value(name + std::string(kVideo)), 1) << name;
  }
  viewer.reset();
  const Exposition after = scrape_until(
      host, R"(webrtcserver_sessions_ended_total{stream="output",role="view",reason="left"})", 1);
  EXPECT_EQ(after.sum("webrtcserver_sessions"), 0);
  // Nothing that was counted is forgotten.
  for (const auto& [name, family] : during.families()) {
    if (family.type != "counter") continue;
    for (const auto& [series, value] : family.samples) EXPECT_GE(after.value(series), value);
  }
}

TEST(Metrics, CountWhatAPublisherSends) {
  const HostPipeline host(
      "webrtcsrc name=source uri=webrtc://127.0.0.1:0/input source.video_0 ! fakesink "
      "source.audio_0 ! fakesink");
  ASSERT_TRUE(host.start());
  Publisher publisher(host.url("/input", "ws"));
  ASSERT_TRUE(publisher.publish());
  const Exposition metrics = scrape(host);
  EXPECT_EQ(metrics.value(R"(webrtcserver_stream_state{stream="input",role="publish",)"
                          R"(state="live"})"),
            1);
  for (const char* name :
       {"webrtcserver_received_packets_total", "webrtcserver_received_bytes_total",
        "webrtcserver_received_frames_total"}) {
    EXPECT_GE(metrics.sum(name), 1) << name;
  }
}

}  // namespace
}  // namespace webrtcserver::test
