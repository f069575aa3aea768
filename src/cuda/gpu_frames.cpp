// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/gpu_frames.hpp"

#include <array>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "cuda/gpu_conversion.hpp"
#include "cuda/gst_cuda.hpp"
#include "cuda/host_memory.hpp"

namespace webrtcserver {

namespace {

GQuark event_quark() {
  static const GQuark kQuark = g_quark_from_static_string("webrtcserver-cuda-event");
  return kQuark;
}

CudaEvent* event_of(GstMemory* memory) {
  return static_cast<CudaEvent*>(
      gst_mini_object_get_qdata(GST_MINI_OBJECT_CAST(memory), event_quark()));
}

// It stays with the memory, which comes back from the pool with it.
CudaEvent& event_for(GstMemory* memory, const std::shared_ptr<CudaDevice>& device) {
  if (CudaEvent* event = event_of(memory)) return *event;
  auto made = std::make_unique<CudaEvent>(device);
  CudaEvent& event = *made;
  // The memory is freed behind its event: a device does not survive what is freed under its hands.
  gst_mini_object_set_qdata(GST_MINI_OBJECT_CAST(memory), event_quark(), made.release(),
                            [](gpointer held) {
                              const std::unique_ptr<CudaEvent> ended(static_cast<CudaEvent*>(held));
                              guard("CudaEvent::wait", [&ended] { ended->wait(); });
                            });
  return event;
}

// Memory mapped for the device.
class DeviceMapping final {
 public:
  DeviceMapping(GstMemory* memory, GstMapFlags access) : memory_(memory) {
    if (!gst_memory_map(memory_, &map_, static_cast<GstMapFlags>(access | kMapCuda)))
      throw Error(ErrorCode::kFailed, "A picture in CUDA memory of GStreamer's cannot be mapped.");
  }
  ~DeviceMapping() { gst_memory_unmap(memory_, &map_); }
  DeviceMapping(const DeviceMapping&) = delete;
  DeviceMapping& operator=(const DeviceMapping&) = delete;

  unsigned char* data() const { return map_.data; }

 private:
  GstMemory* memory_;
  GstMapInfo map_ = GST_MAP_INFO_INIT;
};

void add_meta(GstBuffer* buffer, const Pixels& pixels) {
  std::array<gsize, GST_VIDEO_MAX_PLANES> offsets = {};
  std::array<gint, GST_VIDEO_MAX_PLANES> strides = {};
  for (std::size_t plane = 0; plane < 2; ++plane) {
    offsets[plane] = static_cast<gsize>(static_cast<unsigned char*>(pixels.planes[plane]) -
                                        static_cast<unsigned char*>(pixels.planes[0]));
    strides[plane] = static_cast<gint>(pixels.strides[plane]);
  }
  gst_buffer_add_video_meta_full(
      buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_NV12, static_cast<guint>(pixels.width),
      static_cast<guint>(pixels.height), 2, offsets.data(), strides.data());
}

}  // namespace

struct GpuFrames::CudaPool {
  CudaPool(const std::shared_ptr<CudaDevice>& of, int pool_width, int pool_height, int most)
      : device(of), width(pool_width), height(pool_height) {
    auto caps = Ref<GstCaps>::adopt(gst_caps_new_simple(
        "video/x-raw", "format", G_TYPE_STRING, "NV12", "width", G_TYPE_INT, width, "height",
        G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION, 0, 1, nullptr));
    gst_caps_set_features(caps.get(), 0, gst_caps_features_new("memory:CUDAMemory", nullptr));
    buffers_ = GstCuda::get().create_pool(device, caps.get(), static_cast<guint>(most));
  }
  ~CudaPool() { gst_buffer_pool_set_active(buffers_.get(), FALSE); }
  CudaPool(const CudaPool&) = delete;
  CudaPool& operator=(const CudaPool&) = delete;

  // `layout` is the pool's and lives as long.
  struct Picture {
    Ref<GstMemory> memory;  // null: all are out
    const GstVideoMeta* layout = nullptr;
  };

  // One that nobody else has. @throws Error without memory
  Picture take() {
    if (auto idle = take_idle(); idle.memory) return idle;
    GstBufferPoolAcquireParams parameters = {};
    parameters.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
    GstBuffer* acquired = nullptr;
    const GstFlowReturn flow =
        gst_buffer_pool_acquire_buffer(buffers_.get(), &acquired, &parameters);
    if (flow == GST_FLOW_EOS) return {};
    if (flow != GST_FLOW_OK) {
      throw Error(ErrorCode::kFailed,
                  "The CUDA device " + device->name() + " has no memory for a picture.");
    }
    auto buffer = Ref<GstBuffer>::adopt(acquired);
    Picture picture = picture_in(acquired);
    const std::scoped_lock lock(mutex_);
    pictures_.push_back(std::move(buffer));
    return picture;
  }

