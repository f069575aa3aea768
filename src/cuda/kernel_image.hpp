// SPDX-License-Identifier: LGPL-2.1-or-later
// kernel_image.hpp — the compiled kernels that are in the library, as PTX: text that the driver of
// a machine compiles for its device. Any thread.
#pragma once

#include <string>

#include "cuda/pixels.hpp"

namespace webrtcserver {

// The kernel's name in the image; empty where there is no such conversion.
std::string kernel_name(PixelLayout source, PixelLayout destination);

// A whole image with that kernel alone: a driver compiles all that an image has, and most programs
// want one or two of three dozen.
// @throws Error where this build has no kernels
std::string kernel_image(const std::string& kernel);

}  // namespace webrtcserver
