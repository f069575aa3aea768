// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/access_unit_collector.hpp"

#include <gtest/gtest.h>

#include "media.hpp"

namespace webrtcserver {
namespace {

Ref<GstBuffer> encoded(bool key_frame) {
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  if (!key_frame) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

Ref<GstBuffer> packet(bool marker, gsize size = 100) {
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, size, nullptr));
  gst_buffer_memset(buffer.get(), 0, 0, size);
  const guint8 head[2] = {0x80, static_cast<guint8>(marker ? 0xe0 : 0x60)};
  gst_buffer_fill(buffer.get(), 0, head, sizeof head);
  return buffer;
}

class AccessUnitCollectorTest : public ::testing::Test {
 protected:
  AccessUnitCollector collect(MediaKind kind) {
    return {kind, [this](const RtpFramePtr& frame) { frames_.push_back(frame); }};
  }
  std::vector<RtpFramePtr> frames_;
};

TEST_F(AccessUnitCollectorTest, PacketsPushedOneByOneBecomeOneFrameAtTheMarker) {
  auto collector = collect(MediaKind::kVideo);
  collector.begin(encoded(true).get(), 1000);
  collector.add(packet(false).get());
  collector.add(packet(false).get());
  EXPECT_TRUE(frames_.empty());
  collector.add(packet(true, 50).get());
  ASSERT_EQ(frames_.size(), 1U);
  EXPECT_EQ(gst_buffer_list_length(frames_[0]->packets.get()), 3U);
  EXPECT_EQ(frames_[0]->size, 250U);
  EXPECT_EQ(frames_[0]->time, 1000U);
  EXPECT_TRUE(frames_[0]->key_frame);
}

TEST_F(AccessUnitCollectorTest, SeveralListsBecomeOneFrameAtTheMarker) {
  auto collector = collect(MediaKind::kVideo);
  const auto first = Ref<GstBufferList>::adopt(gst_buffer_list_new());
  gst_buffer_list_add(first.get(), packet(false).release());
  gst_buffer_list_add(first.get(), packet(false).release());
  const auto second = Ref<GstBufferList>::adopt(gst_buffer_list_new());
  gst_buffer_list_add(second.get(), packet(false).release());
  gst_buffer_list_add(second.get(), packet(true).release());
  collector.begin(encoded(false).get(), 1000);
  collector.add(first.get());
  collector.add(second.get());
  ASSERT_EQ(frames_.size(), 1U);
  EXPECT_EQ(gst_buffer_list_length(frames_[0]->packets.get()), 4U);
  EXPECT_FALSE(frames_[0]->key_frame);
}

TEST_F(AccessUnitCollectorTest, TheKeyFrameFlagIsForgottenWithItsFrame) {
  auto collector = collect(MediaKind::kVideo);
  for (const bool key : {true, false, true, false, false}) {
    collector.begin(encoded(key).get(), frames_.size() + 1);
    collector.add(packet(true).get());
    EXPECT_EQ(frames_.back()->key_frame, key);
  }
}

TEST_F(AccessUnitCollectorTest, AnAccessUnitInSeveralBuffersIsAKeyFrameWhenOneOfThemIs) {
  auto collector = collect(MediaKind::kVideo);
  collector.begin(encoded(true).get(), 1000);  // parameter sets
  collector.begin(encoded(false).get(), 1000);
  collector.add(packet(true).get());
  ASSERT_EQ(frames_.size(), 1U);
  EXPECT_TRUE(frames_[0]->key_frame);
}

TEST_F(AccessUnitCollectorTest, AKeyFrameThatThePayloaderSwallowedDoesNotMarkTheNext) {
  auto collector = collect(MediaKind::kVideo);
  collector.begin(encoded(true).get(), 1000);
  collector.begin(encoded(false).get(), 2000);
  collector.add(packet(true).get());
  ASSERT_EQ(frames_.size(), 1U);
  EXPECT_FALSE(frames_[0]->key_frame);
}

TEST_F(AccessUnitCollectorTest, WithoutAMarkerAFrameEndsWhereTheNextBegins) {
  auto collector = collect(MediaKind::kVideo);
  collector.begin(encoded(true).get(), 1000);
  collector.add(packet(false).get());
  collector.begin(encoded(false).get(), 2000);
  ASSERT_EQ(frames_.size(), 1U);
  EXPECT_TRUE(frames_[0]->key_frame);
  EXPECT_EQ(frames_[0]->time, 1000U);
  collector.add(packet(true).get());
  ASSERT_EQ(frames_.size(), 2U);
  EXPECT_FALSE(frames_[1]->key_frame);
  EXPECT_EQ(frames_[1]->time, 2000U);
}

TEST_F(AccessUnitCollectorTest, EveryAudioPacketIsAFrame) {
  auto collector = collect(MediaKind::kAudio);
  collector.begin(encoded(false).get(), 1000);
  collector.add(packet(false).get());
  collector.begin(encoded(false).get(), 2000);
  collector.add(packet(true).get());
  ASSERT_EQ(frames_.size(), 2U);
  EXPECT_TRUE(frames_[0]->key_frame);
  EXPECT_EQ(frames_[1]->time, 2000U);
}

TEST_F(AccessUnitCollectorTest, OrdinaryMemoryIsSharedAndPooledMemoryIsCopied) {
  auto collector = collect(MediaKind::kVideo);
  const auto ordinary = packet(true);
  collector.begin(encoded(true).get(), 1);
  collector.add(ordinary.get());
  EXPECT_EQ(gst_buffer_peek_memory(gst_buffer_list_get(frames_[0]->packets.get(), 0), 0),
            gst_buffer_peek_memory(ordinary.get(), 0));

  // Stands for a device's allocator: same bytes, another memory type.
  const auto foreign = packet(true);
  const gchar* const sysmem = GST_ALLOCATOR_SYSMEM;
  GstAllocator* allocator = gst_buffer_peek_memory(foreign.get(), 0)->allocator;
  ASSERT_STREQ(allocator->mem_type, sysmem);
  allocator->mem_type = "DeviceMemory";
  collector.begin(encoded(true).get(), 2);
  collector.add(foreign.get());
  allocator->mem_type = sysmem;
  ASSERT_EQ(frames_.size(), 2U);
  EXPECT_NE(gst_buffer_peek_memory(gst_buffer_list_get(frames_[1]->packets.get(), 0), 0),
            gst_buffer_peek_memory(foreign.get(), 0));
  EXPECT_EQ(testing::packets_of(*frames_[1]), testing::packets_of(*frames_[0]));
}

}  // namespace
}  // namespace webrtcserver
