// SPDX-License-Identifier: LGPL-2.1-or-later
// pixel_frames.hpp — frames of an application's pixels: read once, in its memory, and converted on
// the way into pooled memory of our own. Any thread.
#pragma once

#include <gst/video/video.h>

#include <memory>
#include <mutex>

#include "base/ref.hpp"
#include "cuda/gpu_frames.hpp"
#include "video/application_pixels.hpp"

namespace webrtcserver {

class PixelFrames {
 public:
  // `exact`: colours of eight bits stay as they are, for targets that show each pixel's own.
  explicit PixelFrames(bool exact) : exact_(exact) {}

  // Has read the pixels when it returns; of a device, has queued that on their stream. Null: the
  // device is so far behind that the picture is dropped. Throws Error.
  // `stays`: what is on a device stays there, in memory:CUDAMemory, for which there is GstCuda.
  Ref<GstSample> make(const ApplicationPixels& picture, bool stays = false);

 private:
  // Buffers of one size and format, which come back.
  struct Pool;

  std::shared_ptr<Pool> pool_for(const GstVideoInfo& info);
  Ref<GstSample> make_on_host(const ApplicationPixels& picture);
  Ref<GstSample> make_on_device(const ApplicationPixels& picture, bool stays);

  const bool exact_;
  // More than a queue of files and an encoder have at once.
  GpuFrames gpu_frames_{GpuFrames::Kind::kHost, 32};
  GpuFrames cuda_frames_{GpuFrames::Kind::kCuda, 32};
  std::mutex mutex_;
  std::shared_ptr<Pool> pool_;  // guarded by mutex_
};

}  // namespace webrtcserver
