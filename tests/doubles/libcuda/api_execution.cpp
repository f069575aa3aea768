// SPDX-License-Identifier: LGPL-2.1-or-later
// The driver's functions about streams, events, modules and kernels.
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "doubles/libcuda/api.hpp"
#include "doubles/libcuda/grid.hpp"
#include "doubles/libcuda/machine.hpp"

using libcuda_double::current_context;
using libcuda_double::EventState;
using libcuda_double::Machine;
using libcuda_double::Queue;
using libcuda_double::queue_on;
using webrtcserver::KernelJob;

namespace {

// The handles 0, 1 and 2 stand for the default streams, which are one here.
bool is_default(cu::Stream stream) {
  return reinterpret_cast<std::uintptr_t>(stream) <= 2;
}

cu::Result find_queue(cu::Stream stream, Queue** queue) {
  if (!current_context()) return cu::kInvalidContext;
  if (is_default(stream)) {
    *queue = current_context()->default_stream.get();
    return cu::kSuccess;
  }
  if (stream->context != current_context()) return cu::kInvalidContext;
  *queue = &stream->queue;
  return cu::kSuccess;
}

}  // namespace

cu::Result libcuda_double::queue_on(cu::Stream stream, const std::vector<std::uintptr_t>& addresses,
                                    std::function<void()> task) {
  Queue* queue = nullptr;
  const cu::Result result = find_queue(stream, &queue);
  if (result != cu::kSuccess) return result;
  queue->push(
      [use = std::make_shared<Machine::Use>(addresses), task = std::move(task)] { task(); });
  return cu::kSuccess;
}

cu::Result libcuda_double::finish(cu::Stream stream) {
  Queue* queue = nullptr;
  const cu::Result result = find_queue(stream, &queue);
  if (result != cu::kSuccess) return result;
  queue->wait();
  return Machine::get().enter("");  // what it came to
}

cu::Result cuStreamCreate(cu::Stream* stream, unsigned /*flags*/) {
  LIBCUDA_DOUBLE_ENTER(cuStreamCreate);
  if (!current_context()) return cu::kInvalidContext;
  auto made = std::make_unique<CUstream_st>();
  made->context = current_context();
  *stream = made.release();
  return cu::kSuccess;
}

cu::Result cuStreamDestroy_v2(cu::Stream stream) {
  if (is_default(stream)) return cu::kInvalidHandle;
  const std::unique_ptr<CUstream_st> ended(stream);
  return cu::kSuccess;
}

// GStreamer 1.22's loader asks for the old symbol, which the driver has too.
extern "C" __attribute__((visibility("default"))) cu::Result cuStreamDestroy(cu::Stream stream) {
  return cuStreamDestroy_v2(stream);
}

cu::Result cuStreamSynchronize(cu::Stream stream) {
  LIBCUDA_DOUBLE_ENTER(cuStreamSynchronize);
  return libcuda_double::finish(stream);
}

cu::Result cuStreamWaitEvent(cu::Stream stream, cu::Event event, unsigned /*flags*/) {
  LIBCUDA_DOUBLE_ENTER(cuStreamWaitEvent);
  const std::shared_ptr<EventState> state = event->state;
  std::uint64_t recording = 0;
  {
    const std::scoped_lock lock(state->mutex);
    recording = state->recorded;
  }
  return queue_on(stream, {}, [state, recording] { state->wait(recording); });
}

// Those of a device that was lost are nobody's to destroy; here they stay reachable.
class Events {
 public:
  cu::Event add(std::unique_ptr<CUevent_st> event) {
    const std::scoped_lock lock(mutex_);
    return (all_[event.get()] = std::move(event)).get();
  }
  bool remove(cu::Event event) {
    const std::scoped_lock lock(mutex_);
    return all_.erase(event) != 0;
  }
  static Events& of_process() {
    static auto& instance = *new Events;
    return instance;
  }

 private:
  std::mutex mutex_;
  std::map<cu::Event, std::unique_ptr<CUevent_st>> all_;  // guarded by mutex_
};

cu::Result cuEventCreate(cu::Event* event, unsigned /*flags*/) {
  LIBCUDA_DOUBLE_ENTER(cuEventCreate);
  if (!current_context()) return cu::kInvalidContext;
  auto made = std::make_unique<CUevent_st>();
  made->state = std::make_shared<EventState>();
  *event = Events::of_process().add(std::move(made));
  return cu::kSuccess;
}

cu::Result cuEventDestroy_v2(cu::Event event) {
  return Events::of_process().remove(event) ? cu::kSuccess : cu::kInvalidHandle;
}

