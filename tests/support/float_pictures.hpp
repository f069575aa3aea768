// SPDX-License-Identifier: LGPL-2.1-or-later
// float_pictures.hpp — pictures of one colour as networks have them, planar floats from 0 to 1.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <vector>

#include "support/picture_samples.hpp"
#include "video/application_pixels.hpp"

namespace webrtcserver::test {

std::vector<std::uint8_t> float_bytes(Colour colour, int width, int height);
ApplicationPixels float_picture(void* address, PixelMemory memory, int width, int height);

// Of the middle of a frame of that size.
Colour middle_of(GstSample* frame, int width, int height);

}  // namespace webrtcserver::test
