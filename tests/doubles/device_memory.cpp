// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/device_memory.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace webrtcserver::doubles {

namespace {

struct Kind {
  MemoryKind kind;
  const char* feature;
  const char* memory_type;
  const char* type_name;
};

// The memory types, from GStreamer 1.22: gstcudamemory.h, gstvaallocator.h, gstglmemory.h,
// gstdmabuf.h. That of NVMM is not documented; nothing asks for it by name.
constexpr std::array kKinds{
    Kind{MemoryKind::kSystem, GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY, nullptr, nullptr},
    Kind{MemoryKind::kNvmm, "memory:NVMM", "nvmm", "WebRTCServerDoubleNvmmAllocator"},
    Kind{MemoryKind::kCuda, "memory:CUDAMemory", "gst.cuda.memory",
         "WebRTCServerDoubleCudaAllocator"},
    Kind{MemoryKind::kVa, "memory:VAMemory", "VAMemory", "WebRTCServerDoubleVaAllocator"},
    Kind{MemoryKind::kGl, "memory:GLMemory", "GLMemory", "WebRTCServerDoubleGlAllocator"},
    Kind{MemoryKind::kDmaBuf, "memory:DMABuf", "dmabuf", "WebRTCServerDoubleDmaBufAllocator"},
};

const Kind& row_of(MemoryKind kind) {
  for (const Kind& row : kKinds) {
    if (row.kind == kind) return row;
  }
  throw std::invalid_argument("no such kind of memory");
}

constexpr gsize kLineAlignment = 256;
std::atomic<unsigned> refused{0};

struct DeviceMemory {
  GstMemory parent;
  std::vector<std::uint8_t>* bytes;
};

gpointer map_memory(GstMemory* memory, GstMapInfo* info, gsize /*size*/) {
  if ((info->flags & kDeviceMap) == 0) {
    ++refused;
    return nullptr;
  }
  return reinterpret_cast<DeviceMemory*>(memory)->bytes->data();
}

void unmap_memory(GstMemory* /*memory*/, GstMapInfo* /*info*/) {}

GstMemory* allocate(GstAllocator* allocator, gsize size, GstAllocationParams* params) {
  auto* memory = g_new0(DeviceMemory, 1);
  memory->bytes = new std::vector<std::uint8_t>(size);
  // A part of it would have to be mapped to become a memory.
  const auto flags = static_cast<GstMemoryFlags>(params->flags | GST_MEMORY_FLAG_NO_SHARE);
  gst_memory_init(GST_MEMORY_CAST(memory), flags, allocator, nullptr, size, params->align, 0, size);
  return GST_MEMORY_CAST(memory);
}

void free_memory(GstAllocator* /*allocator*/, GstMemory* memory) {
  delete reinterpret_cast<DeviceMemory*>(memory)->bytes;
  g_free(memory);
}

}  // namespace

}  // namespace webrtcserver::doubles

struct WebRTCServerDoubleAllocator {
  GstAllocator parent;
};
struct WebRTCServerDoubleAllocatorClass {
  GstAllocatorClass parent_class;
};

G_BEGIN_DECLS
GType webrtcserver_double_allocator_get_type();
G_END_DECLS

G_DEFINE_TYPE(WebRTCServerDoubleAllocator, webrtcserver_double_allocator, GST_TYPE_ALLOCATOR)

static void webrtcserver_double_allocator_class_init(WebRTCServerDoubleAllocatorClass* klass) {
  klass->parent_class.alloc = webrtcserver::doubles::allocate;
  klass->parent_class.free = webrtcserver::doubles::free_memory;
}

