// SPDX-License-Identifier: LGPL-2.1-or-later
// device_pictures.hpp — pictures in CUDA memory on their way into a private pipeline. Any thread.
#pragma once

#include "base/ref.hpp"
#include "video/shared_contexts.hpp"

namespace webrtcserver {

bool is_in_system_memory(const GstCaps* caps);

// From now on the pipeline's elements have the context of the CUDA memory that `buffer` is in: with
// one of their own they would copy it by way of the CPU. `contexts` (may be null) are told of it.
// Does nothing for other memory.
void share_device(GstElement* pipeline, GstBuffer* buffer, SharedContexts* contexts);

// From now on, pictures of our own that leave `pad` have been written by their device: the pad's
// thread waits for it. Those of a device that has failed are dropped.
void wait_for_device(GstPad* pad);

}  // namespace webrtcserver
