// SPDX-License-Identifier: LGPL-2.1-or-later
// What the other tests of device memory stand on.
#include "doubles/device_memory.hpp"

#include <gtest/gtest.h>

#include "doubles/machine.hpp"

namespace {

using webrtcserver::Ref;
using webrtcserver::doubles::Frame;
using webrtcserver::doubles::in_memory;
using webrtcserver::doubles::is_of;
using webrtcserver::doubles::kind_of;
using webrtcserver::doubles::Machine;
using webrtcserver::doubles::make_buffer;
using webrtcserver::doubles::MemoryKind;
using webrtcserver::doubles::refused_maps;

class DeviceMemory : public testing::TestWithParam<MemoryKind> {};

INSTANTIATE_TEST_SUITE_P(EachKind, DeviceMemory,
                         testing::Values(MemoryKind::kNvmm, MemoryKind::kCuda, MemoryKind::kVa,
                                         MemoryKind::kGl, MemoryKind::kDmaBuf));

TEST_P(DeviceMemory, IsSeenByDoublesAlone) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_NV12, 100, 50);
  const auto buffer = make_buffer(GetParam(), info);
  EXPECT_TRUE(is_of(buffer.get(), GetParam()));
  EXPECT_FALSE(is_of(buffer.get(), MemoryKind::kSystem));
  {
    Frame frame(info, buffer.get(), GST_MAP_WRITE);
    EXPECT_EQ(GST_VIDEO_FRAME_PLANE_STRIDE(frame.get(), 0), 256);
  }

  const unsigned before = refused_maps();
  GstMapInfo map;
  EXPECT_FALSE(gst_buffer_map(buffer.get(), &map, GST_MAP_READ));
  EXPECT_FALSE(Ref<GstBuffer>::adopt(gst_buffer_copy_deep(buffer.get())));
  EXPECT_GE(refused_maps(), before + 2);
}

TEST_P(DeviceMemory, IsKnownByItsCaps) {
  const auto caps = in_memory("video/x-raw,format=NV12", GetParam());
  EXPECT_EQ(kind_of(caps.get()), GetParam());
}

TEST(Machine, GivesNamesBack) {
  auto factory = [] { return Ref<GstElementFactory>::adopt(gst_element_factory_find("identity")); };
  const auto real = factory();
  ASSERT_TRUE(real);
  const GType type = g_type_register_static_simple(
      GST_TYPE_BIN, "WebRTCServerTestIdentity", sizeof(GstBinClass),
      [](gpointer klass, gpointer) {
        gst_element_class_set_static_metadata(GST_ELEMENT_CLASS(klass), "Test", "Test", "Test",
                                              "gst-webrtc-server");
      },
      sizeof(GstBin), nullptr, static_cast<GTypeFlags>(0));
  for (int round = 0; round < 2; ++round) {
    {
      Machine machine;
      machine.emplace_back("identity", type);
      EXPECT_FALSE(factory() == real);
      const auto made = Ref<GstElement>::sink(gst_element_factory_make("identity", nullptr));
      ASSERT_TRUE(made);
      EXPECT_EQ(G_OBJECT_TYPE(made.get()), type);
    }
    EXPECT_TRUE(factory() == real);
  }
}

}  // namespace
