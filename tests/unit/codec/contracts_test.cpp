// SPDX-License-Identifier: LGPL-2.1-or-later
// The doubles of hardware keep their contracts, and really code.
#include "doubles/contracts.hpp"

#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <set>
#include <string>

#include "doubles/hardware_element.hpp"
#include "doubles/properties.hpp"
#include "doubles/station.hpp"
#include "media.hpp"

namespace webrtcserver::doubles {
namespace {

std::string label(const ElementContract& contract) {
  return std::string(contract.factory) + " of " + contract.release;
}

Ref<GstElement> make(const ElementContract& contract) {
  return Ref<GstElement>::sink(GST_ELEMENT(g_object_new(type_of(contract), nullptr)));
}

TEST(Contracts, EveryPropertyStartsWithItsDefaultAndKeepsWhatIsSet) {
  for (const ElementContract* contract : all_contracts()) {
    SCOPED_TRACE(label(*contract));
    const auto element = make(*contract);
    std::set<std::string> seen;
    for (const Property* property : all_properties(*contract)) {
      SCOPED_TRACE(property->name);
      EXPECT_TRUE(seen.insert(property->name).second) << "twice";
      GParamSpec* spec =
          g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), property->name);
      ASSERT_NE(spec, nullptr);
      GValue value = G_VALUE_INIT;
      g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
      g_object_get_property(G_OBJECT(element.get()), property->name, &value);
      EXPECT_TRUE(g_param_value_defaults(spec, &value));
      g_value_unset(&value);
    }
    EXPECT_EQ(find_property(*contract, "no-such-property"), nullptr);
  }
}

TEST(Contracts, AMachinesElementsComeAndGo) {
  const auto find = [](const char* name) {
    return static_cast<bool>(Ref<GstElementFactory>::adopt(gst_element_factory_find(name)));
  };
  ASSERT_FALSE(find("nvv4l2h264enc"));
  {
    const Machine machine = install(jetson());
    EXPECT_TRUE(find("nvv4l2h264enc"));
    EXPECT_TRUE(find("nvv4l2decoder"));
  }
  EXPECT_FALSE(find("nvv4l2h264enc"));
  const Machine again = install(jetson());
  EXPECT_TRUE(find("nvv4l2h264enc"));
}

// Frames of an encoder's own memory go in, made by the test; its stream is decoded by software.
TEST(Contracts, EncodersEncodePicturesOfTheirOwnMemory) {
  const struct {
    Contracts machine;
    const char* factory;
    MemoryKind memory;
    const char* decoder;
  } cases[] = {
      {jetson(), "nvv4l2h264enc", MemoryKind::kNvmm, "avdec_h264"},
      {desktop_nvidia(20), "nvh264enc", MemoryKind::kCuda, "avdec_h264"},
      {desktop_nvidia(24), "nvcudah264enc", MemoryKind::kCuda, "avdec_h264"},
      {va(22), "vah264enc", MemoryKind::kVa, "avdec_h264"},
      {raspberry_pi(20), "v4l2h264enc", MemoryKind::kSystem, "avdec_h264"},
      {jetson(), "nvv4l2vp8enc", MemoryKind::kNvmm, "vp8dec"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.factory);
    Station& station = Station::of(one.factory);
    station.reset();
    const Machine machine = install(one.machine);
    const std::string text =
        std::string("appsrc name=in format=time ! ") + one.factory + " name=coder ! " +
        one.decoder + " ! videoconvert ! video/x-raw,format=NV12 ! appsink name=out sync=false";
    GError* error = nullptr;
    const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(text.c_str(), &error));
    ASSERT_EQ(error, nullptr) << error->message;
    const std::unique_ptr<GstElement, void (*)(GstElement*)> running(
        pipeline.get(), [](GstElement* ends) { gst_element_set_state(ends, GST_STATE_NULL); });
    const auto in = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "in"));
    const auto out = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
    const auto caps =
        in_memory("video/x-raw,format=NV12,width=320,height=240,framerate=30/1", one.memory);
    GstVideoInfo info;
    ASSERT_TRUE(gst_video_info_from_caps(&info, caps.get()));
    g_object_set(in.get(), "caps", caps.get(), nullptr);
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    for (int i = 0; i < 3; ++i) {
      auto buffer = make_buffer(one.memory, info);
      {
        Frame frame(info, buffer.get(), GST_MAP_WRITE);
        GstVideoFrame* raw = frame.get();
        for (guint plane = 0; plane < 2; ++plane) {
          std::memset(GST_VIDEO_FRAME_PLANE_DATA(raw, plane), plane == 0 ? 180 : 90,
                      static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(raw, plane)) *
                          GST_VIDEO_FRAME_COMP_HEIGHT(raw, plane));
        }
      }
      GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(i) * testing::kFrameTime;
      // All of it: appsrc marks the first, and could not copy one that somebody else holds.
      ASSERT_EQ(gst_app_src_push_buffer(GST_APP_SRC(in.get()), buffer.release()), GST_FLOW_OK);
    }
    GstFlowReturn flow = GST_FLOW_OK;
    g_signal_emit_by_name(in.get(), "end-of-stream", &flow);
    GstSample* sample = nullptr;
    g_signal_emit_by_name(out.get(), "try-pull-sample",
                          static_cast<guint64>(test::kPatienceInNanoseconds), &sample);
    ASSERT_NE(sample, nullptr);
    const auto owned = Ref<GstSample>::adopt(sample);
    GstVideoFrame decoded;
    GstVideoInfo decoded_info;
    ASSERT_TRUE(gst_video_info_from_caps(&decoded_info, gst_sample_get_caps(sample)));
    ASSERT_TRUE(
        gst_video_frame_map(&decoded, &decoded_info, gst_sample_get_buffer(sample), GST_MAP_READ));
    const auto* luma = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&decoded, 0));
    EXPECT_NEAR(luma[100 * GST_VIDEO_FRAME_PLANE_STRIDE(&decoded, 0) + 100], 180, 6);
    gst_video_frame_unmap(&decoded);
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    EXPECT_EQ(station.seen().instances, 1U);
    EXPECT_GE(station.seen().frames_out, 1U);
    EXPECT_EQ(station.seen().open, 0);
  }
}

}  // namespace
}  // namespace webrtcserver::doubles
