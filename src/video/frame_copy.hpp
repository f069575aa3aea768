// SPDX-License-Identifier: LGPL-2.1-or-later
// frame_copy.hpp — frames in an application's memory, in the layout that it names. Any thread.
#pragma once

#include <gst/gst.h>

#include "video/application_pixels.hpp"

namespace webrtcserver {

// Writes the picture of `frame`, and its time, matrix and range, into `to`: at once in the CPU's
// memory, on its stream in a device's. Throws Error, of a frame of another size among others, and
// has written nothing then.
void copy_frame(GstSample* frame, ApplicationPixels& to);

}  // namespace webrtcserver
