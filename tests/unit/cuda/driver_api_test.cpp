// SPDX-License-Identifier: LGPL-2.1-or-later
// What we wrote down of the CUDA driver's interface, next to the headers that FFmpeg uses for it
// (Debian: libffmpeg-nvenc-dev; Ubuntu has them as libffmpeg-nvenc-dev too). Another reading than
// ours: a size or a number that differs does not compile.
#include "cuda/driver_api.hpp"

#include <gtest/gtest.h>

#include <cstddef>

#if __has_include(<ffnvcodec/dynlink_cuda.h>)
#include <ffnvcodec/dynlink_cuda.h>

namespace webrtcserver {
namespace {

// Enumerations and pointers go by their size: that is all that a call sees of them.
template <typename Ours, typename Theirs>
struct SameCall {
  static constexpr bool kValue = false;
};
template <typename... Ours, typename... Theirs>
struct SameCall<cu::Result(Ours...), CUresult(Theirs...)> {
  static constexpr bool is_same() {
    if constexpr (sizeof...(Ours) == sizeof...(Theirs)) {
      // NOLINTNEXTLINE(bugprone-sizeof-expression): of pointers, as they are passed.
      return ((sizeof(Ours) == sizeof(Theirs)) && ...);
    } else {
      return false;
    }
  }
  static constexpr bool kValue = is_same();
};

#define WEBRTCSERVER_OUR_CALL(member, symbol, parameters) \
  using Our_##symbol = cu::Result parameters;
WEBRTCSERVER_CUDA_FUNCTIONS(WEBRTCSERVER_OUR_CALL)

#define EXPECT_SAME_CALL(symbol) static_assert(SameCall<Our_##symbol, t##symbol>::kValue, #symbol)
EXPECT_SAME_CALL(cuInit);
EXPECT_SAME_CALL(cuGetErrorName);
EXPECT_SAME_CALL(cuGetErrorString);
EXPECT_SAME_CALL(cuDeviceGetCount);
EXPECT_SAME_CALL(cuDeviceGet);
EXPECT_SAME_CALL(cuDeviceGetName);
EXPECT_SAME_CALL(cuDeviceGetAttribute);
EXPECT_SAME_CALL(cuDevicePrimaryCtxRetain);
EXPECT_SAME_CALL(cuCtxPushCurrent_v2);
EXPECT_SAME_CALL(cuCtxPopCurrent_v2);
EXPECT_SAME_CALL(cuMemAlloc_v2);
EXPECT_SAME_CALL(cuMemFree_v2);
EXPECT_SAME_CALL(cuMemcpy2DAsync_v2);
EXPECT_SAME_CALL(cuMemcpyHtoD_v2);
EXPECT_SAME_CALL(cuMemcpyDtoH_v2);
EXPECT_SAME_CALL(cuMemcpyDtoDAsync_v2);
EXPECT_SAME_CALL(cuStreamCreate);
EXPECT_SAME_CALL(cuStreamDestroy_v2);
EXPECT_SAME_CALL(cuStreamSynchronize);
EXPECT_SAME_CALL(cuEventCreate);
EXPECT_SAME_CALL(cuEventDestroy_v2);
EXPECT_SAME_CALL(cuEventRecord);
EXPECT_SAME_CALL(cuEventQuery);
EXPECT_SAME_CALL(cuEventSynchronize);
EXPECT_SAME_CALL(cuModuleUnload);
EXPECT_SAME_CALL(cuModuleGetFunction);
EXPECT_SAME_CALL(cuLaunchKernel);

static_assert(sizeof(cu::Copy2D) == sizeof(CUDA_MEMCPY2D));
static_assert(offsetof(cu::Copy2D, source_type) == offsetof(CUDA_MEMCPY2D, srcMemoryType));
static_assert(offsetof(cu::Copy2D, source_host) == offsetof(CUDA_MEMCPY2D, srcHost));
static_assert(offsetof(cu::Copy2D, source_device) == offsetof(CUDA_MEMCPY2D, srcDevice));
static_assert(offsetof(cu::Copy2D, source_pitch) == offsetof(CUDA_MEMCPY2D, srcPitch));
static_assert(offsetof(cu::Copy2D, destination_x) == offsetof(CUDA_MEMCPY2D, dstXInBytes));
static_assert(offsetof(cu::Copy2D, destination_type) == offsetof(CUDA_MEMCPY2D, dstMemoryType));
static_assert(offsetof(cu::Copy2D, destination_host) == offsetof(CUDA_MEMCPY2D, dstHost));
static_assert(offsetof(cu::Copy2D, destination_device) == offsetof(CUDA_MEMCPY2D, dstDevice));
static_assert(offsetof(cu::Copy2D, destination_pitch) == offsetof(CUDA_MEMCPY2D, dstPitch));
static_assert(offsetof(cu::Copy2D, width) == offsetof(CUDA_MEMCPY2D, WidthInBytes));
static_assert(offsetof(cu::Copy2D, height) == offsetof(CUDA_MEMCPY2D, Height));

TEST(DriverApi, HasTheNumbersOfTheDrivers) {
  EXPECT_EQ(cu::kSuccess, static_cast<int>(CUDA_SUCCESS));
  EXPECT_EQ(cu::kNotReady, static_cast<int>(CUDA_ERROR_NOT_READY));
  EXPECT_EQ(cu::kUnknown, static_cast<int>(CUDA_ERROR_UNKNOWN));
  EXPECT_EQ(cu::kMemoryHost, static_cast<unsigned>(CU_MEMORYTYPE_HOST));
  EXPECT_EQ(cu::kMemoryDevice, static_cast<unsigned>(CU_MEMORYTYPE_DEVICE));
  EXPECT_EQ(cu::kMultiprocessorCount, static_cast<int>(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT));
  EXPECT_EQ(cu::kMemoryClockRate, static_cast<int>(CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE));
  EXPECT_EQ(cu::kGlobalMemoryBusWidth,
            static_cast<int>(CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH));
  EXPECT_EQ(cu::kComputeCapabilityMajor,
            static_cast<int>(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR));
  EXPECT_EQ(cu::kJitErrorLogBuffer, static_cast<int>(CU_JIT_ERROR_LOG_BUFFER));
  EXPECT_EQ(cu::kJitErrorLogBufferSize, static_cast<int>(CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES));
  EXPECT_EQ(cu::kStreamNonBlocking, static_cast<unsigned>(CU_STREAM_NON_BLOCKING));
  EXPECT_EQ(cu::kEventBlockingSync, static_cast<unsigned>(CU_EVENT_BLOCKING_SYNC));
  EXPECT_EQ(cu::kEventDisableTiming, static_cast<unsigned>(CU_EVENT_DISABLE_TIMING));
}

}  // namespace
}  // namespace webrtcserver
#else
TEST(DriverApi, HasTheNumbersOfTheDrivers) {
  GTEST_SKIP() << "The headers to compare with are not installed (libffmpeg-nvenc-dev).";
}
#endif
