// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/process_usage.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace webrtcserver {
namespace {

TEST(ProcessUsage, CountsFilesThatAreOpened) {
  const auto before = process_usage();
  ASSERT_TRUE(before);
  const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  EXPECT_EQ(process_usage()->open_files, before->open_files + 1);
  close(file);
}

TEST(ProcessUsage, CountsThreads) {
  std::uint64_t inside = 0;
  std::thread([&] { inside = process_usage()->threads; }).join();
  EXPECT_GE(inside, 2U);  // that one and this; GLib's idle threads come and go
}

TEST(ProcessUsage, IsOfAProcessThatHasRunAndHasMemory) {
  const auto usage = process_usage();
  ASSERT_TRUE(usage);
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_GE(usage->cpu_seconds, 0);
  EXPECT_GT(usage->start_time, 1'000'000'000);
  EXPECT_LE(usage->start_time, now.count() + 2);  // the kernel rounds when it booted
  EXPECT_GT(usage->resident_bytes, 100'000U);
  EXPECT_GT(usage->virtual_bytes, usage->resident_bytes);
}

}  // namespace
}  // namespace webrtcserver
