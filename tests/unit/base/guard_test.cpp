// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/guard.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <stdexcept>
#include <thread>

namespace webrtcserver {
namespace {

TEST(Guard, EndsExceptions) {
  EXPECT_EQ(guard("a test", 17, []() -> int { throw std::runtime_error("No."); }), 17);
  EXPECT_EQ(guard("a test", 17, []() -> int { throw 4; }), 17);
  EXPECT_EQ(guard("a test", 17, [] { return 18; }), 18);
  guard("a test", [] { throw std::runtime_error("No."); });
}

// As Python ends those that come to it after its own end.
TEST(Guard, LetsTheEndOfItsThreadPass) {
  struct Flag {
    ~Flag() { value = true; }
    bool& value;
  };
  bool cleaned = false;
  bool went_on = false;
  std::thread thread([&] {
    const Flag flag{cleaned};
    guard("a test", [] { pthread_exit(nullptr); });
    went_on = true;
  });
  thread.join();
  EXPECT_TRUE(cleaned);
  EXPECT_FALSE(went_on);
}

}  // namespace
}  // namespace webrtcserver
