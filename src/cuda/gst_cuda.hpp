// SPDX-License-Identifier: LGPL-2.1-or-later
// gst_cuda.hpp — GStreamer's own library for CUDA memory, which its elements for NVIDIA cards use:
// found at run time, since not every GStreamer has it (1.22 is the first) and its headers want
// NVIDIA's.
#pragma once

#include <gst/gst.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/ref.hpp"
#include "cuda/device.hpp"

namespace webrtcserver {

// From any thread.
class GstCuda final {
 public:
  // @throws Error that says what is missing
  static const GstCuda& get();
  // Why there is none, as a sentence; empty where there is one.
  static const std::string& missing();

  GstCuda();

  // How elements name the device and its primary context, as a context for
  // gst_element_set_context(): with one of their own they could not read what we make.
  // @throws Error where GStreamer does not take it
  Ref<GstContext> context_of(const std::shared_ptr<CudaDevice>& device) const;
  // The same of memory that is_cuda_memory(), whoever made it.
  Ref<GstContext> context_of(GstMemory* memory) const;

  // A pool of GStreamer's, of pictures with these caps; at most `most` are out at a time.
  // @throws Error without memory
  Ref<GstBufferPool> create_pool(const std::shared_ptr<CudaDevice>& device, GstCaps* caps,
                                 guint most) const;

  bool is_cuda_memory(GstMemory* memory) const { return is_cuda_memory_(memory) != FALSE; }

  // What GStreamer queued on a stream of its own to make the picture has been done. Before 1.24 it
  // waits by itself.
  void synchronise(GstMemory* memory) const {
    if (synchronise_) synchronise_(memory);
  }

 private:
  Ref<GstObject> wrap(const std::shared_ptr<CudaDevice>& device) const;
  Ref<GstObject> make_context(const std::shared_ptr<CudaDevice>& device) const;

  GstObject* (*wrap_)(cu::Context context, cu::Device device) = nullptr;
  GstContext* (*context_)(GstObject* context) = nullptr;
  GstBufferPool* (*pool_)(GstObject* context) = nullptr;
  gboolean (*is_cuda_memory_)(GstMemory* memory) = nullptr;
  void (*synchronise_)(GstMemory* memory) = nullptr;

  mutable std::mutex mutex_;
  // Guarded by mutex_. A context that is there has its device, so no other is at that address.
  mutable std::map<CudaDevice*, GWeakRef> contexts_;
};

// GST_MAP_CUDA: the address on the device in place of one of the host.
inline constexpr auto kMapCuda = static_cast<GstMapFlags>(GST_MAP_FLAG_LAST << 1);

}  // namespace webrtcserver
