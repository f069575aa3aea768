// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/pixel_memory.hpp"

#include <dlfcn.h>

#include "cuda/driver.hpp"

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
  if (!driver_is_loaded() || !Driver::missing().empty()) return false;
  // Page-locked memory of the CPU's is the CPU's: who renders it counts on its having been read.
  unsigned type = 0;
  const auto address = reinterpret_cast<cu::Address>(picture.pixels.planes[0]);
  return Driver::get().pointer_attribute(&type, cu::kPointerMemoryType, address) == cu::kSuccess &&
         type == cu::kMemoryDevice;
}

}  // namespace webrtcserver
