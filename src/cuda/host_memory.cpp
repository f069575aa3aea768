// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/host_memory.hpp"

#include <memory>
#include <utility>

#include "base/guard.hpp"

namespace webrtcserver {

namespace {

struct HostMemory {
  GstMemory base;
  std::shared_ptr<DevicePicture> picture;
};

struct GstWebRTCServerHostAllocator {
  GstAllocator base;
};
struct GstWebRTCServerHostAllocatorClass {
  GstAllocatorClass base;
};

G_DEFINE_TYPE(GstWebRTCServerHostAllocator, gst_webrtc_server_host_allocator, GST_TYPE_ALLOCATOR)

HostMemory* cast(GstMemory* memory) {
  return reinterpret_cast<HostMemory*>(memory);
}

gpointer map(GstMemory* memory, gsize /*most*/, GstMapFlags /*flags*/) {
  return guard("HostMemory::map", gpointer{nullptr}, [memory]() -> gpointer {
    DevicePicture& picture = *cast(memory)->picture;
    picture.done.wait();
    return picture.pixels.planes[0];
  });
}

void unmap(GstMemory* /*memory*/) {}

// It has no parts: a copy is made where one is wanted.
GstMemory* share_no_part(GstMemory* /*memory*/, gssize /*offset*/, gssize /*size*/) {
  return nullptr;
}

GstMemory* refuse(GstAllocator* /*allocator*/, gsize /*size*/,
                  GstAllocationParams* /*parameters*/) {
  return nullptr;  // the pool allocates
}

void free(GstAllocator* /*allocator*/, GstMemory* memory) {
  guard("HostMemory::free", [memory] { delete cast(memory); });
}

void gst_webrtc_server_host_allocator_class_init(GstWebRTCServerHostAllocatorClass* type) {
  type->base.alloc = refuse;
  type->base.free = free;
}

void gst_webrtc_server_host_allocator_init(GstWebRTCServerHostAllocator* self) {
  self->base.mem_type = "webrtcserver.cuda.host";
  self->base.mem_map = map;
  self->base.mem_unmap = unmap;
  self->base.mem_share = share_no_part;
  GST_OBJECT_FLAG_SET(self, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

GstAllocator* allocator() {
  static GstAllocator* const kAllocator = [] {
    auto* made = GST_ALLOCATOR(
        gst_object_ref_sink(g_object_new(gst_webrtc_server_host_allocator_get_type(), nullptr)));
    GST_OBJECT_FLAG_SET(made, GST_OBJECT_FLAG_MAY_BE_LEAKED);
    return made;
  }();
  return kAllocator;
}

std::size_t size_of(const Pixels& pixels) {
  const int last = plane_count(pixels.layout) - 1;
  const auto index = static_cast<std::size_t>(last);
  return static_cast<std::size_t>(static_cast<const unsigned char*>(pixels.planes[index]) -
                                  static_cast<const unsigned char*>(pixels.planes[0])) +
         static_cast<std::size_t>(pixels.strides[index] *
                                  row_count(pixels.layout, pixels.height, last));
}

}  // namespace

Ref<GstMemory> memory_of(std::shared_ptr<DevicePicture> picture) {
  const std::size_t size = size_of(picture->pixels);
  auto memory = std::make_unique<HostMemory>();
  memory->picture = std::move(picture);
  // Buffers share it: GST_MEMORY_FLAG_NO_SHARE would have each copy of a buffer wait for the
  // device.
  gst_memory_init(&memory->base, GstMemoryFlags(0), allocator(), nullptr, size, 0, 0, size);
  return Ref<GstMemory>::adopt(&memory.release()->base);
}

}  // namespace webrtcserver
