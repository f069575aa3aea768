// SPDX-License-Identifier: LGPL-2.1-or-later
// pixel_memory.hpp — on which side an application's pixels are. Any thread.
#pragma once

#include "video/application_pixels.hpp"

namespace webrtcserver {

// As the application says, or CUDA's driver does where it leaves that open and has loaded one.
bool is_on_device(const ApplicationPixels& picture);

}  // namespace webrtcserver
