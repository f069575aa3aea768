// SPDX-License-Identifier: LGPL-2.1-or-later
// process_usage.hpp — what this process uses of its machine, from /proc. Any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace webrtcserver {

struct ProcessUsage {
  double cpu_seconds;  // user and system, of all threads
  double start_time;   // seconds since 1970
  std::uint64_t resident_bytes;
  std::uint64_t virtual_bytes;
  std::uint64_t open_files;
  std::uint64_t threads;
};

// Nothing where there is no /proc.
std::optional<ProcessUsage> process_usage();

}  // namespace webrtcserver
