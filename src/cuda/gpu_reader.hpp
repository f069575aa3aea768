// SPDX-License-Identifier: LGPL-2.1-or-later
// gpu_reader.hpp — frames that a pipeline has in CUDA memory, as pictures that an application wants
// on the device. From any thread.
#pragma once

#include <gst/video/video.h>

#include <memory>
#include <mutex>
#include <vector>

#include "base/ref.hpp"
#include "cuda/device_pool.hpp"
#include "cuda/pixels.hpp"

namespace webrtcserver {

class GpuReader final {
 public:
  GpuReader() = default;
  // Waits for what is queued: it reads buffers that are not the application's.
  ~GpuReader();
  GpuReader(const GpuReader&) = delete;
  GpuReader& operator=(const GpuReader&) = delete;

  // Whether the frame is in memory:CUDAMemory, and so for read().
  static bool is_for(GstBuffer* buffer);

  // The frame, NV12 or I420, as `destination` has it, when the device comes to it: the conversion
  // is queued on `stream`, and what the application queues there next sees the picture. The buffer
  // is kept for as long as the device reads it.
  // @throws Error with words
  void read(GstBuffer* buffer, const GstVideoInfo& info, const Pixels& destination,
            const Conversion& conversion, void* stream);

  // Gives back the buffers that the device has read, as read() does: a decoder has few. Asks the
  // driver where there are any, and waits for nothing.
  // @return whether there are others yet
  // @throws Error where the device has failed
  bool let_go();
  // All of them, and waits for the device.
  void finish();

 private:
  struct InUse {
    std::unique_ptr<CudaEvent> done;
    Ref<GstBuffer> buffer;
  };

  std::mutex mutex_;
  std::vector<InUse> in_use_;  // guarded by mutex_
};

}  // namespace webrtcserver
