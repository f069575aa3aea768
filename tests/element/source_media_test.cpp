// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcsrc and what a browser may send: lost packets, garbage, nothing. The pipeline lives.
#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <gtest/gtest.h>

#include <atomic>

#include "host_pipeline.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;

constexpr char kPipeline[] =
    "webrtcsrc name=source uri=webrtc://127.0.0.1:0/input latency=20 "
    "source. ! videoconvert ! appsink name=video max-buffers=1 drop=true ";

// Pulls until `pictures` have come; false when none comes for so long.
bool pull(const HostPipeline& host, unsigned pictures,
          GstClockTime patience = test::kPatienceInNanoseconds) {
  const auto sink = host.element("video");
  for (unsigned i = 0; i < pictures; ++i) {
    if (!Ref<GstSample>::adopt(gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), patience)))
      return false;
  }
  return true;
}

template <typename Edit>
Ref<GstBuffer> edit(Ref<GstBuffer> packet, Edit&& apply) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  EXPECT_TRUE(gst_rtp_buffer_map(packet.get(), GST_MAP_READWRITE, &rtp));
  apply(rtp);
  gst_rtp_buffer_unmap(&rtp);
  return packet;
}

bool was_told(Publisher& publisher, const char* code) {
  return publisher.signalling().wait([code](const SignallingClient::Seen& seen) {
    return std::any_of(seen.messages.begin(), seen.messages.end(), [code](const auto& message) {
      return message.type == "error" && message.data.string("code") == code;
    });
  });
}

class SourceMedia : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { ASSERT_TRUE(host_.start()); }

  Publisher publish() {
    return Publisher(host_.url("/input", "ws"), {{"video", kCamera}}, {GetParam()});
  }

  const HostPipeline host_{kPipeline};
};

TEST_P(SourceMedia, LossIsOvercome) {
  std::atomic<unsigned> count{0};
  Publisher publisher = publish();
  ASSERT_TRUE(publisher.answer());
  // For good: the sender itself never has them.
  publisher.peer().tamper("video", [&](Ref<GstBuffer> packet) {
    if (++count % 25 == 0) packet.reset();
    return packet;
  });
  EXPECT_TRUE(pull(host_, 40));
  EXPECT_GE(count, 40U);
  EXPECT_EQ(host_.pending_error(), "");
}

TEST_P(SourceMedia, GarbageIsToldAndSurvived) {
  std::atomic<bool> broken{true};
  Publisher publisher = publish();
  ASSERT_TRUE(publisher.answer());
  publisher.peer().tamper("video", [&](Ref<GstBuffer> packet) {
    if (!broken) return packet;
    return edit(std::move(packet), [](GstRTPBuffer& rtp) {
      auto* payload = static_cast<guint8*>(gst_rtp_buffer_get_payload(&rtp));
      const guint size = gst_rtp_buffer_get_payload_len(&rtp);
      for (guint i = 0; i < size; ++i)
        payload[i] = static_cast<guint8>(payload[i] * 31 + i * 7 + 5);
    });
  });
  EXPECT_TRUE(was_told(publisher, "bad-media"));
  EXPECT_NE(host_.wait_warning(), "");
  broken = false;
  EXPECT_TRUE(pull(host_, 20));
  EXPECT_EQ(host_.pending_error(), "");
  EXPECT_FALSE(publisher.signalling().seen().find("bye"));
}

TEST_P(SourceMedia, AStrangePayloadTypeIsNoMedia) {
  std::atomic<bool> strange{true};
  const auto tamper = [&](Ref<GstBuffer> packet) {
    if (!strange) return packet;
    return edit(std::move(packet),
                [](GstRTPBuffer& rtp) { gst_rtp_buffer_set_payload_type(&rtp, 35); });
  };
  Publisher publisher(host_.url("/input", "ws"), {{"video", kCamera, tamper}}, {GetParam()});
  ASSERT_TRUE(publisher.answer());
  EXPECT_TRUE(was_told(publisher, "no-media"));
  EXPECT_THAT(host_.wait_warning(), HasSubstr("nothing has arrived"));
  strange = false;
  EXPECT_TRUE(pull(host_, 20));
  EXPECT_EQ(host_.pending_error(), "");
}

