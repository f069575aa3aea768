// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/serial_queue.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/patience.hpp"

namespace webrtcserver {
namespace {

constexpr auto kDeadline = test::kPatience;

TEST(SerialQueue, RunsTasksOneAfterAnother) {
  const auto queue = SerialQueue::create();
  std::promise<void> done;
  std::vector<int> seen;  // would race if two tasks ran at once
  std::atomic<int> running{0};
  for (int i = 0; i < 1'000; ++i) {
    queue->post([&, i] {
      EXPECT_EQ(++running, 1);
      seen.push_back(i);
      --running;
    });
  }
  queue->post([&] { done.set_value(); });
  ASSERT_EQ(done.get_future().wait_for(kDeadline), std::future_status::ready);
  ASSERT_EQ(seen.size(), 1'000U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(SerialQueue, DoesNotWaitForOtherQueues) {
  const auto slow = SerialQueue::create();
  const auto fast = SerialQueue::create();
  std::promise<void> release;
  std::promise<void> ended;
  slow->post([&] {
    release.get_future().wait();
    ended.set_value();
  });
  std::promise<void> done;
  fast->post([&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(kDeadline), std::future_status::ready);
  release.set_value();
  ended.get_future().wait();
}

// More than any pool has threads.
constexpr int kMany = 32;

TEST(SerialQueue, AnApplicationThatTakesItsTimeHoldsUpNoWork) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  for (int i = 0; i < kMany; ++i)
    SerialQueue::create(SerialQueue::Pool::kApplication)->post([released] { released.wait(); });
  std::promise<void> done;
  SerialQueue::create()->post([&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(kDeadline), std::future_status::ready);
  release.set_value();
  EXPECT_TRUE(SerialQueue::wait_idle(kDeadline));
}

TEST(SerialQueue, IsIdleWhenNoPoolHasAnythingToDo) {
  for (const auto pool : {SerialQueue::Pool::kWork, SerialQueue::Pool::kApplication}) {
    std::promise<void> release;
    const auto released = release.get_future().share();
    std::promise<bool> idle;
    SerialQueue::create(pool)->post([&idle, released] {
      released.wait();
      idle.set_value(SerialQueue::wait_idle(kDeadline));
    });
    EXPECT_FALSE(SerialQueue::wait_idle(std::chrono::milliseconds(0)));
    release.set_value();
    EXPECT_FALSE(idle.get_future().get()) << "it would have waited for itself";
    EXPECT_TRUE(SerialQueue::wait_idle(kDeadline));
  }
}

// By Python, for example, which a task has come to after Python's end.
TEST(SerialQueue, DoesNotWaitForATaskWhoseThreadHasBeenEnded) {
  const auto queue = SerialQueue::create();
  std::promise<void> ending;
  queue->post([&] {
    EXPECT_TRUE(SerialQueue::is_pool_thread());
    ending.set_value();
    pthread_exit(nullptr);
  });
  ending.get_future().wait();
  EXPECT_TRUE(SerialQueue::wait_idle(kDeadline));
  EXPECT_FALSE(SerialQueue::is_pool_thread());
}

TEST(SerialQueue, RunsItsTasksAfterItWasLetGo) {
  std::promise<void> release;
  std::promise<void> done;
  auto queue = SerialQueue::create();
  queue->post([&] { release.get_future().wait(); });
  queue->post([&] { done.set_value(); });
  queue.reset();
  release.set_value();
  EXPECT_EQ(done.get_future().wait_for(kDeadline), std::future_status::ready);
}

TEST(SerialQueue, TakesTasksFromItsOwnTasks) {
  const auto queue = SerialQueue::create();
  std::promise<void> done;
  queue->post([&] { queue->post([&] { done.set_value(); }); });
  EXPECT_EQ(done.get_future().wait_for(kDeadline), std::future_status::ready);
}

TEST(SerialQueue, SurvivesATaskThatThrows) {
  const auto queue = SerialQueue::create();
  std::promise<void> done;
  queue->post([] { throw std::runtime_error("x"); });
  queue->post([&] { done.set_value(); });
  EXPECT_EQ(done.get_future().wait_for(kDeadline), std::future_status::ready);
}

TEST(SerialQueue, TakesTasksFromManyThreads) {
  const auto queue = SerialQueue::create();
  int count = 0;  // changed by the queue only
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 250; ++j) queue->post([&] { ++count; });
    });
  }
  for (auto& thread : threads) thread.join();
  std::promise<int> done;
  queue->post([&] { done.set_value(count); });
  auto result = done.get_future();
  ASSERT_EQ(result.wait_for(kDeadline), std::future_status::ready);
  EXPECT_EQ(result.get(), 1'000);
}

}  // namespace
}  // namespace webrtcserver
