// SPDX-License-Identifier: LGPL-2.1-or-later
// The driver's functions about memory.
#include <cstring>

#include "doubles/libcuda/api.hpp"
#include "doubles/libcuda/machine.hpp"

using libcuda_double::current_context;
using libcuda_double::Machine;

namespace {

cu::Result allocate(std::uintptr_t* address, std::size_t bytes, bool is_host) {
  if (!current_context()) return cu::kInvalidContext;
  if (bytes == 0) return cu::kInvalidValue;
  if (is_host) Machine::get().note_crossing();
  *address = Machine::get().allocate(bytes, is_host, current_context()->device, current_context());
  return cu::kSuccess;
}

// Whether all of it lies in one allocation.
bool is_inside(std::uintptr_t address, std::size_t bytes) {
  const auto allocation = Machine::get().find(address);
  return allocation && address + bytes <= allocation->begin + allocation->size;
}

struct Side {
  std::uintptr_t first;
  std::size_t pitch;
};

bool is_device(cu::MemoryType type) {
  return type == cu::kMemoryDevice;
}

cu::Result copy_rows(const cu::Copy2D& copy, cu::Stream stream) {
  const Side from = {
      (is_device(copy.source_type) ? static_cast<std::uintptr_t>(copy.source_device)
                                   : reinterpret_cast<std::uintptr_t>(copy.source_host)) +
          copy.source_y * copy.source_pitch + copy.source_x,
      copy.source_pitch};
  const Side to = {
      (is_device(copy.destination_type) ? static_cast<std::uintptr_t>(copy.destination_device)
                                        : reinterpret_cast<std::uintptr_t>(copy.destination_host)) +
          copy.destination_y * copy.destination_pitch + copy.destination_x,
      copy.destination_pitch};
  if (copy.width == 0 || copy.height == 0) return cu::kSuccess;
  if (from.pitch < copy.width || to.pitch < copy.width) return cu::kInvalidValue;
  if ((is_device(copy.source_type) &&
       !is_inside(from.first, from.pitch * (copy.height - 1) + copy.width)) ||
      (is_device(copy.destination_type) &&
       !is_inside(to.first, to.pitch * (copy.height - 1) + copy.width))) {
    Machine::get().report("A copy reaches beyond the allocations.");
    return cu::kInvalidValue;
  }
  if (is_device(copy.source_type) != is_device(copy.destination_type))
    Machine::get().note_crossing();
  return libcuda_double::queue_on(
      stream, {from.first, to.first}, [from, to, width = copy.width, height = copy.height] {
        for (std::size_t row = 0; row < height; ++row) {
          std::memcpy(reinterpret_cast<void*>(to.first + row * to.pitch),
                      reinterpret_cast<const void*>(from.first + row * from.pitch), width);
        }
      });
}

cu::Result copy_bytes(cu::Copy2D copy, std::size_t bytes, cu::Stream stream) {
  copy.source_pitch = copy.destination_pitch = copy.width = bytes;
  copy.height = 1;
  return copy_rows(copy, stream);
}

}  // namespace

cu::Result cuMemAlloc_v2(cu::Address* address, std::size_t bytes) {
  LIBCUDA_DOUBLE_ENTER(cuMemAlloc_v2);
  std::uintptr_t memory = 0;
  const cu::Result result = allocate(&memory, bytes, false);
  *address = memory;
  return result;
}

// GStreamer's.
extern "C" __attribute__((visibility("default"))) cu::Result cuMemAllocPitch_v2(
    cu::Address* address, std::size_t* pitch, std::size_t width, std::size_t height,
    unsigned element) {
  LIBCUDA_DOUBLE_ENTER(cuMemAllocPitch_v2);
  if (element != 4 && element != 8 && element != 16) return cu::kInvalidValue;
  *pitch = (width + 511) / 512 * 512;
  std::uintptr_t memory = 0;
  const cu::Result result = allocate(&memory, *pitch * height, false);
  *address = memory;
  return result;
}

