// SPDX-License-Identifier: LGPL-2.1-or-later
// VideoOutput into browsers: what a viewer gets of frames that an application renders.
#include <gst/webrtcserver/error.h>
#include <gst/webrtcserver/video_output.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/ref.hpp"
#include "support/application.hpp"
#include "support/encoder_count.hpp"
#include "support/picture_samples.hpp"
#include "support/temporary_files.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using Output = Ref<GstWebRTCServerVideoOutput>;

Output make(const std::vector<std::string>& uris) {
  std::vector<const gchar*> texts;
  for (const std::string& uri : uris) texts.push_back(uri.c_str());
  texts.push_back(nullptr);
  GError* error = nullptr;
  auto output =
      Output::adopt(gst_webrtc_server_video_output_new_with_options(texts.data(), nullptr, &error));
  if (const Owned<GError> owned(error); owned) ADD_FAILURE() << owned->message;
  return output;
}

std::string socket_url(const Output& output) {
  GError* error = nullptr;
  gst_webrtc_server_video_output_open(output.get(), &error);
  if (const Owned<GError> owned(error); owned) ADD_FAILURE() << owned->message;
  gchar** uris = gst_webrtc_server_video_output_get_uris(output.get());
  const std::string uri = uris[0];
  g_strfreev(uris);
  return "ws" + uri.substr(uri.find(':'));
}

// An application that renders 25 times a second.
Application rendering(const Output& output, std::function<Ref<GstSample>(unsigned)> frame) {
  return Application(25, [output, frame = std::move(frame)](unsigned i) {
    EXPECT_TRUE(gst_webrtc_server_video_output_render(output.get(), frame(i).get(), nullptr));
  });
}

Ref<GstSample> red_picture(unsigned /*index*/) {
  return picture(160, 120, kRed, GST_CLOCK_TIME_NONE);
}

TEST(VideoOutput, FramesReachABrowser) {
  const auto output = make({"webrtc://127.0.0.1:0/output"});
  const std::string url = socket_url(output);
  const auto application = rendering(output, red_picture);
  Viewer viewer(url);
  ASSERT_TRUE(viewer.watch());
  EXPECT_TRUE(viewer.wait_media(10));
}

TEST(VideoOutput, BrowserThatComesLateSharesTheFilesEncoder) {
  const TemporaryFolder folder;
  count_codecs();
  const auto output = make({"webrtc://127.0.0.1:0/output", folder.path("film.mkv")});
  const std::string url = socket_url(output);
  const auto application = rendering(output, red_picture);
  Viewer first(url);
  ASSERT_TRUE(first.watch());
  Viewer second(url);
  ASSERT_TRUE(second.watch());
  EXPECT_TRUE(second.wait_media(10));
  EXPECT_EQ(count_codecs().encoders, 1U);
}

TEST(VideoOutput, EncodedFramesReachABrowserAsTheyAre) {
  const auto samples = encoded_pictures(
      "x264enc tune=zerolatency key-int-max=5 ! video/x-h264,profile=constrained-baseline "
      "! h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au",
      160, 120, 10);
  ASSERT_EQ(samples.size(), 10U);
  count_codecs();
  const auto output = make({"webrtc://127.0.0.1:0/output"});
  const std::string url = socket_url(output);
  const auto application =
      rendering(output, [&samples](unsigned index) { return samples[index % samples.size()]; });
  Viewer viewer(url, {"H264"});
  ASSERT_TRUE(viewer.watch());
  EXPECT_TRUE(viewer.wait_media(10));
  EXPECT_EQ(count_codecs().encoders, 0U);
}

TEST(VideoOutput, PictureOfAnotherSizeReachesTheSameBrowser) {
  const auto output = make({"webrtc://127.0.0.1:0/output"});
  const std::string url = socket_url(output);
  std::atomic<bool> larger{false};
  const auto application = rendering(output, [&larger](unsigned /*index*/) {
    return larger ? picture(320, 200, kBlue, GST_CLOCK_TIME_NONE)
                  : picture(160, 120, kRed, GST_CLOCK_TIME_NONE);
  });
  Viewer viewer(url);
  ASSERT_TRUE(viewer.watch());
  larger = true;
  EXPECT_TRUE(viewer.wait_media(30));
}

TEST(VideoOutput, IceServersReachItsElement) {
  const auto options =
      Ref<GstWebRTCServerVideoOptions>::adopt(gst_webrtc_server_video_options_new());
  const gchar* const servers[] = {"stun:stun.example.org:3478",
                                  "turn:turn.example.org:3478[me:secret]", nullptr};
  g_object_set(options.get(), "ice-servers", servers, nullptr);
  const gchar* const uris[] = {"webrtc://127.0.0.1:0/output?max-viewers=7", nullptr};
  const auto output =
      Output::adopt(gst_webrtc_server_video_output_new_with_options(uris, options.get(), nullptr));
  ASSERT_TRUE(output);
  GError* failure = nullptr;
  gst_webrtc_server_video_output_open(output.get(), &failure);
  const Owned<GError> owned_failure(failure);
  ASSERT_FALSE(failure) << failure->message;
  const auto element =
      Ref<GstElement>::adopt(gst_webrtc_server_video_output_get_element(output.get(), 0));
  gchar* stun = nullptr;
  guint viewers = 0;
  g_object_get(element.get(), "stun-server", &stun, "max-viewers", &viewers, nullptr);
  EXPECT_EQ(take_string(stun), "stun://stun.example.org:3478");
  EXPECT_EQ(viewers, 7U);
  GValue turn = G_VALUE_INIT;
  g_value_init(&turn, GST_TYPE_ARRAY);
  g_object_get_property(G_OBJECT(element.get()), "turn-servers", &turn);
  EXPECT_EQ(gst_value_array_get_size(&turn), 1U);
  if (gst_value_array_get_size(&turn) > 0) {
    EXPECT_STREQ(g_value_get_string(gst_value_array_get_value(&turn, 0)),
                 "turn://me:secret@turn.example.org:3478");
  }
  g_value_unset(&turn);

  const gchar* const unreadable[] = {"telnet:example.org", nullptr};
  g_object_set(options.get(), "ice-servers", unreadable, nullptr);
  GError* error = nullptr;
  EXPECT_EQ(gst_webrtc_server_video_output_new_with_options(uris, options.get(), &error), nullptr);
  const Owned<GError> owned(error);
  EXPECT_TRUE(g_error_matches(error, GST_WEBRTC_SERVER_ERROR, GST_WEBRTC_SERVER_ERROR_INVALID_URI));
}

TEST(VideoOutput, WithoutAnAddressSaysSo) {
  const auto output = Output::adopt(
      GST_WEBRTC_SERVER_VIDEO_OUTPUT(g_object_new(GST_TYPE_WEBRTC_SERVER_VIDEO_OUTPUT, nullptr)));
  EXPECT_FALSE(gst_webrtc_server_video_output_is_streaming(output.get()));
  GError* error = nullptr;
  EXPECT_FALSE(gst_webrtc_server_video_output_render(output.get(), red_picture(0).get(), &error));
  const Owned<GError> owned(error);
  ASSERT_TRUE(owned);
  EXPECT_NE(std::string(error->message).find("without an address"), std::string::npos);
}

}  // namespace
}  // namespace webrtcserver::test
