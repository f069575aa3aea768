// SPDX-License-Identifier: LGPL-2.1-or-later
#include "device_memory.hpp"

#include "cuda/device.hpp"

namespace bench {

using webrtcserver::CudaDevice;
using webrtcserver::Driver;

struct DeviceMemory::Block {
  std::shared_ptr<CudaDevice> device = CudaDevice::get(0);
  webrtcserver::cu::Address address = 0;
};

const std::string& DeviceMemory::missing() {
  return Driver::missing();
}

DeviceMemory::DeviceMemory(std::size_t bytes) : block_(std::make_unique<Block>()) {
  CudaDevice& device = *block_->device;
  const CudaDevice::Current current(device);
  device.check(device.driver().allocate(&block_->address, bytes), "No memory to measure with");
}

DeviceMemory::~DeviceMemory() {
  const CudaDevice::Current current(*block_->device);
  block_->device->driver().free(block_->address);
}

void* DeviceMemory::data() const {
  return reinterpret_cast<void*>(block_->address);
}

void DeviceMemory::finish() const {
  CudaDevice& device = *block_->device;
  const CudaDevice::Current current(device);
  device.check(device.driver().synchronise_stream(nullptr), "The stream did not end");
}

}  // namespace bench
