// SPDX-License-Identifier: LGPL-2.1-or-later
// VideoSource from browsers and WHEP servers, by way of webrtcsrc.
#include "video/video_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "host_pipeline.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"
#include "support/whip_server.hpp"

namespace webrtcserver::test {
namespace {

constexpr int kMilliseconds = 1000 * static_cast<int>(kPatience.count());

class VideoSourceElement : public testing::Test {
 protected:
  VideoSource& make(const std::string& uri) {
    source_ = VideoSource::create(uri, options_);
    return *source_;
  }
  // Of the server that the source has started, at the port that the kernel chose.
  std::string socket_url() {
    gchar* uri = nullptr;
    g_object_get(source_->element().get(), "uri", &uri, nullptr);
    const std::string text = take_string(uri);
    return "ws" + text.substr(text.find("://"));
  }
  std::string type_of(GstSample* frame) {
    return gst_structure_get_name(gst_caps_get_structure(gst_sample_get_caps(frame), 0));
  }
  void TearDown() override {
    if (source_) source_->close();
  }

  VideoOptions options_;
  std::shared_ptr<VideoSource> source_;
};

TEST_F(VideoSourceElement, TakesWhatABrowserSends) {
  auto& source = make("webrtc://127.0.0.1:0/input?latency=20");
  source.open();
  EXPECT_FALSE(source.capture(0));
  EXPECT_TRUE(source.is_streaming());
  EXPECT_TRUE(source.is_live());
  Publisher publisher(socket_url());
  ASSERT_TRUE(publisher.publish());
  const auto frame = source.capture(kMilliseconds);
  ASSERT_TRUE(frame);
  EXPECT_EQ(type_of(frame.get()), "video/x-raw");
  source.close();
  EXPECT_FALSE(source.is_streaming());
}

TEST_F(VideoSourceElement, LeavesItEncodedWhereThatIsWanted) {
  options_.encoded = true;
  auto& source = make("webrtc://127.0.0.1:0/input?latency=20");
  source.open();
  Publisher publisher(socket_url(), {{"video", kCamera}}, {"VP8"});
  ASSERT_TRUE(publisher.publish());
  const auto frame = source.capture(kMilliseconds);
  ASSERT_TRUE(frame);
  EXPECT_EQ(type_of(frame.get()), "video/x-vp8");
  EXPECT_FALSE(
      GST_BUFFER_FLAG_IS_SET(gst_sample_get_buffer(frame.get()), GST_BUFFER_FLAG_DELTA_UNIT));
}

TEST_F(VideoSourceElement, DecodesWithTheDecoderAskedFor) {
  options_.input_decoder = "vp8dec";
  auto& source = make("webrtc://127.0.0.1:0/input?latency=20");
  source.open();
  Publisher publisher(socket_url(), {{"video", kCamera}});
  ASSERT_TRUE(publisher.publish());
  const auto frame = source.capture(kMilliseconds);
  ASSERT_TRUE(frame);
  EXPECT_EQ(type_of(frame.get()), "video/x-raw");
}

TEST_F(VideoSourceElement, PlaysFromAWhepServer) {
  const WhipServer server({.sources = {{"video", kCamera}}});
  auto& source = make(server.uri("whep"));
  const auto frame = source.capture(kMilliseconds);
  ASSERT_TRUE(frame);
  EXPECT_EQ(type_of(frame.get()), "video/x-raw");
}

TEST_F(VideoSourceElement, SaysWhatIsWrongWithItsAddress) {
  const HostPipeline other(kLiveVideo);
  ASSERT_TRUE(other.play());
  const auto error_of = [&](const std::string& uri) {
    try {
      make(uri).open();
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  // Another program's port; this process may share one of its own.
  const WhipServer taken;
  EXPECT_THAT(error_of("webrtc://127.0.0.1:" + std::to_string(taken.port()) + "/input"),
              testing::HasSubstr(std::to_string(taken.port())));
  EXPECT_THAT(error_of("webrtc://127.0.0.1:0/input?colour=red"), testing::HasSubstr("colour"));
  EXPECT_EQ(error_of("webrtc://127.0.0.1:" + std::to_string(other.port()) + "/input"), "");
}

}  // namespace
}  // namespace webrtcserver::test
