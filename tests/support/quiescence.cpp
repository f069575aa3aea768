// SPDX-License-Identifier: LGPL-2.1-or-later
// quiescence.cpp — linked into a unit test's executable, it ends each test only when the work that
// the test left to the shared pool has ended: a pipeline still on its way down is no leak, and must
// not outlive GStreamer.
#include <gtest/gtest.h>

#include "base/serial_queue.hpp"
#include "support/patience.hpp"

namespace webrtcserver::test {
namespace {

class Quiescence final : public testing::EmptyTestEventListener {
  void OnTestEnd(const testing::TestInfo& /*test*/) override {
    EXPECT_TRUE(SerialQueue::wait_idle(kPatience)) << "the pool does not come to rest";
  }
};

[[maybe_unused]] const bool kAppended = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new Quiescence);  // GoogleTest owns it.
  return true;
}();

}  // namespace
}  // namespace webrtcserver::test
