// SPDX-License-Identifier: LGPL-2.1-or-later
// Encoders that fail while viewers watch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Lets encoders fail at their tenth frame.
class Saboteur {
 public:
  // `factories`: which; empty: those that make H.264.
  Saboteur(const HostPipeline& host, std::set<std::string> factories)
      : factories_(std::move(factories)) {
    g_signal_connect(host.sink(), "encoder-setup", G_CALLBACK(on_encoder), this);
  }

  int failures() const { return failures_; }

 private:
  static bool makes_h264(GstElement* encoder) {
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder, "src"));
    const auto caps = Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(pad.get()));
    return gst_structure_has_name(gst_caps_get_structure(caps.get(), 0), "video/x-h264");
  }

  static gboolean on_encoder(GstElement*, gchar*, gchar*, GstElement* encoder, Saboteur* self) {
    const std::string factory = GST_OBJECT_NAME(gst_element_get_factory(encoder));
    if (self->factories_.empty() ? !makes_h264(encoder) : self->factories_.count(factory) == 0)
      return TRUE;
    struct Countdown {
      Saboteur* self;
      int frames;
    };
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder, "sink"));
    gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad* probed, GstPadProbeInfo*, gpointer data) {
          auto* countdown = static_cast<Countdown*>(data);
          if (--countdown->frames > 0) return GST_PAD_PROBE_OK;
          const auto failing = Ref<GstElement>::adopt(gst_pad_get_parent_element(probed));
          GST_ELEMENT_ERROR(failing.get(), RESOURCE, FAILED, ("The test broke it."), (nullptr));
          ++countdown->self->failures_;
          return GST_PAD_PROBE_REMOVE;
        },
        new Countdown{self, 10}, [](gpointer data) { delete static_cast<Countdown*>(data); });
    return TRUE;
  }

  const std::set<std::string> factories_;
  std::atomic<int> failures_{0};
};

bool installed(const char* factory) {
  return static_cast<bool>(Ref<GstElementFactory>::adopt(gst_element_factory_find(factory)));
}

TEST(EncoderFailure, TheNextEncoderTakesOverForTheSameViewers) {
  if (!installed("openh264enc")) GTEST_SKIP() << "needs a second H.264 encoder";
  const HostPipeline host(kLiveVideo);
  const Saboteur saboteur(host, {"x264enc"});
  ASSERT_TRUE(host.play());
  Viewer viewer(host.socket_url(), {"H264"});
  ASSERT_TRUE(viewer.watch());
  EXPECT_THAT(host.wait_warning(), AllOf(HasSubstr("x264enc"), HasSubstr("The test broke it.")));
  EXPECT_EQ(saboteur.failures(), 1);
  EXPECT_TRUE(eventually([&] { return host.statistic("encoders/video_0-H264") == "openh264enc"; }));
  EXPECT_TRUE(viewer.wait_media(30));
  EXPECT_EQ(viewer.signalling().seen().count("error"), 0U);
  EXPECT_FALSE(viewer.signalling().seen().closed);
}

TEST(EncoderFailure, ViewersOfOtherCodecsDoNotNotice) {
  const HostPipeline host(kLiveVideo);
  Viewer* other = nullptr;
  const Saboteur saboteur(host, {});
  ASSERT_TRUE(host.play());
  Viewer vp8(host.socket_url(), {"VP8"});
  other = &vp8;
  ASSERT_TRUE(vp8.watch());
  Viewer h264(host.socket_url(), {"H264"});
  ASSERT_TRUE(h264.answer());
  ASSERT_TRUE(h264.signalling().wait_closed());
  const auto seen = h264.signalling().seen();
  EXPECT_EQ(seen.text("error", "code"), "encoder");
  EXPECT_THAT(seen.text("error", "message"), HasSubstr("The test broke it."));
  EXPECT_EQ(seen.text("bye", "reason"), "error");
  EXPECT_TRUE(other->wait_media(60));
  EXPECT_FALSE(vp8.signalling().seen().closed);
  // The stream goes on with what is left, and the pipeline without an error.
  Viewer late(host.socket_url());
  ASSERT_TRUE(late.watch());
  EXPECT_THAT(late.offer(), AllOf(HasSubstr("VP8"), Not(HasSubstr("H264"))));
  EXPECT_EQ(host.pending_error(), "");
}

TEST(EncoderFailure, AStreamWithoutAnyEncoderIsInErrorAndSaysSo) {
  const HostPipeline host(std::string(kLiveVideo) + "video-caps=video/x-h264");
  const Saboteur saboteur(host, {});
  ASSERT_TRUE(host.play());
  Viewer first(host.socket_url());
  ASSERT_TRUE(first.answer());
  ASSERT_TRUE(first.signalling().wait_closed());
  EXPECT_EQ(first.signalling().seen().text("error", "code"), "encoder");
  EXPECT_THAT(http_get(host.url("/api/streams")).body, HasSubstr(R"("state":"error")"));
  // Who comes now learns why there is nothing, and is offered nothing.
  SignallingClient late(host.socket_url());
  ASSERT_TRUE(late.wait_for("stream"));
  EXPECT_EQ(late.seen().text("stream", "state"), "error");
  EXPECT_THAT(late.seen().text("stream", "message"), HasSubstr("The test broke it."));
  EXPECT_EQ(late.seen().count("sdp"), 0U);
  EXPECT_EQ(host.pending_error(), "");
}

}  // namespace
}  // namespace webrtcserver::test
