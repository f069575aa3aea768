// SPDX-License-Identifier: LGPL-2.1-or-later
// driver_api.hpp — the part of the CUDA driver's interface that we use, written down so that
// neither NVIDIA's headers nor a driver is needed to build. The driver keeps it compatible: a
// function whose meaning changes gets another symbol (…_v2). driver_api_test compares this with the
// headers that FFmpeg uses, where they are installed.
#pragma once

#include <cstddef>

extern "C" {
struct CUctx_st;
struct CUstream_st;
struct CUevent_st;
struct CUmod_st;
struct CUfunc_st;
}

namespace webrtcserver::cu {

using Result = int;
using Device = int;
using Address = unsigned long long;  // of device memory
using Context = ::CUctx_st*;
using Stream = ::CUstream_st*;
using Event = ::CUevent_st*;
using Module = ::CUmod_st*;
using Function = ::CUfunc_st*;

inline constexpr Result kSuccess = 0;
inline constexpr Result kInvalidValue = 1;
inline constexpr Result kOutOfMemory = 2;
inline constexpr Result kDeinitialized = 4;
inline constexpr Result kNoDevice = 100;
inline constexpr Result kInvalidDevice = 101;
inline constexpr Result kInvalidContext = 201;
inline constexpr Result kInvalidPtx = 218;
inline constexpr Result kInvalidHandle = 400;
inline constexpr Result kNotFound = 500;
inline constexpr Result kNotReady = 600;
inline constexpr Result kIllegalAddress = 700;
inline constexpr Result kMisalignedAddress = 716;
inline constexpr Result kLaunchFailed = 719;
inline constexpr Result kUnknown = 999;

inline constexpr unsigned kEventBlockingSync = 1;
inline constexpr unsigned kEventDisableTiming = 2;
inline constexpr unsigned kStreamNonBlocking = 1;

enum DeviceAttribute {
  kMultiprocessorCount = 16,
  kMemoryClockRate = 36,       // kHz
  kGlobalMemoryBusWidth = 37,  // bits
  kComputeCapabilityMajor = 75,
  kComputeCapabilityMinor = 76,
};

enum PointerAttribute {
  kPointerContext = 1,
  kPointerMemoryType = 2,
  kPointerDevicePointer = 3,
  kPointerDeviceOrdinal = 9,
};

enum MemoryType : unsigned { kMemoryHost = 1, kMemoryDevice = 2, kMemoryArray = 3 };

enum JitOption : int { kJitErrorLogBuffer = 5, kJitErrorLogBufferSize = 6 };

// CUDA_MEMCPY2D
struct Copy2D {
  std::size_t source_x;  // bytes
  std::size_t source_y;
  MemoryType source_type;
  const void* source_host;
  Address source_device;
  void* source_array;
  std::size_t source_pitch;

  std::size_t destination_x;
  std::size_t destination_y;
  MemoryType destination_type;
  void* destination_host;
  Address destination_device;
  void* destination_array;
  std::size_t destination_pitch;

  std::size_t width;  // bytes
  std::size_t height;
};

}  // namespace webrtcserver::cu

// Each function: our member, the driver's symbol, the parameters.
#define WEBRTCSERVER_CUDA_FUNCTIONS(X)                                                             \
  X(init, cuInit, (unsigned flags))                                                                \
  X(driver_version, cuDriverGetVersion, (int* version))                                            \
  X(error_name, cuGetErrorName, (cu::Result result, const char** name))                            \
  X(error_string, cuGetErrorString, (cu::Result result, const char** text))                        \
  X(device_count, cuDeviceGetCount, (int* count))                                                  \
  X(device, cuDeviceGet, (cu::Device * device, int ordinal))                                       \
  X(device_name, cuDeviceGetName, (char* name, int length, cu::Device device))                     \
  X(device_attribute, cuDeviceGetAttribute,                                                        \
    (int* value, cu::DeviceAttribute attribute, cu::Device device))                                \
  X(retain_primary, cuDevicePrimaryCtxRetain, (cu::Context * context, cu::Device device))          \
  X(release_primary, cuDevicePrimaryCtxRelease_v2, (cu::Device device))                            \
  X(push, cuCtxPushCurrent_v2, (cu::Context context))                                              \
  X(pop, cuCtxPopCurrent_v2, (cu::Context * context))                                              \
  X(allocate, cuMemAlloc_v2, (cu::Address * address, std::size_t bytes))                           \
  X(free, cuMemFree_v2, (cu::Address address))                                                     \
  X(allocate_host, cuMemAllocHost_v2, (void** memory, std::size_t bytes))                          \
  X(free_host, cuMemFreeHost, (void* memory))                                                      \
  X(copy_2d, cuMemcpy2DAsync_v2, (const cu::Copy2D* copy, cu::Stream stream))                      \
  X(copy_to_device, cuMemcpyHtoD_v2, (cu::Address to, const void* from, std::size_t bytes))        \
  X(copy_to_host, cuMemcpyDtoH_v2, (void* to, cu::Address from, std::size_t bytes))                \
  X(copy_on_device, cuMemcpyDtoDAsync_v2,                                                          \
    (cu::Address to, cu::Address from, std::size_t bytes, cu::Stream stream))                      \
  X(create_stream, cuStreamCreate, (cu::Stream * stream, unsigned flags))                          \
  X(destroy_stream, cuStreamDestroy_v2, (cu::Stream stream))                                       \
  X(synchronise_stream, cuStreamSynchronize, (cu::Stream stream))                                  \
  X(wait_event, cuStreamWaitEvent, (cu::Stream stream, cu::Event event, unsigned flags))           \
  X(create_event, cuEventCreate, (cu::Event * event, unsigned flags))                              \
  X(destroy_event, cuEventDestroy_v2, (cu::Event event))                                           \
  X(record_event, cuEventRecord, (cu::Event event, cu::Stream stream))                             \
  X(query_event, cuEventQuery, (cu::Event event))                                                  \
  X(synchronise_event, cuEventSynchronize, (cu::Event event))                                      \
  X(elapsed_time, cuEventElapsedTime, (float* milliseconds, cu::Event from, cu::Event to))         \
  X(pointer_attribute, cuPointerGetAttribute,                                                      \
    (void* value, cu::PointerAttribute attribute, cu::Address address))                            \
  X(load_module, cuModuleLoadDataEx,                                                               \
    (cu::Module * module, const void* image, unsigned options, cu::JitOption* names,               \
     void** values))                                                                               \
  X(unload_module, cuModuleUnload, (cu::Module module))                                            \
  X(function, cuModuleGetFunction, (cu::Function * function, cu::Module module, const char* name)) \
  X(launch, cuLaunchKernel,                                                                        \
    (cu::Function function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,   \
     unsigned block_y, unsigned block_z, unsigned shared_bytes, cu::Stream stream,                 \
     void** parameters, void** extra))
