// SPDX-License-Identifier: LGPL-2.1-or-later
// command_line.hpp — takes the flags of VideoOptions out of a program's arguments.
// Pure functions; usable on any thread.
#pragma once

#include <string>
#include <vector>

#include "video/options.hpp"

namespace webrtcserver {

// Returns what is left: the program's name, what is no flag, and all behind "--". Throws
// Error(kFailed), which names the flag; `options` is then as it was.
std::vector<std::string> parse_command_line(VideoOptions& options,
                                            const std::vector<std::string>& arguments);

}  // namespace webrtcserver
