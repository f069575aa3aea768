// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/gpu_reader.hpp"

#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "cuda/gpu_conversion.hpp"
#include "cuda/gst_cuda.hpp"

namespace webrtcserver {

namespace {

PixelLayout layout_of(const GstVideoInfo& info) {
  switch (GST_VIDEO_INFO_FORMAT(&info)) {
    case GST_VIDEO_FORMAT_NV12:
      return PixelLayout::kNv12;
    case GST_VIDEO_FORMAT_I420:
      return PixelLayout::kI420;
    default:
      throw Error(ErrorCode::kFailed,
                  std::string("Frames in ") + GST_VIDEO_INFO_NAME(&info) +
                      " are not converted on a CUDA device: NV12 and I420 are.");
  }
}

// A frame mapped for the device.
class Mapping final {
 public:
  Mapping(GstBuffer* buffer, const GstVideoInfo& info) {
    if (!gst_video_frame_map(&frame_, &info, buffer,
                             static_cast<GstMapFlags>(GST_MAP_READ | kMapCuda)))
      throw Error(ErrorCode::kFailed, "A frame cannot be mapped to be read.");
  }
  ~Mapping() { gst_video_frame_unmap(&frame_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  Pixels pixels(PixelLayout layout) const {
    Pixels pixels = {
        layout, GST_VIDEO_FRAME_WIDTH(&frame_), GST_VIDEO_FRAME_HEIGHT(&frame_), {}, {}};
    for (int plane = 0; plane < plane_count(layout); ++plane) {
      const auto index = static_cast<std::size_t>(plane);
      pixels.planes[index] = GST_VIDEO_FRAME_PLANE_DATA(&frame_, plane);
      pixels.strides[index] = GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, plane);
    }
    return pixels;
  }

 private:
  GstVideoFrame frame_ = {};
};

}  // namespace

GpuReader::~GpuReader() {
  finish();
}

void GpuReader::finish() {
  std::vector<InUse> uses;
  {
    const std::scoped_lock lock(mutex_);
    uses.swap(in_use_);
  }
  for (auto& use : uses) guard("GpuReader", [&use] { use.done->wait(); });
}

bool GpuReader::is_for(GstBuffer* buffer) {
  // Without the library there is no such memory; it is not loaded to find that out.
  if (gst_buffer_n_memory(buffer) == 0 ||
      !gst_memory_is_type(gst_buffer_peek_memory(buffer, 0), "gst.cuda.memory"))
    return false;
  return GstCuda::missing().empty() &&
         GstCuda::get().is_cuda_memory(gst_buffer_peek_memory(buffer, 0));
}

void GpuReader::read(GstBuffer* buffer, const GstVideoInfo& info, const Pixels& destination,
                     const Conversion& conversion, void* stream) {
  const auto device = CudaDevice::get(cuda_device_of(destination, "The picture"));
  auto* const handle = static_cast<cu::Stream>(stream);
  let_go();
  GstCuda::get().synchronise(gst_buffer_peek_memory(buffer, 0));
  const Mapping mapping(buffer, info);
  const Pixels source = mapping.pixels(layout_of(info));
  if (cuda_device_of(source, "The frame") != device->ordinal()) {
    throw Error(ErrorCode::kFailed,
                "The frame is on another CUDA device than the picture that it is wanted in.");
  }
  auto done = std::make_unique<CudaEvent>(device);
  convert_on_gpu(*device, source, destination, conversion, handle);
  done->record(handle);
  const std::scoped_lock lock(mutex_);
  in_use_.push_back({std::move(done), Ref<GstBuffer>::retain(buffer)});
}

// What the device has read. Looked at outside of the lock, since the driver is asked.
bool GpuReader::let_go() {
  std::vector<InUse> uses;
  {
    const std::scoped_lock lock(mutex_);
    uses.swap(in_use_);
  }
  std::vector<InUse> waiting;
  for (auto& use : uses) {
    if (!use.done->is_reached()) waiting.push_back(std::move(use));
  }
  const std::scoped_lock lock(mutex_);
  for (auto& use : waiting) in_use_.push_back(std::move(use));
  return !in_use_.empty();
}

}  // namespace webrtcserver
