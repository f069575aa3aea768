// SPDX-License-Identifier: LGPL-2.1-or-later
// remains.hpp — what a test has left of threads and open files in the process.
#pragma once

#include <gst/gst.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>

#include "host_pipeline.hpp"

namespace webrtcserver::test {

inline std::size_t count_of(const char* directory) {
  const std::filesystem::directory_iterator entries(directory);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

inline std::size_t threads() {
  g_thread_pool_stop_unused_threads();
  return count_of("/proc/self/task");
}

inline std::size_t files() {
  return count_of("/proc/self/fd");
}

// What the open files are: "socket:[…]", "anon_inode:[eventfd]", paths.
inline std::string names_of_files() {
  std::string names;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    names += " " + std::filesystem::read_symlink(entry, gone).string();
  }
  return names;
}

// The process before and after, once it has been warmed up by a first round. A pool may still take
// a thread more in a later round than in the first, with the files that wake it, and keeps them;
// what every second round leaves is a leak.
template <typename Round>
void expect_nothing_is_left(int rounds, Round&& round) {
  round();
  const std::size_t threads_before = threads();
  const std::size_t files_before = files();
  for (int i = 0; i < rounds; ++i) ASSERT_NO_FATAL_FAILURE(round());
  EXPECT_TRUE(eventually([&] { return threads() <= threads_before; }))
      << threads_before << " threads became " << threads();
  const auto most = files_before + static_cast<std::size_t>(rounds) / 2;
  EXPECT_TRUE(eventually([&] { return files() < most; }))
      << files_before << " files became " << files() << ":" << names_of_files();
}

}  // namespace webrtcserver::test
