// SPDX-License-Identifier: LGPL-2.1-or-later
// The driver's functions about itself, devices, contexts, and those of the test.
#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string_view>

#include "doubles/libcuda/api.hpp"
#include "doubles/libcuda/control.hpp"
#include "doubles/libcuda/machine.hpp"

using libcuda_double::Machine;

namespace {

thread_local std::vector<cu::Context> stack;

constexpr int kMostDevices = 8;

struct Primaries {
  std::mutex mutex;
  std::array<CUctx_st, kMostDevices> contexts;  // guarded by mutex
};

Primaries& primaries() {
  static auto& instance = *new Primaries;
  return instance;
}

struct Words {
  const char* name;
  const char* text;
};

const Words* words_of(cu::Result result) {
  static const std::map<cu::Result, Words> kWords = {
      {cu::kSuccess, {"CUDA_SUCCESS", "no error"}},
      {cu::kInvalidValue, {"CUDA_ERROR_INVALID_VALUE", "invalid argument"}},
      {cu::kOutOfMemory, {"CUDA_ERROR_OUT_OF_MEMORY", "out of memory"}},
      {cu::kDeinitialized, {"CUDA_ERROR_DEINITIALIZED", "driver shutting down"}},
      {cu::kNoDevice, {"CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"}},
      {cu::kInvalidDevice, {"CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"}},
      {cu::kInvalidContext, {"CUDA_ERROR_INVALID_CONTEXT", "invalid device context"}},
      {cu::kInvalidPtx, {"CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"}},
      {cu::kInvalidHandle, {"CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"}},
      {cu::kNotFound, {"CUDA_ERROR_NOT_FOUND", "named symbol not found"}},
      {cu::kNotReady, {"CUDA_ERROR_NOT_READY", "device not ready"}},
      {cu::kIllegalAddress,
       {"CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"}},
      {cu::kMisalignedAddress, {"CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"}},
      {cu::kLaunchFailed, {"CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"}},
      {cu::kUnknown, {"CUDA_ERROR_UNKNOWN", "unknown error"}}};
  const auto found = kWords.find(result);
  return found == kWords.end() ? nullptr : &found->second;
}

}  // namespace

cu::Context libcuda_double::current_context() {
  return stack.empty() ? nullptr : stack.back();
}

cu::Result cuInit(unsigned /*flags*/) {
  LIBCUDA_DOUBLE_ENTER(cuInit);
  return Machine::get().device_count() == 0 ? cu::kNoDevice : cu::kSuccess;
}

cu::Result cuDriverGetVersion(int* version) {
  LIBCUDA_DOUBLE_ENTER(cuDriverGetVersion);
  *version = 12020;
  return cu::kSuccess;
}

cu::Result cuGetErrorName(cu::Result result, const char** name) {
  const Words* words = words_of(result);
  *name = words ? words->name : nullptr;
  return words ? cu::kSuccess : cu::kInvalidValue;
}

cu::Result cuGetErrorString(cu::Result result, const char** text) {
  const Words* words = words_of(result);
  *text = words ? words->text : nullptr;
  return words ? cu::kSuccess : cu::kInvalidValue;
}

cu::Result cuDeviceGetCount(int* count) {
  LIBCUDA_DOUBLE_ENTER(cuDeviceGetCount);
  *count = Machine::get().device_count();
  return cu::kSuccess;
}

cu::Result cuDeviceGet(cu::Device* device, int ordinal) {
  LIBCUDA_DOUBLE_ENTER(cuDeviceGet);
  if (ordinal < 0 || ordinal >= Machine::get().device_count()) return cu::kInvalidDevice;
  *device = ordinal;
  return cu::kSuccess;
}

cu::Result cuDeviceGetName(char* name, int length, cu::Device /*device*/) {
  LIBCUDA_DOUBLE_ENTER(cuDeviceGetName);
  if (length <= 0) return cu::kInvalidValue;
  std::strncpy(name, "A double of a GPU", static_cast<std::size_t>(length) - 1);
  name[length - 1] = '\0';
  return cu::kSuccess;
}

