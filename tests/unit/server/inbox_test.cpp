// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/inbox.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "support/patience.hpp"

namespace webrtcserver {
namespace {

constexpr int kLimit = 4;

class InboxTest : public ::testing::Test {
 protected:
  // The inbox is busy from here on, until release_ is set.
  void occupy() {
    inbox_->post(
        [this] {
          begun_.set_value();
          release_.get_future().wait();
        },
        kLimit);
    begun_.get_future().wait();
  }
  void count() {
    inbox_->post([this] { ++done_; }, kLimit);
  }

  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::promise<void> begun_;
  std::promise<void> release_;
  std::atomic<int> done_{0};
};

TEST_F(InboxTest, IsOpenFromOpenToClose) {
  EXPECT_FALSE(inbox_->is_open());
  inbox_->open();
  EXPECT_TRUE(inbox_->is_open());
  inbox_->close([] {});
  EXPECT_FALSE(inbox_->is_open());
}

TEST_F(InboxTest, DropsWhatComesWhileTooMuchWaits) {
  occupy();
  for (int i = 0; i < 2 * kLimit; ++i) count();
  release_.set_value();
  ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_EQ(done_, kLimit);
  count();
  ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_EQ(done_, kLimit + 1);
}

TEST_F(InboxTest, ClosesAtOnceWhenNothingRuns) {
  bool closed = false;
  inbox_->close([&] { closed = true; });
  EXPECT_TRUE(closed);
  inbox_->close([] { FAIL() << "it was closed already"; });
}

TEST_F(InboxTest, ClosesAfterWhatRunsAndAheadOfWhatWaits) {
  occupy();
  count();
  std::atomic<bool> closed{false};
  inbox_->close([&] { closed = true; });
  EXPECT_FALSE(closed);
  release_.set_value();
  ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_TRUE(closed);
  count();
  ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_EQ(done_, 0);
}

TEST_F(InboxTest, ClosesAfterATaskThatThrows) {
  std::atomic<bool> closed{false};
  inbox_->post(
      [&] {
        inbox_->close([&] { closed = true; });
        EXPECT_FALSE(closed);
        throw std::runtime_error("x");
      },
      kLimit);
  ASSERT_TRUE(SerialQueue::wait_idle(test::kPatience));
  EXPECT_TRUE(closed);
}

}  // namespace
}  // namespace webrtcserver
