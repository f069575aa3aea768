// SPDX-License-Identifier: LGPL-2.1-or-later
// download.hpp — how pictures that lie in the memory of a GPU, or of its codecs, come to the CPU's
// on this machine. Usable on any thread.
#pragma once

#include <string>

#include "base/ref.hpp"

namespace webrtcserver {

// The shortest way: elements in gst-launch syntax, behind which pictures are in system memory, in
// the format that they have. Null: none of them is installed, or nobody knows this memory.
// `caps`: what the pictures may come as; the first kind of memory that has a way is taken.
const char* download_for(const GstCaps* caps);

// Whether pictures of these caps may come in system memory.
bool may_be_in_system_memory(const GstCaps* caps);

// "memory:NVMM, memory:CUDAMemory": what is told of the memories that the caps name.
std::string memories_of(const GstCaps* caps);

}  // namespace webrtcserver
