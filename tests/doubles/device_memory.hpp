// SPDX-License-Identifier: LGPL-2.1-or-later
// device_memory.hpp — memory of GPUs and of their codecs, played in the host's memory. It has the
// types and caps features of the real ones, and refuses to be mapped by whoever is no double: a
// pipeline that touches pixels by the CPU is seen, and fails. Usable on any thread.
#pragma once

#include <gst/video/video.h>

#include "base/ref.hpp"

namespace webrtcserver::doubles {

enum class MemoryKind { kSystem, kNvmm, kCuda, kVa, kGl, kDmaBuf };

// The caps feature: "memory:CUDAMemory"; that of system memory for kSystem.
const char* feature_of(MemoryKind kind);
// By the first structure of the caps. Throws std::invalid_argument for features of nobody here.
MemoryKind kind_of(const GstCaps* caps);
// What all memory of the buffer is of.
bool is_of(GstBuffer* buffer, MemoryKind kind);

// A copy of `caps` with the feature on each structure.
Ref<GstCaps> in_memory(const GstCaps* caps, MemoryKind kind);
Ref<GstCaps> in_memory(const char* caps, MemoryKind kind);

// Has the real one's memory type; the same for the life of the process. Null for kSystem.
GstAllocator* allocator_of(MemoryKind kind);

// One memory of that kind, and a GstVideoMeta with lines padded to 256 bytes, as devices have them.
Ref<GstBuffer> make_buffer(MemoryKind kind, const GstVideoInfo& info);

// The doubles' own way to the pixels: GST_MAP_READ | kDeviceMap. It is the flag that CUDA, VA and
// GL have for the same purpose.
inline constexpr auto kDeviceMap = static_cast<GstMapFlags>(GST_MAP_FLAG_LAST << 1U);

// A picture mapped by a double, whatever its memory.
class Frame {
 public:
  // Throws std::runtime_error when the buffer cannot be mapped, or is too small for `info`.
  Frame(const GstVideoInfo& info, GstBuffer* buffer, GstMapFlags access);
  ~Frame();
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  GstVideoFrame* get() { return &frame_; }

 private:
  GstVideoFrame frame_{};
};

// How often somebody else wanted to map any of this memory, since the process began.
unsigned refused_maps();

}  // namespace webrtcserver::doubles
