// SPDX-License-Identifier: LGPL-2.1-or-later
// remains.hpp — what a test has left of threads and open files in the process.
#pragma once

#include <gst/gst.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>

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

// The process before and after, once it has been warmed up by a first round.
template <typename Round>
void expect_nothing_is_left(int rounds, Round&& round) {
  round();
  const std::size_t threads_before = threads();
  const std::size_t files_before = files();
  for (int i = 0; i < rounds; ++i) ASSERT_NO_FATAL_FAILURE(round());
  EXPECT_TRUE(eventually([&] { return threads() <= threads_before; }))
      << threads_before << " threads became " << threads();
  EXPECT_TRUE(eventually([&] { return files() <= files_before; }))
      << files_before << " files became " << files();
}

}  // namespace webrtcserver::test
