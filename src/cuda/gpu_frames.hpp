// SPDX-License-Identifier: LGPL-2.1-or-later
// gpu_frames.hpp — pictures that an application has on a CUDA device, as buffers for a pipeline.
// From any thread.
#pragma once

#include <gst/video/video.h>

#include <memory>
#include <mutex>

#include "base/ref.hpp"
#include "cuda/device_pool.hpp"
#include "cuda/pixels.hpp"

namespace webrtcserver {

// Nothing here waits for the GPU. What reads a buffer does: memory of the host when it is mapped,
// memory of CUDA in wait_for_gpu().
class GpuFrames final {
 public:
  enum class Kind {
    kHost,  // page-locked memory, which any element reads: the kernel writes straight into it
    kCuda,  // memory:CUDAMemory, for elements of NVIDIA cards
  };

  // At most that many pictures are out at a time.
  explicit GpuFrames(Kind kind, int most = 16);
  ~GpuFrames();
  GpuFrames(const GpuFrames&) = delete;
  GpuFrames& operator=(const GpuFrames&) = delete;

  // The picture as NV12, with a video meta, when the device comes to it: the conversion is queued
  // on `stream` (a CUstream or cudaStream_t; null is the default one), behind what makes the
  // picture. What the application queues there next may write the picture again. Null when all
  // buffers are out: the frame is to be dropped.
  // @throws Error with words
  Ref<GstBuffer> make(const Pixels& pixels, const Conversion& conversion, void* stream);

 private:
  struct CudaPool;

  Ref<GstBuffer> make_on_host(const std::shared_ptr<CudaDevice>& device, const Pixels& pixels,
                              const Conversion& conversion, cu::Stream stream);
  Ref<GstBuffer> make_on_device(const std::shared_ptr<CudaDevice>& device, const Pixels& pixels,
                                const Conversion& conversion, cu::Stream stream);
  std::shared_ptr<DevicePool> host_pool(const std::shared_ptr<CudaDevice>& device, int width,
                                        int height);
  std::shared_ptr<CudaPool> cuda_pool(const std::shared_ptr<CudaDevice>& device, int width,
                                      int height);

  const Kind kind_;
  const int most_;
  std::mutex mutex_;
  std::shared_ptr<DevicePool> host_pool_;  // guarded by mutex_
  std::shared_ptr<CudaPool> cuda_pool_;    // guarded by mutex_
};

// Until the buffer, one of GpuFrames, has been written. On the thread that is about to read it: the
// encoding's. Returns at once for any other buffer.
// @throws Error where the device has failed
void wait_for_gpu(GstBuffer* buffer);

}  // namespace webrtcserver
