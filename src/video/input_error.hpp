// SPDX-License-Identifier: LGPL-2.1-or-later
// input_error.hpp — what an element says of an input that cannot be read, in words that name the
// input and what to do.
#pragma once

#include <string>

#include "base/error.hpp"
#include "base/ref.hpp"
#include "video/location.hpp"

namespace webrtcserver {

// `missing`: what GStreamer found no element for, in its words; may be empty.
Error input_error(const Location& input, GstMessage* message, const std::string& missing);

Error missing_error(const Location& input, const std::string& missing);

// For messages: without a password.
std::string shown(const Location& input);

}  // namespace webrtcserver
