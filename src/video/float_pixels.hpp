// SPDX-License-Identifier: LGPL-2.1-or-later
// float_pixels.hpp — between floats and bytes, where each pixel keeps its own colour. Any thread.
#pragma once

#include "cuda/pixels.hpp"

namespace webrtcserver {

// From RGBA8 to a layout of floats, of one size.
void write_floats(const Pixels& from, const Pixels& to, const Conversion& conversion);
// From a layout of floats to RGB8, of one size.
void write_bytes(const Pixels& from, const Pixels& to, const Conversion& conversion);

}  // namespace webrtcserver
