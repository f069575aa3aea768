// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stop.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <future>

namespace {

constexpr std::chrono::seconds kPatience{20};

// In a process of its own: signals are a process's, and what was blocked stays so.
class StopTest : public testing::Test {
 protected:
  StopTest() { testing::FLAGS_gtest_death_test_style = "threadsafe"; }
};

[[noreturn]] void take_one() {
  Stop stop;
  std::promise<void> interrupted;
  stop.interrupt_with([&] { interrupted.set_value(); });
  if (stop.requested()) std::_Exit(2);
  kill(getpid(), SIGTERM);
  if (!stop.wait_until(std::chrono::steady_clock::now() + kPatience)) std::_Exit(3);
  interrupted.get_future().wait();
  // Who comes later is told at once.
  bool told = false;
  stop.interrupt_with([&told] { told = true; });
  std::_Exit(told && stop.signal() == SIGTERM ? 0 : 4);
}

[[noreturn]] void take_two() {
  Stop stop;
  std::promise<void> never;
  stop.interrupt_with([&] { never.get_future().wait(); });
  kill(getpid(), SIGINT);
  if (!stop.wait_until(std::chrono::steady_clock::now() + kPatience)) std::_Exit(3);
  kill(getpid(), SIGTERM);
  for (;;) pause();
}

TEST_F(StopTest, TheFirstSignalInterruptsWhatWaits) {
  EXPECT_EXIT(take_one(), testing::ExitedWithCode(0), "");
}

TEST_F(StopTest, ASecondEndsTheProcessAlsoWhileTheFirstIsStillAtWork) {
  EXPECT_EXIT(take_two(), testing::ExitedWithCode(128 + SIGTERM), "");
}

}  // namespace