TEST_P(SourceMedia, AnotherSourceGoesOn) {
  Publisher publisher = publish();
  ASSERT_TRUE(publisher.publish());
  ASSERT_TRUE(pull(host_, 5));
  publisher.peer().tamper("video", [](Ref<GstBuffer> packet) {
    return edit(std::move(packet), [](GstRTPBuffer& rtp) { gst_rtp_buffer_set_ssrc(&rtp, 4711); });
  });
  // A browser begins a new source with a key frame; this encoder knows of no change.
  unsigned pictures = 0;
  EXPECT_TRUE(eventually([&] {
    publisher.peer().force_key_frame();
    return pull(host_, 1, 200 * GST_MSECOND) && ++pictures >= 40;
  }));
  EXPECT_EQ(host_.pending_error(), "");
}

TEST_P(SourceMedia, SilenceIsToldAndMayEnd) {
  std::atomic<bool> silent{true};
  const auto tamper = [&](Ref<GstBuffer> packet) {
    if (silent) packet.reset();
    return packet;
  };
  Publisher publisher(host_.url("/input", "ws"), {{"video", kCamera, tamper}}, {GetParam()});
  ASSERT_TRUE(publisher.answer());
  EXPECT_TRUE(was_told(publisher, "no-media"));
  silent = false;
  EXPECT_TRUE(eventually([&] {
    publisher.peer().force_key_frame();
    return pull(host_, 1, 200 * GST_MSECOND);
  }));
  EXPECT_FALSE(publisher.signalling().seen().find("bye"));
}

// Not only what is in the packets: their headers, their lengths.
TEST_P(SourceMedia, GarbageAmongTheHeadersIsSurvived) {
  std::atomic<unsigned> count{0};
  Publisher publisher = publish();
  ASSERT_TRUE(publisher.answer());
  publisher.peer().tamper("video", [&](Ref<GstBuffer> packet) {
    const unsigned number = ++count;
    if (number % 3 != 0) return packet;
    return edit(std::move(packet), [number](GstRTPBuffer& rtp) {
      gst_rtp_buffer_set_marker(&rtp, number % 2 == 0);
      if (number % 4 == 0) gst_rtp_buffer_set_seq(&rtp, static_cast<guint16>(number * 9973));
      if (number % 5 == 0) gst_rtp_buffer_set_timestamp(&rtp, number * 2654435761U);
      auto* payload = static_cast<guint8*>(gst_rtp_buffer_get_payload(&rtp));
      const guint size = gst_rtp_buffer_get_payload_len(&rtp);
      for (guint i = 0; i < std::min(size, 4U); ++i)
        payload[i] = static_cast<guint8>(number * 31 + i * 7);
    });
  });
  ASSERT_TRUE(eventually([&] { return count >= 150; }));
  EXPECT_EQ(host_.pending_error(), "");
  EXPECT_FALSE(publisher.signalling().seen().find("bye"));
  // The next publisher finds all in order.
  publisher.signalling().vanish();
  ASSERT_TRUE(eventually([&] { return host_.number("publishers") == 0; }));
  Publisher next = publish();
  ASSERT_TRUE(next.publish());
  EXPECT_TRUE(pull(host_, 5));
}

INSTANTIATE_TEST_SUITE_P(Codecs, SourceMedia, ::testing::Values("H264", "VP8"),
                         [](const auto& codec) { return std::string(codec.param); });

// What no camera has and every codec allows.
TEST(SourceSize, MayBeAnything) {
  struct Picture {
    const char* codec;
    int width;
    int height;
  };
  for (const Picture& picture : {Picture{"VP8", 1, 1},
                                 {"VP8", 7, 1},
                                 {"H264", 2, 2},
                                 {"H264", 16, 4096},
                                 {"H264", 7680, 4320}}) {
    const HostPipeline host(kPipeline);
    ASSERT_TRUE(host.start());
    const std::string camera =
        "videotestsrc is-live=true pattern=black ! "
        "video/x-raw,format=I420,framerate=2/1,width=" +
        std::to_string(picture.width) + ",height=" + std::to_string(picture.height);
    Publisher publisher(host.url("/input", "ws"), {{"video", camera}}, {picture.codec});
    ASSERT_TRUE(publisher.publish()) << picture.width << " x " << picture.height;
    const auto sink = host.element("video");
    const auto sample = Ref<GstSample>::adopt(
        gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), test::kPatienceInNanoseconds));
    ASSERT_TRUE(sample) << picture.width << " x " << picture.height;
    const GstStructure* caps = gst_caps_get_structure(gst_sample_get_caps(sample.get()), 0);
    int width = 0;
    int height = 0;
    gst_structure_get_int(caps, "width", &width);
    gst_structure_get_int(caps, "height", &height);
    EXPECT_EQ(width, picture.width);
    EXPECT_EQ(height, picture.height);
    EXPECT_EQ(host.pending_error(), "");
  }
}

}  // namespace
}  // namespace webrtcserver::test
