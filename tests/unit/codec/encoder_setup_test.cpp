// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_setup.hpp"

#include <gtest/gtest.h>

#include <array>

#include "codec/property_settings.hpp"
#include "media.hpp"

namespace webrtcserver {
namespace {

// extra-controls is the same property in every element of the V4L2 plugin; sources are registered
// where there is no hardware, and one that is not open keeps what it is given.
class Controls : public ::testing::Test {
 protected:
  void SetUp() override {
    element_ = Ref<GstElement>::sink(gst_element_factory_make("v4l2src", nullptr));
    if (!element_) GTEST_SKIP() << "GStreamer's V4L2 plugin is not installed";
  }
  // -1: no such control
  int control(const char* name) const {
    GstStructure* controls = nullptr;
    g_object_get(element_.get(), "extra-controls", &controls, nullptr);
    int value = -1;
    if (controls) {
      gst_structure_get_int(controls, name, &value);
      gst_structure_free(controls);
    }
    return value;
  }

  Ref<GstElement> element_;
};

TEST_F(Controls, TheBitrateIsAFieldBesideTheOthers) {
  const auto rows = encoder_table();
  const auto row = std::find_if(rows.begin(), rows.end(), [](const Encoder& one) {
    return std::string_view(one.factory) == "v4l2h264enc";
  });
  ASSERT_NE(row, rows.end());
  configure_encoder(element_.get(), *row);
  set_encoder_bitrate(element_.get(), *row, 2'500'000);
  EXPECT_EQ(control("video_bitrate"), 2'500'000);
  EXPECT_EQ(control("video_bitrate_mode"), 1) << "constant, in the kernel's numbers";
  EXPECT_EQ(control("repeat_sequence_header"), 1);
  set_encoder_bitrate(element_.get(), *row, 800'000);
  EXPECT_EQ(control("video_bitrate"), 800'000);
  EXPECT_EQ(control("video_bitrate_mode"), 1);
}

TEST_F(Controls, FieldsComeAndGo) {
  EXPECT_TRUE(set_field(element_.get(), "extra-controls", "force_key_frame", 1));
  EXPECT_EQ(control("force_key_frame"), 1);
  EXPECT_TRUE(set_field(element_.get(), "extra-controls", "video_bitrate", 5'000'000'000));
  EXPECT_EQ(control("video_bitrate"), G_MAXINT);
  EXPECT_TRUE(clear_field(element_.get(), "extra-controls", "force_key_frame"));
  EXPECT_EQ(control("force_key_frame"), -1);
  EXPECT_EQ(control("video_bitrate"), G_MAXINT);
  EXPECT_FALSE(set_field(element_.get(), "no-such-property", "video_bitrate", 1));
  EXPECT_FALSE(set_field(element_.get(), "device", "video_bitrate", 1)) << "it is a string";
}

// The plugin of this process has one release; the row says from which on the event is enough.
TEST_F(Controls, AnOlderPluginIsAskedForAKeyFrameByAControl) {
  Encoder row = testing::h264_row("v4l2src");
  row.bitrate_property = "extra-controls";
  row.key_frame_field = "force_key_frame";
  row.key_frame_event_since[0] = 99;
  int seen = 0;
  g_signal_connect(element_.get(), "notify::extra-controls",
                   G_CALLBACK(+[](GObject* object, GParamSpec*, gpointer count) {
                     GstStructure* controls = nullptr;
                     g_object_get(object, "extra-controls", &controls, nullptr);
                     if (gst_structure_has_field(controls, "force_key_frame"))
                       ++*static_cast<int*>(count);
                     gst_structure_free(controls);
                   }),
                   &seen);
  request_key_frame(element_.get(), row);
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(control("force_key_frame"), -1) << "once";
  row.key_frame_event_since[0] = 0;
  request_key_frame(element_.get(), row);
  EXPECT_EQ(seen, 1) << "the event does";
}

// DeepStream on a desktop card has a property where a Jetson has an action signal.
TEST(EncoderSetup, AKeyFrameActionMayBeAProperty) {
  const auto element = Ref<GstElement>::sink(gst_element_factory_make("valve", nullptr));
  Encoder row = testing::h264_row("valve");
  row.key_frame_action = "Drop";
  request_key_frame(element.get(), row);
  gboolean drop = FALSE;
  g_object_get(element.get(), "drop", &drop, nullptr);
  EXPECT_TRUE(drop);
}

}  // namespace
}  // namespace webrtcserver
