// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/application_calls.hpp"

#include <gtest/gtest.h>

#include <future>

#include "base/loop_thread.hpp"

namespace webrtcserver {
namespace {

class ApplicationCallsTest : public ::testing::Test {
 protected:
  // Until release(), as by a handler that does not return.
  void hold_up() {
    std::promise<void> held_up;
    calls_->post([&] {
      held_up.set_value();
      release_.get_future().wait();
    });
    held_up.get_future().wait();
  }
  // And waits until all that was posted has run.
  void release() {
    release_.set_value();
    std::promise<void> done;
    calls_->post([&] { done.set_value(); });
    done.get_future().wait();
  }
  std::size_t offer_messages(std::size_t bytes) {
    std::size_t taken = 0;
    while (calls_->offer_message(bytes, [this] { ++told_; })) ++taken;
    return taken;
  }

  LoopThread loop_{"test"};
  const std::shared_ptr<ApplicationCalls> calls_ = std::make_shared<ApplicationCalls>(loop_);
  std::size_t told_ = 0;  // in the calls
  std::promise<void> release_;
};

TEST_F(ApplicationCallsTest, BoundTheMessagesThatWait) {
  hold_up();
  EXPECT_EQ(offer_messages(1), ApplicationCalls::kMaxMessages);
  release();
  EXPECT_EQ(told_, ApplicationCalls::kMaxMessages);
  EXPECT_TRUE(calls_->offer_message(ApplicationCalls::kMaxMessageBytes, [] {}));
}

TEST_F(ApplicationCallsTest, BoundTheirBytes) {
  constexpr std::size_t kSize = 64 * 1024;
  hold_up();
  EXPECT_EQ(offer_messages(kSize), ApplicationCalls::kMaxMessageBytes / kSize);
  EXPECT_FALSE(calls_->offer_message(1, [] {}));
  // What has other bounds is not counted.
  calls_->post([this] { ++told_; });
  release();
  EXPECT_EQ(told_, ApplicationCalls::kMaxMessageBytes / kSize + 1);
  EXPECT_TRUE(calls_->offer_message(kSize, [] {}));
}

}  // namespace
}  // namespace webrtcserver
