// SPDX-License-Identifier: LGPL-2.1-or-later
// image_reader.hpp — an element that delivers image files one after another, as they are encoded.
#pragma once

#include <string>

#include "base/ref.hpp"

namespace webrtcserver {

// `rate` is in frames per second; 0: 30. Throws Error when there are no images.
Ref<GstElement> make_image_reader(const std::string& path, double rate);

}  // namespace webrtcserver