cu::Result cuMemFree_v2(cu::Address address) {
  LIBCUDA_DOUBLE_ENTER(cuMemFree_v2);
  if (!current_context()) return cu::kInvalidContext;
  return Machine::get().free(static_cast<std::uintptr_t>(address), false);
}

cu::Result cuMemAllocHost_v2(void** memory, std::size_t bytes) {
  LIBCUDA_DOUBLE_ENTER(cuMemAllocHost_v2);
  std::uintptr_t address = 0;
  const cu::Result result = allocate(&address, bytes, true);
  *memory = reinterpret_cast<void*>(address);
  return result;
}

cu::Result cuMemFreeHost(void* memory) {
  LIBCUDA_DOUBLE_ENTER(cuMemFreeHost);
  if (!current_context()) return cu::kInvalidContext;
  return Machine::get().free(reinterpret_cast<std::uintptr_t>(memory), true);
}

cu::Result cuMemcpy2DAsync_v2(const cu::Copy2D* copy, cu::Stream stream) {
  LIBCUDA_DOUBLE_ENTER(cuMemcpy2DAsync_v2);
  return copy_rows(*copy, stream);
}

extern "C" __attribute__((visibility("default"))) cu::Result cuMemcpy2D_v2(const cu::Copy2D* copy) {
  LIBCUDA_DOUBLE_ENTER(cuMemcpy2D_v2);
  const cu::Result result = copy_rows(*copy, nullptr);
  return result == cu::kSuccess ? libcuda_double::finish(nullptr) : result;
}

cu::Result cuMemcpyHtoD_v2(cu::Address to, const void* from, std::size_t bytes) {
  LIBCUDA_DOUBLE_ENTER(cuMemcpyHtoD_v2);
  cu::Copy2D copy = {};
  copy.source_type = cu::kMemoryHost;
  copy.source_host = from;
  copy.destination_type = cu::kMemoryDevice;
  copy.destination_device = to;
  const cu::Result result = copy_bytes(copy, bytes, nullptr);
  return result == cu::kSuccess ? libcuda_double::finish(nullptr) : result;
}

cu::Result cuMemcpyDtoH_v2(void* to, cu::Address from, std::size_t bytes) {
  LIBCUDA_DOUBLE_ENTER(cuMemcpyDtoH_v2);
  cu::Copy2D copy = {};
  copy.source_type = cu::kMemoryDevice;
  copy.source_device = from;
  copy.destination_type = cu::kMemoryHost;
  copy.destination_host = to;
  const cu::Result result = copy_bytes(copy, bytes, nullptr);
  return result == cu::kSuccess ? libcuda_double::finish(nullptr) : result;
}

cu::Result cuMemcpyDtoDAsync_v2(cu::Address to, cu::Address from, std::size_t bytes,
                                cu::Stream stream) {
  LIBCUDA_DOUBLE_ENTER(cuMemcpyDtoDAsync_v2);
  cu::Copy2D copy = {};
  copy.source_type = copy.destination_type = cu::kMemoryDevice;
  copy.source_device = from;
  copy.destination_device = to;
  return copy_bytes(copy, bytes, stream);
}

cu::Result cuPointerGetAttribute(void* value, cu::PointerAttribute attribute, cu::Address address) {
  LIBCUDA_DOUBLE_ENTER(cuPointerGetAttribute);
  const auto allocation = Machine::get().find(static_cast<std::uintptr_t>(address));
  if (!allocation) return cu::kInvalidValue;
  switch (attribute) {
    case cu::kPointerContext:
      *static_cast<cu::Context*>(value) = allocation->context;
      break;
    case cu::kPointerMemoryType:
      *static_cast<unsigned*>(value) = allocation->is_host ? cu::kMemoryHost : cu::kMemoryDevice;
      break;
    case cu::kPointerDevicePointer:
      *static_cast<cu::Address*>(value) = address;
      break;
    case cu::kPointerDeviceOrdinal:
      *static_cast<int*>(value) = allocation->device;
      break;
  }
  return cu::kSuccess;
}
