// SPDX-License-Identifier: LGPL-2.1-or-later
// pixels_private.hpp — an application's description of its pixels, checked.
#pragma once

#include <gst/webrtcserver/pixels.h>

#include "video/application_pixels.hpp"

namespace webrtcserver {

// With the planes and strides that it leaves open. Throws Error in words for what cannot be.
ApplicationPixels application_pixels_of(const GstWebRTCServerPixels& from);
// What is known of a frame that has been written.
void tell_frame(const ApplicationPixels& from, GstWebRTCServerPixels& to);

}  // namespace webrtcserver
