// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/pixel_memory.hpp"

#include <dlfcn.h>

#include "cuda/device.hpp"

namespace webrtcserver {

namespace {

// Who has memory on a device has loaded the driver. Others are not to have it loaded by us, which
// takes its time.
bool driver_is_loaded() {
  void* library = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
  if (library) dlclose(library);
  return library != nullptr;
}

}  // namespace

bool is_on_device(const ApplicationPixels& picture) {
  switch (picture.memory) {
    case PixelMemory::kHost:
      return false;
    case PixelMemory::kDevice:
      return true;
    case PixelMemory::kAuto:
      break;
  }
  return driver_is_loaded() && is_cuda_address(picture.pixels.planes[0]);
}

}  // namespace webrtcserver
