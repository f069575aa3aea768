// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gst/webrtcserver/error.h>
#include <gst/webrtcserver/video_options.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/ref.hpp"
#include "capi/video_options_private.hpp"

namespace webrtcserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class VideoOptionsObject : public testing::Test {
 protected:
  const Ref<GstWebRTCServerVideoOptions> options_ =
      Ref<GstWebRTCServerVideoOptions>::adopt(gst_webrtc_server_video_options_new());
};

gchar** strv(std::vector<const char*> texts) {
  texts.push_back(nullptr);
  return g_strdupv(const_cast<gchar**>(texts.data()));
}

TEST_F(VideoOptionsObject, HasThePropertiesOfTheTable) {
  const char* const turn[] = {"turn://a", "turn://b", nullptr};
  g_object_set(options_.get(), "input-width", 640U, "input-rate", 12.5, "input-loop", -1,
               "num-frames", guint64{5000000000}, "encoded", TRUE, "format", "BGR", "turn-servers",
               turn, nullptr);
  const VideoOptions values = video_options_of(options_.get());
  EXPECT_EQ(values.input_width, 640U);
  EXPECT_DOUBLE_EQ(values.input_rate, 12.5);
  EXPECT_EQ(values.input_loop, -1);
  EXPECT_EQ(values.num_frames, 5000000000U);
  EXPECT_TRUE(values.encoded);
  EXPECT_EQ(values.format, "BGR");
  EXPECT_THAT(values.turn_servers, ElementsAre("turn://a", "turn://b"));

  gchar* format = nullptr;
  gchar* codec = nullptr;
  g_object_get(options_.get(), "format", &format, "input-codec", &codec, nullptr);
  EXPECT_EQ(take_string(format), "BGR");
  EXPECT_EQ(codec, nullptr);
  EXPECT_EQ(video_options_of(nullptr).input_latency, -1);
}

TEST_F(VideoOptionsObject, TakesItsFlagsOutOfArguments) {
  gchar** arguments = strv({"program", "--headless", "in.mp4", "--output-codec", "vp8"});
  ASSERT_TRUE(gst_webrtc_server_video_options_parse(options_.get(), &arguments, nullptr));
  EXPECT_EQ(g_strv_length(arguments), 2U);
  EXPECT_STREQ(arguments[1], "in.mp4");
  EXPECT_TRUE(video_options_of(options_.get()).headless);
  g_strfreev(arguments);
}

TEST_F(VideoOptionsObject, LeavesArgumentsThatAreWrong) {
  gchar** arguments = strv({"program", "--headless", "--wrong"});
  gchar** const before = arguments;
  GError* error = nullptr;
  EXPECT_FALSE(gst_webrtc_server_video_options_parse(options_.get(), &arguments, &error));
  EXPECT_TRUE(g_error_matches(error, GST_WEBRTC_SERVER_ERROR, GST_WEBRTC_SERVER_ERROR_FAILED));
  EXPECT_THAT(error->message, HasSubstr("--wrong"));
  EXPECT_EQ(arguments, before);
  EXPECT_FALSE(video_options_of(options_.get()).headless);
  g_clear_error(&error);
  g_strfreev(arguments);
}

TEST_F(VideoOptionsObject, IsAGroupOfAnOptionContext) {
  GOptionContext* context = g_option_context_new(nullptr);
  g_option_context_add_group(context,
                             gst_webrtc_server_video_options_get_option_group(options_.get()));
  gchar** arguments = strv({"program", "--input-height=480", "--headless", "--turn-server",
                            "turn://a", "--turn-server=turn://b", "in.mp4"});
  GError* error = nullptr;
  EXPECT_TRUE(g_option_context_parse_strv(context, &arguments, &error));
  EXPECT_EQ(error, nullptr);
  EXPECT_EQ(g_strv_length(arguments), 2U);
  const VideoOptions values = video_options_of(options_.get());
  EXPECT_EQ(values.input_height, 480U);
  EXPECT_TRUE(values.headless);
  EXPECT_THAT(values.turn_servers, ElementsAre("turn://a", "turn://b"));
  g_strfreev(arguments);

  arguments = strv({"program", "--input-height=tall"});
  EXPECT_FALSE(g_option_context_parse_strv(context, &arguments, &error));
  EXPECT_THAT(error->message, HasSubstr("--input-height"));
  g_clear_error(&error);
  EXPECT_THAT(take_string(g_option_context_get_help(context, FALSE, nullptr)),
              HasSubstr("--help-video"));
  g_strfreev(arguments);
  g_option_context_free(context);
}

}  // namespace
}  // namespace webrtcserver
