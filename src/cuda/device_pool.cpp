// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/device_pool.hpp"

#include <utility>

#include "base/guard.hpp"

namespace webrtcserver {

CudaEvent::CudaEvent(std::shared_ptr<CudaDevice> device) : device_(std::move(device)) {
  const CudaDevice::Current current(*device_);
  device_->check(
      device_->driver().create_event(&event_, cu::kEventBlockingSync | cu::kEventDisableTiming),
      "The CUDA device has no event for us");
}

CudaEvent::~CudaEvent() {
  // Of a device that is lost it is gone already.
  guard("CudaEvent", [this] {
    if (device_->is_lost()) return;
    const CudaDevice::Current current(*device_);
    device_->driver().destroy_event(event_);
  });
}

void CudaEvent::record(cu::Stream stream) {
  const CudaDevice::Current current(*device_);
  device_->check(device_->driver().record_event(event_, stream),
                 "The CUDA stream takes no event of ours");
}

void CudaEvent::hold_back(cu::Stream stream) {
  const CudaDevice::Current current(*device_);
  device_->check(device_->driver().wait_event(stream, event_, 0),
                 "The CUDA stream cannot be made to wait");
}

bool CudaEvent::is_reached() {
  const CudaDevice::Current current(*device_);
  const cu::Result result = device_->driver().query_event(event_);
  if (result == cu::kNotReady) return false;
  device_->check(result, "What was queued on the CUDA device has failed");
  return true;
}

void CudaEvent::wait() {
  const CudaDevice::Current current(*device_);
  device_->check(device_->driver().synchronise_event(event_),
                 "What was queued on the CUDA device has failed");
}

std::shared_ptr<DevicePool> DevicePool::create(std::shared_ptr<CudaDevice> device,
                                               const Shape& shape, int most) {
  return std::shared_ptr<DevicePool>(new DevicePool(std::move(device), shape, most));
}

DevicePool::DevicePool(std::shared_ptr<CudaDevice> device, const Shape& shape, int most)
    : device_(std::move(device)), shape_(shape), most_(most) {}

DevicePool::~DevicePool() {
  for (auto& picture : free_) free(std::move(picture));
}

std::shared_ptr<DevicePicture> DevicePool::take(cu::Stream stream) {
  if (auto picture = take_free()) {
    auto lent = lend(std::move(picture));
    lent->done.hold_back(stream);
    return lent;
  }
  auto made = make_one();
  return made ? lend(std::move(made)) : nullptr;
}

std::shared_ptr<DevicePicture> DevicePool::take_idle() {
  auto oldest = take_free();
  if (oldest) {
    auto lent = lend(std::move(oldest));
    if (lent->done.is_reached()) return lent;
  }
  auto made = make_one();
  return made ? lend(std::move(made)) : nullptr;
}

std::unique_ptr<DevicePicture> DevicePool::take_free() {
  const std::scoped_lock lock(mutex_);
  if (free_.empty()) return nullptr;
  auto picture = std::move(free_.front());
  free_.pop_front();
  return picture;
}

std::unique_ptr<DevicePicture> DevicePool::make_one() {
  {
    const std::scoped_lock lock(mutex_);
    if (made_ == most_) return nullptr;
    ++made_;
  }
  try {
    return allocate();
  } catch (...) {
    const std::scoped_lock lock(mutex_);
    --made_;
    throw;
  }
}

std::unique_ptr<DevicePicture> DevicePool::allocate() {
  // Rows begin where every device's accesses are aligned and coalesce.
  constexpr int kAlignment = 256;
  const PixelBlock block = pixel_block(shape_.layout, shape_.width, shape_.height, kAlignment);
  auto picture = std::make_unique<DevicePicture>(device_);
  const CudaDevice::Current current(*device_);
  void* memory = nullptr;
  if (shape_.place == Place::kHost) {
    device_->check(device_->driver().allocate_host(&memory, block.size),
                   "There is no page-locked memory for a picture");
  } else {
    cu::Address address = 0;
    device_->check(device_->driver().allocate(&address, block.size),
                   "The CUDA device has no memory for a picture");
    memory = reinterpret_cast<void*>(address);
  }
  picture->pixels = pixels_in(memory, block, shape_.layout, shape_.width, shape_.height);
  return picture;
}

// What is freed under the GPU's hands costs the process its device.
void DevicePool::free(std::unique_ptr<DevicePicture> picture) noexcept {
  try {
    picture->done.wait();
    const CudaDevice::Current current(*device_);
    void* memory = picture->pixels.planes[0];
    if (shape_.place == Place::kHost) {
      device_->driver().free_host(memory);
    } else {
      device_->driver().free(reinterpret_cast<cu::Address>(memory));
    }
  } catch (const std::exception& error) {
    // The memory of a device that is lost is lost with it.
    GST_CAT_INFO(log::base(), "A picture on a CUDA device is not freed: %s", error.what());
  }
}

void DevicePool::put_back(std::unique_ptr<DevicePicture> picture) noexcept {
  const std::scoped_lock lock(mutex_);
  free_.push_back(std::move(picture));
}

std::shared_ptr<DevicePicture> DevicePool::lend(std::unique_ptr<DevicePicture> picture) {
  // The pool lives for as long as a picture of its is out.
  return {picture.release(), [pool = shared_from_this()](DevicePicture* returned) {
            pool->put_back(std::unique_ptr<DevicePicture>(returned));
          }};
}

}  // namespace webrtcserver