cu::Result cuDeviceGetAttribute(int* value, cu::DeviceAttribute attribute, cu::Device /*device*/) {
  LIBCUDA_DOUBLE_ENTER(cuDeviceGetAttribute);
  switch (static_cast<int>(attribute)) {
    case cu::kMultiprocessorCount:
      *value = 1;
      break;
    case cu::kMemoryClockRate:
      *value = 1000000;
      break;
    case cu::kGlobalMemoryBusWidth:
      *value = 64;
      break;
    case cu::kComputeCapabilityMajor:
      *value = 8;
      break;
    case cu::kComputeCapabilityMinor:
      *value = 7;
      break;
    default:
      *value = 512;  // alignments, of which GStreamer asks
  }
  return cu::kSuccess;
}

cu::Result cuDevicePrimaryCtxRetain(cu::Context* context, cu::Device device) {
  LIBCUDA_DOUBLE_ENTER(cuDevicePrimaryCtxRetain);
  if (device < 0 || device >= std::min(kMostDevices, Machine::get().device_count()))
    return cu::kInvalidDevice;
  const std::scoped_lock lock(primaries().mutex);
  CUctx_st& primary = primaries().contexts[static_cast<std::size_t>(device)];
  primary.device = device;
  if (primary.holders++ == 0) primary.default_stream = std::make_unique<libcuda_double::Queue>();
  *context = &primary;
  return cu::kSuccess;
}

cu::Result cuDevicePrimaryCtxRelease_v2(cu::Device device) {
  if (device < 0 || device >= kMostDevices) return cu::kInvalidDevice;
  std::unique_ptr<libcuda_double::Queue> ended;
  const std::scoped_lock lock(primaries().mutex);
  CUctx_st& primary = primaries().contexts[static_cast<std::size_t>(device)];
  if (primary.holders == 0) return cu::kInvalidContext;
  if (--primary.holders == 0) ended = std::move(primary.default_stream);
  return cu::kSuccess;
}

cu::Result cuCtxPushCurrent_v2(cu::Context context) {
  LIBCUDA_DOUBLE_ENTER(cuCtxPushCurrent_v2);
  if (!context) return cu::kInvalidContext;
  stack.push_back(context);
  return cu::kSuccess;
}

cu::Result cuCtxPopCurrent_v2(cu::Context* context) {
  if (stack.empty()) return cu::kInvalidContext;
  if (context) *context = stack.back();
  stack.pop_back();
  return cu::kSuccess;
}

// What GStreamer makes for itself.
extern "C" __attribute__((visibility("default"))) cu::Result cuCtxCreate_v2(cu::Context* context,
                                                                            unsigned /*flags*/,
                                                                            cu::Device device) {
  LIBCUDA_DOUBLE_ENTER(cuCtxCreate_v2);
  if (device < 0 || device >= Machine::get().device_count()) return cu::kInvalidDevice;
  auto made = std::make_unique<CUctx_st>();
  made->device = device;
  made->default_stream = std::make_unique<libcuda_double::Queue>();
  *context = made.release();
  stack.push_back(*context);
  return cu::kSuccess;
}

extern "C" __attribute__((visibility("default"))) cu::Result cuCtxDestroy_v2(cu::Context context) {
  if (!stack.empty() && stack.back() == context) stack.pop_back();
  const std::unique_ptr<CUctx_st> ended(context);
  return cu::kSuccess;
}

extern "C" __attribute__((visibility("default"))) const libcuda_double::Control*
libcuda_double_control() {
  static const libcuda_double::Control kControl = {
      [] { Machine::get().reset(); },
      [](int count) { Machine::get().set_device_count(count); },
      [](const char* symbol, int result, int calls) { Machine::get().fail(symbol, result, calls); },
      [](bool is_held) { Machine::get().hold(is_held); },
      [](CUstream_st* stream, bool is_held) { stream->queue.hold(is_held); },
      [] { return Machine::get().take_violations(); },
      [] { return Machine::get().allocations(); },
      [] { Machine::get().forget(); },
      [](const char* name) {
        const std::string_view wanted(name);
        if (wanted == "cuCtxCreate_v2") return reinterpret_cast<void*>(&cuCtxCreate_v2);
        if (wanted == "cuCtxDestroy_v2") return reinterpret_cast<void*>(&cuCtxDestroy_v2);
        return static_cast<void*>(nullptr);
      },
      [] { return Machine::get().crossings(); },
  };
  return &kControl;
}
