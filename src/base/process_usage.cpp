// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/process_usage.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace webrtcserver {

namespace {

std::string contents(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The line "btime <seconds>" of /proc/stat: when the machine started.
double boot_time() {
  static const double time = [] {
    const std::string text = contents("/proc/stat");
    const auto at = text.find("\nbtime ");
    double seconds = 0;
    if (at != std::string::npos) std::istringstream(text.substr(at + 7)) >> seconds;
    return seconds;
  }();
  return time;
}

std::uint64_t open_files() {
  std::error_code none;
  const std::filesystem::directory_iterator files("/proc/self/fd", none);
  if (none) return 0;
  const auto count = std::distance(begin(files), end(files));
  return count > 0 ? static_cast<std::uint64_t>(count - 1) : 0;  // without that of the listing
}

}  // namespace

std::optional<ProcessUsage> process_usage() {
  // proc(5): "<pid> (<name>) <state> …"; the name may hold anything, even ") ".
  const std::string text = contents("/proc/self/stat");
  const auto end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos) return {};
  std::istringstream fields(text.substr(end_of_name + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0;
  double system = 0;
  double threads = 0;
  double start = 0;
  double virtual_bytes = 0;
  double resident_pages = 0;
  fields >> user >> system;
  for (int field = 16; field < 20; ++field) fields >> skipped;
  fields >> threads >> skipped >> start >> virtual_bytes >> resident_pages;
  if (!fields) return {};
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  return ProcessUsage{(user + system) / ticks,
                      boot_time() + start / ticks,
                      static_cast<std::uint64_t>(resident_pages * page),
                      static_cast<std::uint64_t>(virtual_bytes),
                      open_files(),
                      static_cast<std::uint64_t>(threads)};
}

}  // namespace webrtcserver
