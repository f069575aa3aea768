// SPDX-License-Identifier: LGPL-2.1-or-later
// host_memory.hpp — page-locked memory that a CUDA device is still writing, as memory of
// GStreamer's: who maps it waits for the device, and nobody before.
#pragma once

#include <gst/gst.h>

#include <memory>

#include "base/ref.hpp"
#include "cuda/device_pool.hpp"

namespace webrtcserver {

// Of a picture of a pool with Place::kHost, whose `done` has been recorded behind what writes it.
// Where the device fails meanwhile, mapping fails.
Ref<GstMemory> memory_of(std::shared_ptr<DevicePicture> picture);

}  // namespace webrtcserver
