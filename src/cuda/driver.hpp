// SPDX-License-Identifier: LGPL-2.1-or-later
// driver.hpp — the CUDA driver, found at run time: a machine without one runs the same program.
// From any thread.
#pragma once

#include <string>

#include "cuda/driver_api.hpp"

namespace webrtcserver {

class Driver final {
 public:
  // The machine's. The first call loads it, and what it finds stays: a driver does not come or go
  // while a process runs.
  // @throws Error that says what is missing
  static const Driver& get();

  // Why there is none, as a sentence; empty where there is one.
  static const std::string& missing();

  // Another library than "libcuda.so.1".
  // @throws Error where it cannot be loaded, lacks a function, or finds no device
  explicit Driver(const char* library);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  int devices() const { return device_count_; }

  // "CUDA_ERROR_OUT_OF_MEMORY (out of memory)"
  std::string words_of(cu::Result result) const;

  // @throws Error "<what>: <words>." unless `result` is a success
  void check(cu::Result result, const std::string& what) const;

#define WEBRTCSERVER_CUDA_MEMBER(member, symbol, parameters) \
  cu::Result(*member) parameters = nullptr;
  WEBRTCSERVER_CUDA_FUNCTIONS(WEBRTCSERVER_CUDA_MEMBER)
#undef WEBRTCSERVER_CUDA_MEMBER

 private:
  void find_functions(const char* library);

  void* library_ = nullptr;
  int device_count_ = 0;
};

}  // namespace webrtcserver
