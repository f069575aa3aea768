// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/driver.hpp"

#include <dlfcn.h>

#include <memory>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

struct Loaded {
  std::unique_ptr<Driver> driver;
  std::string missing;
};

const Loaded& loaded() {
  // Never destroyed: threads of the driver and of the application outlive main().
  static const auto& instance = *new Loaded([] {
    Loaded result;
    try {
      result.driver = std::make_unique<Driver>("libcuda.so.1");
    } catch (const Error& error) {
      result.missing = error.what();
    }
    return result;
  }());
  return instance;
}

}  // namespace

const Driver& Driver::get() {
  if (!loaded().driver) throw Error(ErrorCode::kFailed, loaded().missing);
  return *loaded().driver;
}

const std::string& Driver::missing() {
  return loaded().missing;
}

Driver::Driver(const char* library) : library_(dlopen(library, RTLD_NOW | RTLD_LOCAL)) {
  if (!library_) {
    const char* reason = dlerror();
    throw Error(ErrorCode::kFailed, std::string("There is no CUDA driver on this machine (") +
                                        (reason ? reason : library) +
                                        "). It comes with NVIDIA's driver package.");
  }
  try {
    find_functions(library);
    check(init(0), "The CUDA driver does not start");
    check(device_count(&device_count_), "The CUDA driver does not list its devices");
    if (device_count_ == 0)
      throw Error(ErrorCode::kFailed, "The CUDA driver is there, but no device for it.");
  } catch (...) {
    dlclose(library_);
    throw;
  }
}

Driver::~Driver() {
  dlclose(library_);
}

void Driver::find_functions(const char* library) {
#define WEBRTCSERVER_CUDA_FIND(member, symbol, parameters)                           \
  member = reinterpret_cast<decltype(member)>(dlsym(library_, #symbol));             \
  if (!member) {                                                                     \
    throw Error(ErrorCode::kFailed, std::string("The CUDA driver ") + library +      \
                                        " is too old: " + #symbol + " is missing."); \
  }
  WEBRTCSERVER_CUDA_FUNCTIONS(WEBRTCSERVER_CUDA_FIND)
#undef WEBRTCSERVER_CUDA_FIND
}

std::string Driver::words_of(cu::Result result) const {
  const char* name = nullptr;
  const char* text = nullptr;
  if (error_name(result, &name) != cu::kSuccess || !name) name = nullptr;
  if (error_string(result, &text) != cu::kSuccess || !text) text = nullptr;
  if (!name) return "CUDA error " + std::to_string(result);
  return text ? std::string(name) + " (" + text + ")" : name;
}

void Driver::check(cu::Result result, const std::string& what) const {
  if (result == cu::kSuccess) return;
  throw Error(ErrorCode::kFailed, what + ": " + words_of(result) + ".");
}

}  // namespace webrtcserver
