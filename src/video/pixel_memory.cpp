// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/pixel_memory.hpp"

namespace webrtcserver {

bool is_on_device(const ApplicationPixels& picture) {
  return picture.memory == PixelMemory::kDevice;
}

Error no_device_error() {
  return {ErrorCode::kFailed, "The pixels are on a CUDA device, and this build has no CUDA."};
}

}  // namespace webrtcserver
