// SPDX-License-Identifier: LGPL-2.1-or-later
// Functions that GStreamer's CUDA library wants to find in a driver and that this one does not
// have: textures, OpenGL, other devices' memory.
#include "cuda/driver_api.hpp"

#define LIBCUDA_DOUBLE_ABSENT(symbol)                                                         \
  extern "C" __attribute__((visibility("default"))) ::webrtcserver::cu::Result symbol(void) { \
    constexpr ::webrtcserver::cu::Result kNotSupported = 801;                                 \
    return kNotSupported;                                                                     \
  }

LIBCUDA_DOUBLE_ABSENT(cuCtxEnablePeerAccess)
LIBCUDA_DOUBLE_ABSENT(cuCtxDisablePeerAccess)
LIBCUDA_DOUBLE_ABSENT(cuDeviceCanAccessPeer)
LIBCUDA_DOUBLE_ABSENT(cuGraphicsMapResources)
LIBCUDA_DOUBLE_ABSENT(cuGraphicsUnmapResources)
LIBCUDA_DOUBLE_ABSENT(cuGraphicsUnregisterResource)
LIBCUDA_DOUBLE_ABSENT(cuGraphicsResourceSetMapFlags_v2)
LIBCUDA_DOUBLE_ABSENT(cuGraphicsSubResourceGetMappedArray)
LIBCUDA_DOUBLE_ABSENT(cuGraphicsResourceGetMappedPointer_v2)
LIBCUDA_DOUBLE_ABSENT(cuGraphicsGLRegisterImage)
LIBCUDA_DOUBLE_ABSENT(cuGraphicsGLRegisterBuffer)
LIBCUDA_DOUBLE_ABSENT(cuGLGetDevices_v2)
LIBCUDA_DOUBLE_ABSENT(cuTexObjectCreate)
LIBCUDA_DOUBLE_ABSENT(cuTexObjectDestroy)
LIBCUDA_DOUBLE_ABSENT(cuModuleLoadData)
