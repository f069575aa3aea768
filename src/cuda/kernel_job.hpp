// SPDX-License-Identifier: LGPL-2.1-or-later
// kernel_job.hpp — what a kernel of kernels.cu is told: its only parameter, by value. Compiled for
// the host and for the device; nothing here needs the standard library.
#pragma once

#include "cuda/conversion_math.hpp"

namespace webrtcserver {

// A thread does kKernelColumns pixels of kKernelRows rows; a block is 32 × 8 threads.
inline constexpr int kKernelColumns = 8;
inline constexpr int kKernelRows = 2;
inline constexpr int kKernelBlockWidth = 32;
inline constexpr int kKernelBlockHeight = 8;

struct KernelPlane {
  unsigned char* address;
  long long stride;
};

struct KernelJob {
  KernelPlane source[3];
  KernelPlane destination[3];
  int width;
  int height;
  // Whether every plane is aligned for the widest accesses. Without it each byte goes by itself.
  int is_wide;
  Coefficients coefficients;
};

}  // namespace webrtcserver

// Each pair of layouts that has a kernel. The names are those of kernels.cu's structures.
#define WEBRTCSERVER_KERNELS_OF_COLOUR(X, Colour) \
  X(Colour, Nv12)                                 \
  X(Colour, I420)                                 \
  X(Nv12, Colour)                                 \
  X(I420, Colour)
#define WEBRTCSERVER_KERNELS(X)                     \
  WEBRTCSERVER_KERNELS_OF_COLOUR(X, Rgb8)           \
  WEBRTCSERVER_KERNELS_OF_COLOUR(X, Rgba8)          \
  WEBRTCSERVER_KERNELS_OF_COLOUR(X, Bgr8)           \
  WEBRTCSERVER_KERNELS_OF_COLOUR(X, Bgra8)          \
  WEBRTCSERVER_KERNELS_OF_COLOUR(X, Gray8)          \
  WEBRTCSERVER_KERNELS_OF_COLOUR(X, RgbFloat)       \
  WEBRTCSERVER_KERNELS_OF_COLOUR(X, RgbaFloat)      \
  WEBRTCSERVER_KERNELS_OF_COLOUR(X, PlanarRgbFloat) \
  X(Nv12, Nv12)                                     \
  X(Nv12, I420)                                     \
  X(I420, Nv12)                                     \
  X(I420, I420)
#define WEBRTCSERVER_KERNEL_NAME(Source, Destination) webrtcserver_##Source##_to_##Destination