static void webrtcserver_double_allocator_init(WebRTCServerDoubleAllocator* self) {
  self->parent.mem_map_full = webrtcserver::doubles::map_memory;
  self->parent.mem_unmap_full = webrtcserver::doubles::unmap_memory;
  GST_OBJECT_FLAG_SET(self, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

namespace webrtcserver::doubles {

namespace {

// A class of its own for each kind: elements tell memory by its allocator's class.
GstAllocator* create_allocator(const Kind& row) {
  const GType type = g_type_register_static_simple(
      webrtcserver_double_allocator_get_type(), row.type_name,
      sizeof(WebRTCServerDoubleAllocatorClass), nullptr, sizeof(WebRTCServerDoubleAllocator),
      nullptr, static_cast<GTypeFlags>(0));
  auto* allocator = GST_ALLOCATOR(g_object_new(type, nullptr));
  gst_object_ref_sink(allocator);
  allocator->mem_type = row.memory_type;
  GST_OBJECT_FLAG_SET(allocator, GST_OBJECT_FLAG_MAY_BE_LEAKED);  // it stays for good
  return allocator;
}

}  // namespace

const char* feature_of(MemoryKind kind) {
  return row_of(kind).feature;
}

MemoryKind kind_of(const GstCaps* caps) {
  const GstCapsFeatures* features = gst_caps_get_features(caps, 0);
  for (const Kind& row : kKinds) {
    if (gst_caps_features_contains(features, row.feature)) return row.kind;
  }
  throw std::invalid_argument("no double for memory with the features " +
                              take_string(gst_caps_features_to_string(features)));
}

bool is_of(GstBuffer* buffer, MemoryKind kind) {
  for (guint i = 0; i < gst_buffer_n_memory(buffer); ++i) {
    // By type: GStreamer's own CUDA memory, on the double of its driver, is CUDA memory too.
    GstMemory* memory = gst_buffer_peek_memory(buffer, i);
    const bool fits =
        kind == MemoryKind::kSystem
            ? std::none_of(kKinds.begin(), kKinds.end(),
                           [memory](const Kind& row) {
                             return row.memory_type && gst_memory_is_type(memory, row.memory_type);
                           })
            : gst_memory_is_type(memory, row_of(kind).memory_type) != FALSE;
    if (!fits) return false;
  }
  return gst_buffer_n_memory(buffer) > 0;
}

Ref<GstCaps> in_memory(const GstCaps* caps, MemoryKind kind) {
  auto copy = Ref<GstCaps>::adopt(gst_caps_copy(caps));
  for (guint i = 0; i < gst_caps_get_size(copy.get()); ++i) {
    gst_caps_set_features(
        copy.get(), i,
        kind == MemoryKind::kSystem ? nullptr : gst_caps_features_new_single(feature_of(kind)));
  }
  return copy;
}

Ref<GstCaps> in_memory(const char* caps, MemoryKind kind) {
  const auto parsed = Ref<GstCaps>::adopt(gst_caps_from_string(caps));
  if (!parsed) throw std::invalid_argument(std::string("no caps: ") + caps);
  return in_memory(parsed.get(), kind);
}

GstAllocator* allocator_of(MemoryKind kind) {
  static const std::array kAllocators{
      create_allocator(row_of(MemoryKind::kNvmm)), create_allocator(row_of(MemoryKind::kCuda)),
      create_allocator(row_of(MemoryKind::kVa)), create_allocator(row_of(MemoryKind::kGl)),
      create_allocator(row_of(MemoryKind::kDmaBuf))};
  const char* type = row_of(kind).memory_type;
  for (GstAllocator* allocator : kAllocators) {
    if (type && std::string_view(allocator->mem_type) == type) return allocator;
  }
  return nullptr;
}

Ref<GstBuffer> make_buffer(MemoryKind kind, const GstVideoInfo& info) {
  GstVideoInfo padded = info;
  GstVideoAlignment alignment;
  gst_video_alignment_reset(&alignment);
  for (guint& align : alignment.stride_align) align = kLineAlignment - 1;
  if (!gst_video_info_align(&padded, &alignment))
    throw std::runtime_error("the video format has no padded lines");
  auto buffer = Ref<GstBuffer>::adopt(
      gst_buffer_new_allocate(allocator_of(kind), GST_VIDEO_INFO_SIZE(&padded), nullptr));
  gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE,
                                 GST_VIDEO_INFO_FORMAT(&padded), GST_VIDEO_INFO_WIDTH(&padded),
                                 GST_VIDEO_INFO_HEIGHT(&padded), GST_VIDEO_INFO_N_PLANES(&padded),
                                 padded.offset, padded.stride);
  return buffer;
}

Frame::Frame(const GstVideoInfo& info, GstBuffer* buffer, GstMapFlags access) {
  const auto flags = static_cast<GstMapFlags>(access | kDeviceMap);
  if (!gst_video_frame_map(&frame_, const_cast<GstVideoInfo*>(&info),  // NOLINT: it is not written
                           buffer, flags))
    throw std::runtime_error("the picture cannot be mapped");
}

Frame::~Frame() {
  gst_video_frame_unmap(&frame_);
}

unsigned refused_maps() {
  return refused;
}

}  // namespace webrtcserver::doubles