cu::Result cuEventRecord(cu::Event event, cu::Stream stream) {
  LIBCUDA_DOUBLE_ENTER(cuEventRecord);
  const std::shared_ptr<EventState> state = event->state;
  std::uint64_t recording = 0;
  {
    const std::scoped_lock lock(state->mutex);
    recording = ++state->recorded;
  }
  return queue_on(stream, {}, [state, recording] { state->reach(recording); });
}

cu::Result cuEventQuery(cu::Event event) {
  LIBCUDA_DOUBLE_ENTER(cuEventQuery);
  const std::scoped_lock lock(event->state->mutex);
  return event->state->reached >= event->state->recorded ? cu::kSuccess : cu::kNotReady;
}

cu::Result cuEventSynchronize(cu::Event event) {
  LIBCUDA_DOUBLE_ENTER(cuEventSynchronize);
  std::uint64_t recording = 0;
  {
    const std::scoped_lock lock(event->state->mutex);
    recording = event->state->recorded;
  }
  event->state->wait(recording);
  return Machine::get().enter("");  // what it came to
}

cu::Result cuEventElapsedTime(float* milliseconds, cu::Event from, cu::Event to) {
  LIBCUDA_DOUBLE_ENTER(cuEventElapsedTime);
  const auto time_of = [](const cu::Event event) {
    const std::scoped_lock lock(event->state->mutex);
    return event->state->time;
  };
  *milliseconds = std::chrono::duration<float, std::milli>(time_of(to) - time_of(from)).count();
  return cu::kSuccess;
}

cu::Result cuModuleLoadDataEx(cu::Module* module, const void* image, unsigned options,
                              cu::JitOption* names, void** values) {
  LIBCUDA_DOUBLE_ENTER(cuModuleLoadDataEx);
  if (!current_context()) return cu::kInvalidContext;
  auto made = std::make_unique<CUmod_st>();
  made->kernels = libcuda_double::kernels_in(static_cast<const char*>(image));
  if (made->kernels.empty()) {
    char* log = nullptr;
    std::size_t size = 0;
    for (unsigned i = 0; i < options; ++i) {
      if (names[i] == cu::kJitErrorLogBuffer) log = static_cast<char*>(values[i]);
      if (names[i] == cu::kJitErrorLogBufferSize) size = reinterpret_cast<std::size_t>(values[i]);
    }
    if (log) std::snprintf(log, size, "ptxas fatal : there is no kernel");
    return cu::kInvalidPtx;
  }
  *module = made.release();
  return cu::kSuccess;
}

cu::Result cuModuleUnload(cu::Module module) {
  const std::unique_ptr<CUmod_st> ended(module);
  for (const CUfunc_st* function : ended->functions) delete function;
  return cu::kSuccess;
}

cu::Result cuModuleGetFunction(cu::Function* function, cu::Module module, const char* name) {
  LIBCUDA_DOUBLE_ENTER(cuModuleGetFunction);
  const auto kernel = libcuda_double::kernel_named(name);
  if (!kernel || module->kernels.count(name) == 0) return cu::kNotFound;
  module->functions.push_back(new CUfunc_st{name, kernel});
  *function = module->functions.back();
  return cu::kSuccess;
}

cu::Result cuLaunchKernel(cu::Function function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                          unsigned block_x, unsigned block_y, unsigned block_z,
                          unsigned /*shared_bytes*/, cu::Stream stream, void** parameters,
                          void** /*extra*/) {
  LIBCUDA_DOUBLE_ENTER(cuLaunchKernel);
  if (!current_context()) return cu::kInvalidContext;
  if (grid_x == 0 || grid_y == 0 || grid_y > 65535 || grid_z != 1 || block_z != 1 ||
      block_x * block_y == 0 || block_x * block_y > 1024) {
    return cu::kInvalidValue;
  }
  // A launch takes the parameters with it: the caller's may go.
  const KernelJob job = *static_cast<const KernelJob*>(parameters[0]);
  std::vector<std::uintptr_t> addresses;
  for (int i = 0; i < 3; ++i) {
    addresses.push_back(reinterpret_cast<std::uintptr_t>(job.source[i].address));
    addresses.push_back(reinterpret_cast<std::uintptr_t>(job.destination[i].address));
  }
  return queue_on(
      stream, addresses,
      [kernel = *function, job, grid_x, grid_y, block_x, block_y,
       device = current_context()->device] {
        libcuda_double::run_grid(kernel, job, {grid_x, grid_y}, {block_x, block_y}, device);
      });
}
