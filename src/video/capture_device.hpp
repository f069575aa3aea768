// SPDX-License-Identifier: LGPL-2.1-or-later
// capture_device.hpp — the device that an application captures on, as decoders are told of it, so
// that they leave pictures there. Any thread.
#pragma once

#include "base/ref.hpp"
#include "video/application_pixels.hpp"

namespace webrtcserver {

// Null where the memory is the CPU's, is none at all, or GStreamer has no CUDA memory here.
Ref<GstContext> cuda_context_for(const ApplicationPixels& target);

}  // namespace webrtcserver
