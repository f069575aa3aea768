// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/gpu_conversion.hpp"

#include <string>

#include "base/error.hpp"
#include "cuda/coefficients.hpp"
#include "cuda/kernel_job.hpp"

namespace webrtcserver {

namespace {

// The widest access of a block's row in that plane: see kernel_memory.hpp. Eight bytes of luma,
// grey or pairs of chroma, three times eight of RGB, four of I420's chroma; else sixteen.
std::uintptr_t access_of(PixelLayout layout, int plane) {
  switch (layout) {
    case PixelLayout::kRgb8:
    case PixelLayout::kBgr8:
    case PixelLayout::kGray8:
    case PixelLayout::kNv12:
      return 8;
    case PixelLayout::kI420:
      return plane == 0 ? 8 : 4;
    default:
      return 16;
  }
}

bool is_wide(const Pixels& pixels) {
  for (int plane = 0; plane < plane_count(pixels.layout); ++plane) {
    const auto index = static_cast<std::size_t>(plane);
    const std::uintptr_t access = access_of(pixels.layout, plane);
    if (reinterpret_cast<std::uintptr_t>(pixels.planes[index]) % access != 0 ||
        static_cast<std::uintptr_t>(pixels.strides[index]) % access != 0)
      return false;
  }
  return true;
}

void set_planes(KernelPlane* planes, const Pixels& pixels) {
  for (int plane = 0; plane < plane_count(pixels.layout); ++plane) {
    const auto index = static_cast<std::size_t>(plane);
    planes[plane] = {static_cast<unsigned char*>(pixels.planes[index]), pixels.strides[index]};
  }
}

unsigned blocks(int pixels, int of_each) {
  return static_cast<unsigned>((pixels + of_each - 1) / of_each);
}

}  // namespace

int cuda_device_of(const Pixels& pixels, const std::string& what) {
  check_pixels(pixels, what);
  int device = 0;
  for (int plane = 0; plane < plane_count(pixels.layout); ++plane) {
    const auto index = static_cast<std::size_t>(plane);
    const std::string name = what + "'s plane " + std::to_string(plane);
    const auto* first = static_cast<const unsigned char*>(pixels.planes[index]);
    const std::ptrdiff_t length =
        pixels.strides[index] * (row_count(pixels.layout, pixels.height, plane) - 1) +
        row_bytes(pixels.layout, pixels.width, plane);
    const CudaPlace place = cuda_place_of(first, name);
    // A size that is wrong would cost the process its device: the last byte has to be there too.
    cuda_place_of(first + length - 1, name + "'s end");
    if (plane > 0 && place.device != device)
      throw Error(ErrorCode::kFailed, what + " has planes on two CUDA devices.");
    device = place.device;
  }
  return device;
}

void convert_on_gpu(CudaDevice& device, const Pixels& source, const Pixels& destination,
                    const Conversion& conversion, cu::Stream stream) {
  check_conversion(source, destination, conversion);
  const cu::Function kernel = device.kernel(source.layout, destination.layout);
  KernelJob job = {};
  set_planes(job.source, source);
  set_planes(job.destination, destination);
  job.width = source.width;
  job.height = source.height;
  job.is_wide = is_wide(source) && is_wide(destination) ? 1 : 0;
  job.coefficients = coefficients_of(conversion);
  void* parameters[] = {&job};
  const CudaDevice::Current current(device);
  device.check(device.driver().launch(kernel, blocks(job.width, kKernelBlockWidth * kKernelColumns),
                                      blocks(job.height, kKernelBlockHeight * kKernelRows), 1,
                                      kKernelBlockWidth, kKernelBlockHeight, 1, 0, stream,
                                      parameters, nullptr),
               "The conversion cannot be queued on the stream");
}

}  // namespace webrtcserver
