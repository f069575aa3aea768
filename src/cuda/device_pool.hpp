// SPDX-License-Identifier: LGPL-2.1-or-later
// device_pool.hpp — pictures in the memory of a CUDA device, or in page-locked memory of the host
// that it reaches, which are used again and again: to allocate stops the device.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "cuda/device.hpp"
#include "cuda/pixels.hpp"

namespace webrtcserver {

// A point in a stream's work. From any thread.
class CudaEvent final {
 public:
  explicit CudaEvent(std::shared_ptr<CudaDevice> device);
  ~CudaEvent();
  CudaEvent(const CudaEvent&) = delete;
  CudaEvent& operator=(const CudaEvent&) = delete;

  // Is behind what has been queued on the stream until now. @throws Error
  void record(cu::Stream stream);
  // What is queued on the stream from now on begins when the event is reached. @throws Error
  void hold_back(cu::Stream stream);
  // @throws Error where the device is lost
  bool is_reached();
  // Blocks this thread, without spinning. @throws Error where the device is lost
  void wait();

 private:
  std::shared_ptr<CudaDevice> device_;
  cu::Event event_ = nullptr;
};

// A picture of a DevicePool's. `done` is recorded by those who queue work on it.
struct DevicePicture {
  explicit DevicePicture(const std::shared_ptr<CudaDevice>& device) : done(device) {}

  Pixels pixels;
  CudaEvent done;
};

// From any thread.
class DevicePool final : public std::enable_shared_from_this<DevicePool> {
 public:
  enum class Place { kDevice, kHost };

  struct Shape {
    Place place;
    PixelLayout layout;
    int width;
    int height;
    bool operator==(const Shape&) const = default;
  };

  static std::shared_ptr<DevicePool> create(std::shared_ptr<CudaDevice> device, const Shape& shape,
                                            int most);
  ~DevicePool();

  // A picture for work on `stream`, which waits there until the GPU is done with what was queued on
  // the picture before. It returns to the pool when the last reference goes, on any thread, without
  // a word to the driver. Null when `most` are out. @throws Error without memory
  std::shared_ptr<DevicePicture> take(cu::Stream stream);

  // A picture for this thread to write: one that the GPU is done with. A new one is made before it
  // is waited for; null when `most` are out or in use. @throws Error without memory
  std::shared_ptr<DevicePicture> take_idle();

  const Shape& shape() const { return shape_; }
  CudaDevice& device() const { return *device_; }

 private:
  DevicePool(std::shared_ptr<CudaDevice> device, const Shape& shape, int most);

  std::unique_ptr<DevicePicture> take_free();
  std::unique_ptr<DevicePicture> make_one();  // null when there are `most`
  std::unique_ptr<DevicePicture> allocate();
  void free(std::unique_ptr<DevicePicture> picture) noexcept;
  void put_back(std::unique_ptr<DevicePicture> picture) noexcept;
  std::shared_ptr<DevicePicture> lend(std::unique_ptr<DevicePicture> picture);

  const std::shared_ptr<CudaDevice> device_;
  const Shape shape_;
  const int most_;
  std::mutex mutex_;
  int made_ = 0;                                     // guarded by mutex_
  std::deque<std::unique_ptr<DevicePicture>> free_;  // guarded by mutex_: back for longest, first
};

}  // namespace webrtcserver
