// SPDX-License-Identifier: LGPL-2.1-or-later
// Our own servers as the far ends of our own clients: pictures go by WHIP to one server, through
// its pipeline, by WHIP on to another, and by WHEP out of that.
#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <array>

#include "host_pipeline.hpp"
#include "support/patience.hpp"

namespace webrtcserver::test {
namespace {

// What is behind "webrtc://", once the element is READY: "127.0.0.1:40123/input".
std::string address_of(const HostPipeline& host, const char* element) {
  gchar* text = nullptr;
  g_object_get(host.element(element).get(), "uri", &text, nullptr);
  const std::string uri = take_string(text);
  return uri.substr(uri.find("://") + 3);
}

struct Picture {
  int width = 0;
  int height = 0;
  std::array<int, 3> middle{};  // red, green, blue
};

// The next that comes to the appsink "pictures", which takes RGB; empty when none does.
Picture next_picture(const HostPipeline& host) {
  const auto sink = host.element("pictures");
  const auto sample = Ref<GstSample>::adopt(
      gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), kPatienceInNanoseconds));
  GstVideoInfo info;
  GstVideoFrame frame;
  if (!sample || !gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get())) ||
      !gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample.get()), GST_MAP_READ))
    return {};
  const auto* line = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) +
                     GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0) * (info.height / 2);
  const guint8* pixel = line + 3 * (info.width / 2);
  const Picture picture{info.width, info.height, {pixel[0], pixel[1], pixel[2]}};
  gst_video_frame_unmap(&frame);
  return picture;
}

constexpr char kRed[] =
    "videotestsrc is-live=true pattern=red ! "
    "video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! webrtcsink name=sink uri=";
constexpr char kPictures[] =
    " source. ! videoconvert ! video/x-raw,format=RGB ! "
    "appsink name=pictures sync=false max-buffers=1 drop=true";

TEST(Chain, PicturesPassTwoServers) {
  const HostPipeline second(
      "webrtcsrc name=in uri=webrtc://127.0.0.1:0/input in. ! videoconvert ! "
      "webrtcsink name=sink uri=webrtc://127.0.0.1:0/output");
  ASSERT_TRUE(second.start());
  const HostPipeline first(
      "webrtcsrc name=in uri=webrtc://127.0.0.1:0/input in. ! videoconvert ! "
      "webrtcsink name=sink uri=whip://" +
      address_of(second, "in") + "/whip");
  ASSERT_TRUE(first.start());
  const HostPipeline camera(kRed + ("whip://" + address_of(first, "in") + "/whip"));
  ASSERT_TRUE(camera.start());
  const HostPipeline screen("webrtcsrc name=source uri=whep://" + address_of(second, "sink") +
                            "/whep" + kPictures);
  ASSERT_TRUE(screen.start());

  const Picture picture = next_picture(screen);
  EXPECT_EQ(picture.width, 160);
  EXPECT_EQ(picture.height, 120);
  EXPECT_GT(picture.middle[0], 200);
  EXPECT_LT(picture.middle[1], 60);
  EXPECT_LT(picture.middle[2], 60);
}

}  // namespace
}  // namespace webrtcserver::test
