// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/device_writer.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "cuda/gpu_conversion.hpp"
#include "video/mapped_picture.hpp"

namespace webrtcserver {

namespace {

// Of one shape. A device that is so far behind will not catch up.
constexpr int kMostPictures = 32;
// Two for each size and layout; those that were used longest ago go.
constexpr std::size_t kMostPools = 8;

void queue_upload(CudaDevice& device, const Pixels& from, const Pixels& to, cu::Stream stream) {
  const CudaDevice::Current current(device);
  for (int plane = 0; plane < plane_count(from.layout); ++plane) {
    const auto i = static_cast<std::size_t>(plane);
    cu::Copy2D copy{};
    copy.source_type = cu::kMemoryHost;
    copy.source_host = from.planes[i];
    copy.source_pitch = static_cast<std::size_t>(from.strides[i]);
    copy.destination_type = cu::kMemoryDevice;
    copy.destination_device = reinterpret_cast<cu::Address>(to.planes[i]);
    copy.destination_pitch = static_cast<std::size_t>(to.strides[i]);
    copy.width = static_cast<std::size_t>(row_bytes(from.layout, from.width, plane));
    copy.height = static_cast<std::size_t>(row_count(from.layout, from.height, plane));
    device.check(device.driver().copy_2d(&copy, stream),
                 "A copy cannot be queued on the CUDA stream");
  }
}

}  // namespace

DeviceWriter& DeviceWriter::get() {
  // Never destroyed: at the end of a process the driver may be gone already.
  static auto& writer = *new DeviceWriter;
  return writer;
}

std::shared_ptr<DevicePool> DeviceWriter::pool_of(const std::shared_ptr<CudaDevice>& device,
                                                  const DevicePool::Shape& shape) {
  std::shared_ptr<DevicePool> pool;
  std::shared_ptr<DevicePool> last;  // freed without the lock: that asks the driver
  {
    const std::scoped_lock lock(mutex_);
    const auto known = std::find_if(pools_.begin(), pools_.end(), [&](const auto& one) {
      return one->shape() == shape && &one->device() == device.get();
    });
    if (known != pools_.end()) {
      std::rotate(pools_.begin(), known, known + 1);
    } else {
      if (pools_.size() == kMostPools) {
        last = std::move(pools_.back());
        pools_.pop_back();
      }
      pools_.insert(pools_.begin(), DevicePool::create(device, shape, kMostPictures));
    }
    pool = pools_.front();
  }
  return pool;
}

void DeviceWriter::clear() {
  reader_.finish();
  std::vector<std::shared_ptr<DevicePool>> pools;  // goes behind the lock
  const std::scoped_lock lock(mutex_);
  std::swap(pools, pools_);
}

void DeviceWriter::write(const Pixels& frame, const ApplicationPixels& to,
                         const Conversion& conversion) {
  const auto device = CudaDevice::get(cuda_device_of(to.pixels, "The memory"));
  auto* const stream = static_cast<cu::Stream>(to.stream);
  DevicePool::Shape shape{DevicePool::Place::kHost, frame.layout, frame.width, frame.height};
  // What it held before is on the device: nothing here waits for a stream that is behind. One that
  // is so far behind that there is none is waited for: who reads a file queues frames faster than
  // any device takes them.
  const auto hosts = pool_of(device, shape);
  auto host = hosts->take_idle();
  if (!host) {
    host = hosts->take(stream);
    if (host) host->done.wait();
  }
  shape.place = DevicePool::Place::kDevice;
  const auto own = host ? pool_of(device, shape)->take(stream) : nullptr;
  if (!own) {
    throw Error(ErrorCode::kLimit, "The CUDA device " + device->name() + " is " +
                                       std::to_string(kMostPictures) +
                                       " pictures behind; wait for its stream.");
  }
  copy_rows(frame, host->pixels);
  queue_upload(*device, host->pixels, own->pixels, stream);
  host->done.record(stream);
  convert_on_gpu(*device, own->pixels, to.pixels, conversion, stream);
  own->done.record(stream);
}

}  // namespace webrtcserver
