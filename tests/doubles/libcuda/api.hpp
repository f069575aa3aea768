// SPDX-License-Identifier: LGPL-2.1-or-later
// api.hpp — what the files with the driver's functions share.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "cuda/driver_api.hpp"
#include "doubles/libcuda/streams.hpp"

// The symbols themselves, with the types that the program calls them with.
#define LIBCUDA_DOUBLE_DECLARE(member, symbol, parameters) \
  extern "C" __attribute__((visibility("default"))) ::webrtcserver::cu::Result symbol parameters;
namespace cu = webrtcserver::cu;
WEBRTCSERVER_CUDA_FUNCTIONS(LIBCUDA_DOUBLE_DECLARE)

// The first line of each: a failure that a test asked for, or of a device that is lost.
#define LIBCUDA_DOUBLE_ENTER(symbol)                                            \
  do {                                                                          \
    const cu::Result result_ = ::libcuda_double::Machine::get().enter(#symbol); \
    if (result_ != cu::kSuccess) return result_;                                \
  } while (false)

namespace libcuda_double {

// The context that this thread has made current, or null.
cu::Context current_context();

// Queues what uses the memory at these addresses; kSuccess, or why it cannot be.
cu::Result queue_on(cu::Stream stream, const std::vector<std::uintptr_t>& addresses,
                    std::function<void()> task);

// Waits for what is on the stream.
cu::Result finish(cu::Stream stream);

}  // namespace libcuda_double
