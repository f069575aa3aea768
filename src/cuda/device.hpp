// SPDX-License-Identifier: LGPL-2.1-or-later
// device.hpp — a GPU of the CUDA driver: its context, its kernels, and whether it is still there.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "cuda/driver.hpp"
#include "cuda/pixels.hpp"

namespace webrtcserver {

// From any thread. The context is the device's primary one, which the CUDA runtime, PyTorch and
// others in this process share: their pointers, streams and events are good here.
class CudaDevice final {
 public:
  // The same object for as long as somebody has it.
  // @throws Error without a driver or such a device
  static std::shared_ptr<CudaDevice> get(int ordinal);

  CudaDevice(const Driver& driver, int ordinal);
  ~CudaDevice();
  CudaDevice(const CudaDevice&) = delete;
  CudaDevice& operator=(const CudaDevice&) = delete;

  // The driver's functions mean the context that is current on their thread. This makes ours so for
  // a scope, and leaves the thread as it was.
  class Current final {
   public:
    explicit Current(CudaDevice& device);
    ~Current();
    Current(const Current&) = delete;
    Current& operator=(const Current&) = delete;

   private:
    const Driver& driver_;
  };

  // @throws Error unless `result` is a success. An error that the device does not survive is kept,
  //   and thrown by every later call.
  void check(cu::Result result, const char* what);
  void require_alive() const;
  bool is_lost() const { return lost_.load() != cu::kSuccess; }

  // The kernel that converts so, compiled for this device at its first use, which takes a moment.
  // @throws Error where there is none, or the driver does not take it
  cu::Function kernel(PixelLayout source, PixelLayout destination);

  const Driver& driver() const { return driver_; }
  int ordinal() const { return ordinal_; }
  cu::Device handle() const { return handle_; }
  cu::Context context() const { return context_; }
  const std::string& name() const { return name_; }

 private:
  using Pair = std::pair<PixelLayout, PixelLayout>;
  struct Kernel {
    cu::Module module;
    cu::Function function;
  };

  Kernel compile(const std::string& name);

  const Driver& driver_;
  const int ordinal_;
  cu::Device handle_ = 0;
  cu::Context context_ = nullptr;
  std::string name_;
  std::atomic<cu::Result> lost_ = cu::kSuccess;
  std::mutex mutex_;
  std::map<Pair, Kernel> kernels_;  // guarded by mutex_
};

// Where a picture is that somebody gave us the address of.
struct CudaPlace {
  int device = 0;
  cu::Address address = 0;  // for kernels; of page-locked memory of the host it may be another one
};

// Whether the CUDA driver knows the address: without a driver it cannot.
bool is_cuda_address(const void* address);

// @throws Error in words where no kernel could use the address; `what` is "The source's plane 0"
CudaPlace cuda_place_of(const void* address, const std::string& what);

}  // namespace webrtcserver
