// SPDX-License-Identifier: LGPL-2.1-or-later
// open_files.hpp — how many files the process may have open. Any thread.
#pragma once

#include <cstddef>

namespace webrtcserver {

// RLIMIT_NOFILE now. The first call raises it as far as it may go, to 65536 at most: the usual soft
// limit of 1024 stands for select(), which neither GLib nor this library uses, and a process that
// runs out of files is aborted by GLib.
std::size_t open_file_limit();

}  // namespace webrtcserver
