// SPDX-License-Identifier: LGPL-2.1-or-later
// pixel_memory.hpp — on which side an application's pixels are. Any thread.
#pragma once

#include "base/error.hpp"
#include "video/application_pixels.hpp"

namespace webrtcserver {

// Throws Error where they are said to be on one and are not.
bool is_on_device(const ApplicationPixels& picture);

Error no_device_error();

}  // namespace webrtcserver