  const std::shared_ptr<CudaDevice> device;
  const int width;
  const int height;

 private:
  static Picture picture_in(GstBuffer* buffer) {
    return {Ref<GstMemory>::retain(gst_buffer_peek_memory(buffer, 0)),
            gst_buffer_get_video_meta(buffer)};
  }

  Picture take_idle() {
    const std::scoped_lock lock(mutex_);
    for (const auto& picture : pictures_) {
      if (GST_MINI_OBJECT_REFCOUNT_VALUE(gst_buffer_peek_memory(picture.get(), 0)) == 1)
        return picture_in(picture.get());
    }
    return {};
  }

  // Its buffers stay with us, and their memory goes out: GStreamer's pool throws away what comes
  // back while a copy of the buffer has the memory still, as each queue's does, and to allocate
  // stops the device.
  Ref<GstBufferPool> buffers_;
  std::mutex mutex_;
  std::vector<Ref<GstBuffer>> pictures_;  // guarded by mutex_
};

GpuFrames::GpuFrames(Kind kind, int most) : kind_(kind), most_(most) {}
GpuFrames::~GpuFrames() = default;

Ref<GstBuffer> GpuFrames::make(const Pixels& pixels, const Conversion& conversion, void* stream) {
  const auto device = CudaDevice::get(cuda_device_of(pixels, "The picture"));
  auto* const handle = static_cast<cu::Stream>(stream);
  return kind_ == Kind::kHost ? make_on_host(device, pixels, conversion, handle)
                              : make_on_device(device, pixels, conversion, handle);
}

Ref<GstBuffer> GpuFrames::make_on_host(const std::shared_ptr<CudaDevice>& device,
                                       const Pixels& pixels, const Conversion& conversion,
                                       cu::Stream stream) {
  const auto picture = host_pool(device, pixels.width, pixels.height)->take(stream);
  if (!picture) return nullptr;
  convert_on_gpu(*device, pixels, picture->pixels, conversion, stream);
  picture->done.record(stream);
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  Ref<GstMemory> memory = memory_of(picture);
  gst_buffer_append_memory(buffer.get(), memory.release());
  add_meta(buffer.get(), picture->pixels);
  return buffer;
}

Ref<GstBuffer> GpuFrames::make_on_device(const std::shared_ptr<CudaDevice>& device,
                                         const Pixels& pixels, const Conversion& conversion,
                                         cu::Stream stream) {
  const auto pool = cuda_pool(device, pixels.width, pixels.height);
  CudaPool::Picture picture = pool->take();
  if (!picture.memory) return {};
  CudaEvent& done = event_for(picture.memory.get(), device);
  done.hold_back(stream);
  Pixels target = {PixelLayout::kNv12, pixels.width, pixels.height, {}, {}};
  {
    const DeviceMapping mapping(picture.memory.get(), GST_MAP_WRITE);
    for (std::size_t plane = 0; plane < 2; ++plane) {
      target.planes[plane] = mapping.data() + picture.layout->offset[plane];
      target.strides[plane] = picture.layout->stride[plane];
    }
    convert_on_gpu(*device, pixels, target, conversion, stream);
  }
  done.record(stream);
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new());
  gst_buffer_append_memory(buffer.get(), picture.memory.release());
  add_meta(buffer.get(), target);
  return buffer;
}

std::shared_ptr<DevicePool> GpuFrames::host_pool(const std::shared_ptr<CudaDevice>& device,
                                                 int width, int height) {
  const DevicePool::Shape shape = {DevicePool::Place::kHost, PixelLayout::kNv12, width, height};
  std::shared_ptr<DevicePool> former;  // freed outside of the lock
  const std::scoped_lock lock(mutex_);
  if (!host_pool_ || !(host_pool_->shape() == shape) || &host_pool_->device() != device.get()) {
    former = std::move(host_pool_);
    host_pool_ = DevicePool::create(device, shape, most_);
  }
  return host_pool_;
}

std::shared_ptr<GpuFrames::CudaPool> GpuFrames::cuda_pool(const std::shared_ptr<CudaDevice>& device,
                                                          int width, int height) {
  {
    const std::scoped_lock lock(mutex_);
    if (cuda_pool_ && cuda_pool_->device == device && cuda_pool_->width == width &&
        cuda_pool_->height == height)
      return cuda_pool_;
  }
  auto made = std::make_shared<CudaPool>(device, width, height, most_);
  const std::scoped_lock lock(mutex_);
  std::swap(cuda_pool_, made);  // the former one goes with `made`, behind the lock
  return cuda_pool_;
}

void wait_for_gpu(GstBuffer* buffer) {
  for (guint i = 0; i < gst_buffer_n_memory(buffer); ++i) {
    if (CudaEvent* event = event_of(gst_buffer_peek_memory(buffer, i))) event->wait();
  }
}

}  // namespace webrtcserver
