// SPDX-License-Identifier: LGPL-2.1-or-later
// content_type.hpp — what a file is served as, by its name. Pure function.
#pragma once

#include <string>
#include <string_view>

namespace webrtcserver {

// Without an extension it is text (LICENSE), with an unknown one bytes.
std::string content_type_of(std::string_view path);

}  // namespace webrtcserver
