// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/loop_thread.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using std::chrono::milliseconds;
constexpr auto kDeadline = test::kPatience;

TEST(LoopThread, RunsTasksInOrderOnItsThread) {
  LoopThread loop("test");
  std::vector<int> seen;
  for (int i = 0; i < 100; ++i) {
    loop.post([&, i] {
      EXPECT_TRUE(loop.is_current());
      EXPECT_EQ(g_main_context_get_thread_default(), loop.context());
      seen.push_back(i);
    });
  }
  EXPECT_EQ(loop.call([&] { return seen.size(); }), 100U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_FALSE(loop.is_current());
}

TEST(LoopThread, ReturnsAndRethrowsFromCalls) {
  LoopThread loop("test");
  EXPECT_EQ(loop.call([] { return 7; }), 7);
  EXPECT_THROW(loop.call([]() -> int { throw std::runtime_error("x"); }), std::runtime_error);
  EXPECT_EQ(loop.call([&] { return loop.call([] { return 8; }); }), 8)
      << "a call from its own thread";
}

TEST(LoopThread, SurvivesATaskThatThrows) {
  LoopThread loop("test");
  loop.post([] { throw std::runtime_error("x"); });
  loop.post([] { throw 1; });
  EXPECT_EQ(loop.call([] { return 9; }), 9);
}

TEST(LoopThread, RunsWhatWasPostedBeforeItEnds) {
  std::atomic<int> count{0};
  {
    LoopThread loop("test");
    for (int i = 0; i < 100; ++i) loop.post([&] { ++count; });
  }
  EXPECT_EQ(count, 100);
}

TEST(LoopThread, LeavesTheDefaultContextAlone) {
  LoopThread loop("test");
  EXPECT_NE(loop.context(), g_main_context_default());
  loop.call([] {});
  EXPECT_FALSE(g_main_context_pending(nullptr));
}

TEST(Timer, TicksUntilItIsTold) {
  LoopThread loop("test");
  std::promise<int> done;
  int ticks = 0;
  Timer timer = loop.call([&] {
    return loop.every(milliseconds(1), [&] {
      if (++ticks < 5) return true;
      done.set_value(ticks);
      return false;
    });
  });
  auto result = done.get_future();
  ASSERT_EQ(result.wait_for(kDeadline), std::future_status::ready);
  EXPECT_EQ(result.get(), 5);
  loop.call([&] { timer.cancel(); });
}

TEST(Timer, IsCancelledWhenItIsDestroyed) {
  LoopThread loop("test");
  std::promise<void> later;
  bool fired = false;
  Timer second;
  loop.call([&] {
    {
      const Timer first = loop.after(milliseconds(1), [&] { fired = true; });
    }
    second = loop.after(milliseconds(2), [&] { later.set_value(); });
  });
  ASSERT_EQ(later.get_future().wait_for(kDeadline), std::future_status::ready);
  loop.call([&] {
    EXPECT_FALSE(fired);
    second.cancel();
  });
}

TEST(Timer, MayBeReplacedAndCancelledInItsOwnTask) {
  LoopThread loop("test");
  std::promise<void> done;
  Timer timer;
  loop.call([&] {
    timer = loop.after(milliseconds(0), [&] {
      timer = loop.after(milliseconds(0), [&] {
        timer.cancel();
        EXPECT_FALSE(timer);
        done.set_value();
      });
    });
    EXPECT_TRUE(timer);
  });
  ASSERT_EQ(done.get_future().wait_for(kDeadline), std::future_status::ready);
  loop.call([&] { timer.cancel(); });
}

TEST(Timer, MovesItsCharge) {
  LoopThread loop("test");
  loop.call([&] {
    Timer first = loop.after(std::chrono::hours(1), [] {});
    Timer second = std::move(first);
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): what is tested.
    EXPECT_TRUE(second);
  });
}

}  // namespace
}  // namespace webrtcserver
