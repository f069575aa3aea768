// SPDX-License-Identifier: LGPL-2.1-or-later
// raw_path.hpp — from raw pictures, as a reader or a decoder gives them, to the frames that are
// wanted: out of a GPU's memory where nobody wants them there, with the size, rate and format of
// the options. Usable on any thread of the pipeline.
#pragma once

#include <string>

#include "base/ref.hpp"
#include "video/options.hpp"

namespace webrtcserver {

// Where frames are wanted: kCuda means in memory:CUDAMemory if they come so, else in the system's.
enum class FrameMemory { kSystem, kCuda };

// kCuda where the options have nothing to convert: what does that is the CPU.
FrameMemory best_memory(const VideoOptions& options);

// Elements as one, with the pads "sink" and "src". `offered`: what pictures may come as; `input`
// names the input in messages. Throws Error where there is no way.
Ref<GstElement> make_raw_path(const std::string& input, const GstCaps* offered,
                              const VideoOptions& options, FrameMemory memory);

// Has a decodebin's decoders asked for the memory that is wanted. Nothing is linked when they
// choose, and left to themselves they take what suits their device.
void choose_memory(GstElement* decodebin, FrameMemory memory);

}  // namespace webrtcserver
