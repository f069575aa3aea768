// SPDX-License-Identifier: LGPL-2.1-or-later
// device_memory.hpp — memory on the first CUDA device, for programs that see the library's public
// headers alone.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace bench {

class DeviceMemory final {
 public:
  // Why there is none; empty where there is a device.
  static const std::string& missing();

  // Throws std::exception without a device or memory.
  explicit DeviceMemory(std::size_t bytes);
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  void* data() const;
  // All that is queued on the default stream has been done.
  void finish() const;

 private:
  struct Block;

  std::unique_ptr<Block> block_;
};

}  // namespace bench
