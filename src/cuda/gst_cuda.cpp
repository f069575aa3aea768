// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/gst_cuda.hpp"

#include <dlfcn.h>

#include <utility>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

struct Loaded {
  std::unique_ptr<GstCuda> library;
  std::string missing;
};

const Loaded& loaded() {
  static const auto& instance = *new Loaded([] {
    Loaded result;
    try {
      result.library = std::make_unique<GstCuda>();
    } catch (const Error& error) {
      result.missing = error.what();
    }
    return result;
  }());
  return instance;
}

template <typename Function>
void find(void* library, const char* symbol, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, symbol));
  if (function) return;
  throw Error(ErrorCode::kFailed,
              std::string("GStreamer's library for CUDA lacks ") + symbol + ".");
}

}  // namespace

const GstCuda& GstCuda::get() {
  if (!loaded().library) throw Error(ErrorCode::kFailed, loaded().missing);
  return *loaded().library;
}

const std::string& GstCuda::missing() {
  return loaded().missing;
}

GstCuda::GstCuda() {
  // Stays loaded: it registers types.
  void* library = dlopen("libgstcuda-1.0.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    throw Error(ErrorCode::kFailed,
                "GStreamer's library for CUDA (libgstcuda-1.0.so.0, from 1.22 on) is not there.");
  }
  gboolean (*load)() = nullptr;
  void (*initialise)() = nullptr;
  find(library, "gst_cuda_load_library", load);
  find(library, "gst_cuda_memory_init_once", initialise);
  find(library, "gst_cuda_context_new_wrapped", wrap_);
  find(library, "gst_context_new_cuda_context", context_);
  find(library, "gst_cuda_buffer_pool_new", pool_);
  find(library, "gst_is_cuda_memory", is_cuda_memory_);
  synchronise_ = reinterpret_cast<decltype(synchronise_)>(dlsym(library, "gst_cuda_memory_sync"));
  if (!load())
    throw Error(ErrorCode::kFailed, "GStreamer's library for CUDA does not take the driver.");
  initialise();
}

// One for each device for as long as anybody has it. Elements compare these objects: where memory
// has another than theirs, they copy it by way of the host.
Ref<GstObject> GstCuda::wrap(const std::shared_ptr<CudaDevice>& device) const {
  const auto known = [&] {
    return Ref<GstObject>::adopt(static_cast<GstObject*>(g_weak_ref_get(&contexts_[device.get()])));
  };
  {
    const std::scoped_lock lock(mutex_);
    if (auto context = known()) return context;
  }
  auto made = make_context(device);
  const std::scoped_lock lock(mutex_);
  if (auto context = known()) return context;  // another thread's; ours goes behind the lock
  g_weak_ref_set(&contexts_[device.get()], made.get());
  return made;
}

Ref<GstObject> GstCuda::make_context(const std::shared_ptr<CudaDevice>& device) const {
  auto context = Ref<GstObject>::adopt(wrap_(device->context(), device->handle()));
  if (!context) {
    throw Error(ErrorCode::kFailed, "GStreamer does not take the CUDA device " +
                                        std::to_string(device->ordinal()) + " (" + device->name() +
                                        ").");
  }
  // The primary context is there for as long as GStreamer has it.
  g_object_set_data_full(
      G_OBJECT(context.get()), "webrtcserver-device", new std::shared_ptr<CudaDevice>(device),
      [](gpointer held) { delete static_cast<std::shared_ptr<CudaDevice>*>(held); });
  return context;
}

Ref<GstContext> GstCuda::context_of(const std::shared_ptr<CudaDevice>& device) const {
  const Ref<GstObject> context = wrap(device);
  return Ref<GstContext>::adopt(context_(context.get()));
}

Ref<GstContext> GstCuda::context_of(GstMemory* memory) const {
  // GstCudaMemory, as gstcudamemory.h has had it since 1.22: its context is the first thing in it.
  struct Head {
    GstMemory base;
    GstObject* context;
  };
  return Ref<GstContext>::adopt(context_(reinterpret_cast<Head*>(memory)->context));
}

Ref<GstBufferPool> GstCuda::create_pool(const std::shared_ptr<CudaDevice>& device, GstCaps* caps,
                                        guint most) const {
  const Ref<GstObject> context = wrap(device);
  auto pool = Ref<GstBufferPool>::adopt(pool_(context.get()));
  GstStructure* config = gst_buffer_pool_get_config(pool.get());
  gst_buffer_pool_config_set_params(config, caps, 0, 0, most);
  if (!gst_buffer_pool_set_config(pool.get(), config) ||
      !gst_buffer_pool_set_active(pool.get(), TRUE)) {
    throw Error(ErrorCode::kFailed, "The CUDA device " + std::to_string(device->ordinal()) + " (" +
                                        device->name() + ") has no memory for pictures.");
  }
  return pool;
}

}  // namespace webrtcserver
