// SPDX-License-Identifier: LGPL-2.1-or-later
// Images in CUDA memory, on a machine without a GPU: with memory that has two addresses, as
// GStreamer's own has, one of the device and one of the CPU.
#include <gtest/gtest.h>
#include <webrtcserver/image.hpp>

#include <array>
#include <cstring>

namespace {

using webrtcserver::Error;
using webrtcserver::Image;
using webrtcserver::Memory;
using webrtcserver::PixelFormat;

constexpr std::size_t kBytes = 16;

struct TwoSidedMemory {
  GstMemory memory;
  std::array<std::uint8_t, kBytes> host;
  std::array<std::uint8_t, kBytes> device;
  int written_on_device;
};

gpointer map(GstMemory* memory, GstMapInfo* info, gsize /*most*/) {
  auto* self = reinterpret_cast<TwoSidedMemory*>(memory);
  // As a number: GST_MAP_CUDA is none of the enumeration's values.
  unsigned flags = 0;
  std::memcpy(&flags, &info->flags, sizeof flags);
  if ((flags & (GST_MAP_FLAG_LAST << 1)) == 0) return self->host.data();
  if ((flags & GST_MAP_WRITE) != 0) ++self->written_on_device;
  return self->device.data();
}

GstMemory* copy(GstMemory* memory, gssize offset, gssize size);

GstAllocator* allocator() {
  static GstAllocator* instance = [] {
    static const GType type = [] {
      const GTypeInfo info = {
          sizeof(GstAllocatorClass), nullptr, nullptr, nullptr, nullptr, nullptr,
          sizeof(GstAllocator),      0,       nullptr, nullptr};
      return g_type_register_static(GST_TYPE_ALLOCATOR, "TwoSidedAllocator", &info, GTypeFlags(0));
    }();
    auto* made = GST_ALLOCATOR(g_object_new(type, nullptr));
    gst_object_ref_sink(made);
    made->mem_type = "gst.cuda.memory";
    made->mem_map_full = map;
    made->mem_unmap_full = [](GstMemory*, GstMapInfo*) {};
    made->mem_copy = copy;
    GST_ALLOCATOR_GET_CLASS(made)->free = [](GstAllocator*, GstMemory* memory) {
      delete reinterpret_cast<TwoSidedMemory*>(memory);
    };
    GST_OBJECT_FLAG_SET(made, GST_OBJECT_FLAG_MAY_BE_LEAKED);
    return made;
  }();
  return instance;
}

TwoSidedMemory* make() {
  auto* memory = new TwoSidedMemory{};
  gst_memory_init(GST_MEMORY_CAST(memory), GstMemoryFlags(0), allocator(), nullptr, kBytes, 0, 0,
                  kBytes);
  return memory;
}

GstMemory* copy(GstMemory* memory, gssize /*offset*/, gssize /*size*/) {
  auto* made = make();
  made->host = reinterpret_cast<TwoSidedMemory*>(memory)->host;
  made->device = reinterpret_cast<TwoSidedMemory*>(memory)->device;
  return GST_MEMORY_CAST(made);
}

Image image_of(TwoSidedMemory* memory) {
  GstBuffer* buffer = gst_buffer_new();
  gst_buffer_append_memory(buffer, GST_MEMORY_CAST(memory));
  GstCaps* caps = gst_caps_from_string(
      "video/x-raw(memory:CUDAMemory), format=GRAY8, width=4, height=4, framerate=0/1");
  GstSample* sample = gst_sample_new(buffer, caps, nullptr, nullptr);
  gst_caps_unref(caps);
  gst_buffer_unref(buffer);
  Image image = Image::from_native(sample);
  gst_sample_unref(sample);
  return image;
}

TEST(CudaImage, HasAnAddressOnEitherSide) {
  TwoSidedMemory* memory = make();
  const Image image = image_of(memory);
  EXPECT_EQ(image.memory(), Memory::kCuda);
  EXPECT_EQ(image.format(), PixelFormat::kGray8);
  EXPECT_EQ(image.stride(), 4);
  EXPECT_EQ(image.cuda_data(), memory->device.data());
  EXPECT_EQ(image.data(), memory->host.data());
  EXPECT_EQ(memory->written_on_device, 0);
}

TEST(CudaImage, IsWrittenOnTheDeviceInPlaceOrInACopyThere) {
  TwoSidedMemory* memory = make();
  Image image = image_of(memory);
  EXPECT_EQ(image.mutable_cuda_data(), memory->device.data());
  EXPECT_EQ(memory->written_on_device, 1);
  const Image seen = image;
  auto* copied = static_cast<std::uint8_t*>(image.mutable_cuda_data());
  EXPECT_NE(copied, memory->device.data());
  EXPECT_EQ(image.memory(), Memory::kCuda);
  copied[0] = 1;
  EXPECT_EQ(static_cast<const std::uint8_t*>(seen.cuda_data())[0], 0);
}

TEST(CudaImage, OneOfTheCpuHasNoAddressOnTheDevice) {
  Image image = Image::allocate(4, 4, PixelFormat::kGray8);
  EXPECT_THROW(image.cuda_data(), Error);
  EXPECT_THROW(image.mutable_cuda_data(), Error);
}

}  // namespace
