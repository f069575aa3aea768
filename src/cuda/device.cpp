// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/device.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "cuda/kernel_image.hpp"

namespace webrtcserver {

namespace {

// After these the driver answers nothing else in this process (CUDA driver API, CUresult): ECC
// error, the device gone, the driver shutting down, and what a kernel crashes with.
bool is_fatal(cu::Result result) {
  constexpr std::array kFatal = {cu::kDeinitialized,
                                 46,
                                 214,
                                 220,
                                 226,
                                 702,
                                 709,
                                 710,
                                 cu::kIllegalAddress,
                                 714,
                                 715,
                                 cu::kMisalignedAddress,
                                 717,
                                 718,
                                 cu::kLaunchFailed};
  return std::find(kFatal.begin(), kFatal.end(), result) != kFatal.end();
}

struct Devices {
  std::mutex mutex;
  std::map<int, std::weak_ptr<CudaDevice>> by_ordinal;  // guarded by mutex
};

Devices& devices() {
  static auto& instance = *new Devices;
  return instance;
}

}  // namespace

std::shared_ptr<CudaDevice> CudaDevice::get(int ordinal) {
  {
    const std::scoped_lock lock(devices().mutex);
    if (auto device = devices().by_ordinal[ordinal].lock()) return device;
  }
  // Two threads may both come here; the second's object is dropped again.
  auto made = std::make_shared<CudaDevice>(Driver::get(), ordinal);
  const std::scoped_lock lock(devices().mutex);
  auto& known = devices().by_ordinal[ordinal];
  if (auto device = known.lock()) return device;
  known = made;
  return made;
}

CudaDevice::CudaDevice(const Driver& driver, int ordinal) : driver_(driver), ordinal_(ordinal) {
  const std::string device = "The CUDA device " + std::to_string(ordinal);
  driver_.check(driver_.device(&handle_, ordinal), device + " is not there");
  std::array<char, 256> name = {};
  driver_.check(driver_.device_name(name.data(), static_cast<int>(name.size()), handle_),
                device + " does not tell its name");
  name_ = name.data();
  driver_.check(driver_.retain_primary(&context_, handle_), device + " cannot be used");
}

CudaDevice::~CudaDevice() {
  if (!is_lost() && driver_.push(context_) == cu::kSuccess) {
    for (const auto& [pair, kernel] : kernels_) driver_.unload_module(kernel.module);
    driver_.pop(nullptr);
  }
  driver_.release_primary(handle_);
}

CudaDevice::Current::Current(CudaDevice& device) : driver_(device.driver_) {
  device.require_alive();
  device.check(driver_.push(device.context_), "The CUDA device's context cannot be used");
}

CudaDevice::Current::~Current() {
  cu::Context context = nullptr;
  driver_.pop(&context);
}

void CudaDevice::check(cu::Result result, const char* what) {
  if (result == cu::kSuccess) return;
  if (is_fatal(result)) lost_ = result;
  driver_.check(result, what);
}

void CudaDevice::require_alive() const {
  const cu::Result lost = lost_;
  if (lost == cu::kSuccess) return;
  throw Error(ErrorCode::kFailed, "The CUDA device " + std::to_string(ordinal_) + " (" + name_ +
                                      ") is lost to this process since " + driver_.words_of(lost) +
                                      ".");
}

cu::Function CudaDevice::kernel(PixelLayout source, PixelLayout destination) {
  const Pair pair(source, destination);
  {
    const std::scoped_lock lock(mutex_);
    const auto found = kernels_.find(pair);
    if (found != kernels_.end()) return found->second.function;
  }
  const std::string name = kernel_name(source, destination);
  if (name.empty()) {
    throw Error(ErrorCode::kFailed, std::string("There is no conversion of ") + name_of(source) +
                                        " to " + name_of(destination) + ".");
  }
  const Kernel made = compile(name);
  std::unique_lock lock(mutex_);
  const auto [place, is_new] = kernels_.emplace(pair, made);
  const cu::Function function = place->second.function;
  lock.unlock();
  if (!is_new) driver_.unload_module(made.module);
  return function;
}

CudaDevice::Kernel CudaDevice::compile(const std::string& name) {
  const std::string image = kernel_image(name);
  std::array<char, 1024> log = {};
  std::array options = {cu::kJitErrorLogBuffer, cu::kJitErrorLogBufferSize};
  std::array<void*, 2> values = {log.data(), reinterpret_cast<void*>(log.size() - 1)};
  const Current current(*this);
  Kernel kernel = {};
  const cu::Result result = driver_.load_module(&kernel.module, image.c_str(), options.size(),
                                                options.data(), values.data());
  if (result != cu::kSuccess) {
    const std::string said = log[0] ? std::string(" (") + log.data() + ")" : std::string();
    check(result, ("The CUDA driver does not take the kernel " + name + said).c_str());
  }
  const cu::Result found = driver_.function(&kernel.function, kernel.module, name.c_str());
  if (found != cu::kSuccess) driver_.unload_module(kernel.module);
  check(found, "The CUDA driver does not find the kernel that it took");
  return kernel;
}

bool is_cuda_address(const void* address) {
  if (!address || !Driver::missing().empty()) return false;
  unsigned type = 0;
  return Driver::get().pointer_attribute(&type, cu::kPointerMemoryType,
                                         reinterpret_cast<cu::Address>(address)) == cu::kSuccess;
}

CudaPlace cuda_place_of(const void* address, const std::string& what) {
  const Driver& driver = Driver::get();
  const auto number = reinterpret_cast<cu::Address>(address);
  CudaPlace place;
  cu::Context context = nullptr;
  const cu::Result known =
      driver.pointer_attribute(&place.device, cu::kPointerDeviceOrdinal, number);
  if (known == cu::kInvalidValue)
    throw Error(ErrorCode::kFailed, what + " is in no memory of a CUDA device.");
  driver.check(known, what + " cannot be looked up");
  driver.check(driver.pointer_attribute(&place.address, cu::kPointerDevicePointer, number),
               what + " cannot be reached by its CUDA device");
  // Memory of a pool (cudaMallocAsync) is of no context.
  if (driver.pointer_attribute(&context, cu::kPointerContext, number) == cu::kSuccess && context &&
      context != CudaDevice::get(place.device)->context()) {
    throw Error(ErrorCode::kFailed,
                what +
                    " was allocated in a CUDA context of its own. Only the primary one, which the "
                    "CUDA runtime uses, can be used here: cuDevicePrimaryCtxRetain().");
  }
  return place;
}

}  // namespace webrtcserver
