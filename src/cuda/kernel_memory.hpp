// SPDX-License-Identifier: LGPL-2.1-or-later
// kernel_memory.hpp — how the kernels reach memory: runs of bytes, in the widest accesses that
// their length allows. For kernels.cu alone.
#pragma once

// nvcc declares these; clang without CUDA's headers knows them as attributes; and the test double
// of the driver compiles the kernels as C++, where it looks at every access.
#if defined(__CUDACC__) && !defined(__clang__)
#define WEBRTCSERVER_DEVICE __device__ __forceinline__
#define WEBRTCSERVER_KERNEL __global__
#define WEBRTCSERVER_ACCESS(address, bytes) ((void)0)
#elif defined(__CUDA__)
#define WEBRTCSERVER_DEVICE __attribute__((device)) __attribute__((always_inline)) inline
#define WEBRTCSERVER_KERNEL __attribute__((global))
#define WEBRTCSERVER_ACCESS(address, bytes) ((void)0)
#else
#include "doubles/libcuda/kernel_host.hpp"
#define WEBRTCSERVER_DEVICE inline
#define WEBRTCSERVER_KERNEL
#define WEBRTCSERVER_ACCESS(address, bytes) ::libcuda_double::check_access(address, bytes)
#endif

namespace webrtcserver {
namespace {

struct Position {
  int column;
  int row;
};

// Which thread of the whole grid this is.
WEBRTCSERVER_DEVICE Position position() {
#if defined(__CUDACC__) && !defined(__clang__)
  return {static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x),
          static_cast<int>(blockIdx.y * blockDim.y + threadIdx.y)};
#elif defined(__CUDA__)
  return {
      __nvvm_read_ptx_sreg_ctaid_x() * __nvvm_read_ptx_sreg_ntid_x() + __nvvm_read_ptx_sreg_tid_x(),
      __nvvm_read_ptx_sreg_ctaid_y() * __nvvm_read_ptx_sreg_ntid_y() +
          __nvvm_read_ptx_sreg_tid_y()};
#else
  return {::libcuda_double::thread_column(), ::libcuda_double::thread_row()};
#endif
}

// One access each of 4, 8 and 16 bytes; the address is aligned to as many.
struct alignas(4) Words1 {
  unsigned int word[1];
};
struct alignas(8) Words2 {
  unsigned int word[2];
};
struct alignas(16) Words4 {
  unsigned int word[4];
};

template <int kWords>
struct WidestAccess {
  using Type = Words1;
};
template <>
struct WidestAccess<0> {
  using Type = Words4;
};
template <>
struct WidestAccess<2> {
  using Type = Words2;
};

// `kBytes` neighbours in registers: every index is a constant once loops are unrolled.
template <int kBytes>
struct Run {
  static constexpr int kWords = kBytes / 4;
  using Access = typename WidestAccess<kWords % 4>::Type;
  static constexpr int kStep = sizeof(Access) / 4;

  WEBRTCSERVER_DEVICE static Run load(const unsigned char* address) {
    Run run;
#pragma unroll
    for (int i = 0; i < kWords; i += kStep) {
      WEBRTCSERVER_ACCESS(address + 4 * i, sizeof(Access));
      const Access access = *reinterpret_cast<const Access*>(address + 4 * i);
#pragma unroll
      for (int j = 0; j < kStep; ++j) run.words[i + j] = access.word[j];
    }
    return run;
  }

  WEBRTCSERVER_DEVICE void store(unsigned char* address) const {
#pragma unroll
    for (int i = 0; i < kWords; i += kStep) {
      Access access;
#pragma unroll
      for (int j = 0; j < kStep; ++j) access.word[j] = words[i + j];
      WEBRTCSERVER_ACCESS(address + 4 * i, sizeof(Access));
      *reinterpret_cast<Access*>(address + 4 * i) = access;
    }
  }

  WEBRTCSERVER_DEVICE unsigned char byte(int index) const {
    return static_cast<unsigned char>(words[index / 4] >> (8 * (index % 4)));
  }

  // Of a run that began as zeros.
  WEBRTCSERVER_DEVICE void set_byte(int index, unsigned char value) {
    words[index / 4] |= static_cast<unsigned int>(value) << (8 * (index % 4));
  }

  WEBRTCSERVER_DEVICE float number(int index) const {
    union {
      unsigned int bits;
      float value;
    } both;
    both.bits = words[index];
    return both.value;
  }

  WEBRTCSERVER_DEVICE void set_number(int index, float value) {
    union {
      unsigned int bits;
      float value;
    } both;
    both.value = value;
    words[index] = both.bits;
  }

  unsigned int words[kWords] = {};
};

WEBRTCSERVER_DEVICE unsigned char load_byte(const unsigned char* address) {
  WEBRTCSERVER_ACCESS(address, 1);
  return *address;
}

WEBRTCSERVER_DEVICE void store_byte(unsigned char* address, unsigned char value) {
  WEBRTCSERVER_ACCESS(address, 1);
  *address = value;
}

// Floats are aligned to their size: check_pixels() sees to it.
WEBRTCSERVER_DEVICE float load_float(const unsigned char* address) {
  return Run<4>::load(address).number(0);
}

WEBRTCSERVER_DEVICE void store_float(unsigned char* address, float value) {
  Run<4> run;
  run.set_number(0, value);
  run.store(address);
}

}  // namespace
}  // namespace webrtcserver
