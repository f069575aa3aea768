// SPDX-License-Identifier: LGPL-2.1-or-later
// device_writer.hpp — frames of the CPU's in an application's memory on a CUDA device. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "cuda/device_pool.hpp"
#include "cuda/gpu_reader.hpp"
#include "video/application_pixels.hpp"

namespace webrtcserver {

class DeviceWriter {
 public:
  // That of the process: its pools serve all sources.
  static DeviceWriter& get();

  // Y'CbCr of the CPU's into `to`: copied into page-locked memory now, and the rest queued on the
  // stream of `to`. Throws Error, and has not written then.
  void write(const Pixels& frame, const ApplicationPixels& to, const Conversion& conversion);

  // For frames that are on a device already.
  GpuReader& reader() { return reader_; }

  // Gives back the memory that is kept for further frames.
  void clear();

 private:
  std::shared_ptr<DevicePool> pool_of(const std::shared_ptr<CudaDevice>& device,
                                      const DevicePool::Shape& shape);

  GpuReader reader_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<DevicePool>> pools_;  // guarded by mutex_: used last, first
};

}  // namespace webrtcserver
