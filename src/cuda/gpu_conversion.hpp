// SPDX-License-Identifier: LGPL-2.1-or-later
// gpu_conversion.hpp — convert_on_cpu() for pictures in the memory of a CUDA device, with the same
// result. Any thread.
#pragma once

#include "cuda/device.hpp"
#include "cuda/pixels.hpp"

namespace webrtcserver {

// The device that has all of the picture.
// @throws Error in words where there is none
int cuda_device_of(const Pixels& pixels, const std::string& what);

// Queues the conversion on the stream, 0 for the default one, and returns. Both pictures have to
// stay until the stream has done it.
// @throws Error with words; nothing is queued then
void convert_on_gpu(CudaDevice& device, const Pixels& source, const Pixels& destination,
                    const Conversion& conversion, cu::Stream stream);

}  // namespace webrtcserver
