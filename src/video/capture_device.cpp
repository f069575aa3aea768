// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/capture_device.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "cuda/gpu_conversion.hpp"
#include "cuda/gst_cuda.hpp"
#include "video/pixel_memory.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::video())

namespace webrtcserver {

Ref<GstContext> cuda_context_for(const ApplicationPixels& target) {
  if (!is_on_device(target) || !GstCuda::missing().empty()) return {};
  try {
    const int ordinal = cuda_device_of(target.pixels, "The picture");
    return GstCuda::get().context_of(CudaDevice::get(ordinal));
  } catch (const Error& error) {
    // Memory that is none is told of when a frame is to be written into it.
    GST_INFO("Pictures are not left on a device: %s", error.what());
    return {};
  }
}

}  // namespace webrtcserver
