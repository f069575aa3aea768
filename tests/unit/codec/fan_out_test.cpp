// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/fan_out.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "media.hpp"
#include "recorders.hpp"

namespace webrtcserver {
namespace {

using testing::kFrameTime;
using testing::make_frame;
using testing::RecordingSink;
using Source = KeyFrameRequests::Source;

class CountingListener final : public FanOut::Listener {
 public:
  void on_key_frame_wanted() override { ++wanted; }
  std::atomic<int> wanted{0};
};

class FanOutTest : public ::testing::Test {
 protected:
  FanOut make(Source source, bool has_key_frames = true) {
    FanOut::Options options;
    options.has_key_frames = has_key_frames;
    options.source = source;
    return {options, listener_, [this] { return now_; }};
  }

  RtpFramePtr push(FanOut& fan_out, bool key_frame) {
    auto frame = make_frame(key_frame, time_ += kFrameTime);
    fan_out.push(frame);
    now_ += std::chrono::milliseconds(33);
    return frame;
  }
  void push_group(FanOut& fan_out, int frames) {
    for (int i = 0; i < frames; ++i) push(fan_out, i == 0);
  }

  std::shared_ptr<CountingListener> listener_ = std::make_shared<CountingListener>();
  KeyFrameRequests::TimePoint now_{};
  GstClockTime time_ = 0;
};

TEST_F(FanOutTest, AViewerStartsAtTheKeyFrameThatItsJoiningAskedFor) {
  FanOut fan_out = make(Source::kObeys);
  push_group(fan_out, 30);
  const auto sink = std::make_shared<RecordingSink>();
  fan_out.join(sink);
  EXPECT_EQ(listener_->wanted, 1);
  push(fan_out, false);
  EXPECT_TRUE(sink->frames().empty());
  const auto key = push(fan_out, true);
  const auto next = push(fan_out, false);
  EXPECT_EQ(sink->frames(), (std::vector{key, next}));
  EXPECT_EQ(sink->replays(), 0);
}

TEST_F(FanOutTest, ManyViewersShareOneRequest) {
  FanOut fan_out = make(Source::kObeys);
  push_group(fan_out, 30);
  std::vector<std::shared_ptr<RecordingSink>> sinks;
  for (int i = 0; i < 100; ++i) {
    sinks.push_back(std::make_shared<RecordingSink>());
    fan_out.join(sinks.back());
  }
  EXPECT_EQ(listener_->wanted, 1);
  push(fan_out, true);
  for (const auto& sink : sinks) EXPECT_EQ(sink->frames().size(), 1U);
}

TEST_F(FanOutTest, AGroupThatHasJustBegunIsReplayedInsteadOfAsking) {
  FanOut fan_out = make(Source::kObeys);
  push_group(fan_out, 5);
  const auto sink = std::make_shared<RecordingSink>();
  fan_out.join(sink);
  EXPECT_EQ(listener_->wanted, 0);
  EXPECT_EQ(sink->replays(), 1);
  EXPECT_EQ(sink->frames().size(), 5U);
  push(fan_out, false);
  EXPECT_EQ(sink->frames().size(), 6U);
}

TEST_F(FanOutTest, ASourceThatMayIgnoreRequestsIsReplayedAndAskedAllTheSame) {
  FanOut fan_out = make(Source::kUnknown);
  push_group(fan_out, 250);
  const auto sink = std::make_shared<RecordingSink>();
  fan_out.join(sink);
  EXPECT_EQ(sink->frames().size(), 250U);
  EXPECT_TRUE(sink->frames().front()->key_frame);
  EXPECT_EQ(listener_->wanted, 1);
  push(fan_out, false);
  EXPECT_EQ(sink->frames().size(), 251U);
}

TEST_F(FanOutTest, ASourceThatHasProvedToObeyIsAskedInsteadOfReplayed) {
  FanOut fan_out = make(Source::kUnknown);
  push_group(fan_out, 100);
  std::vector<std::shared_ptr<RecordingSink>> sinks;
  for (const int pause : {50, 120, 77}) {
    sinks.push_back(std::make_shared<RecordingSink>());
    fan_out.join(sinks.back());
    EXPECT_EQ(sinks.back()->replays(), 1);
    push_group(fan_out, pause);
  }
  const auto sink = std::make_shared<RecordingSink>();
  fan_out.join(sink);
  EXPECT_EQ(sink->replays(), 0);
  push_group(fan_out, 2);
  EXPECT_EQ(sink->frames().size(), 2U);
}

TEST_F(FanOutTest, RequestsAreCoalescedAndADeferredOneIsMadeWhenTheIntervalIsOver) {
  FanOut fan_out = make(Source::kObeys);
  push_group(fan_out, 30);
  for (int i = 0; i < 50; ++i) fan_out.request_key_frame();
  EXPECT_EQ(listener_->wanted, 1);
  push(fan_out, true);
  for (int i = 0; i < 50; ++i) fan_out.request_key_frame();
  EXPECT_EQ(listener_->wanted, 1);
  now_ += KeyFrameRequests::kInterval;
  fan_out.poll();
  EXPECT_EQ(listener_->wanted, 2);
  fan_out.poll();
  EXPECT_EQ(listener_->wanted, 2);
}

TEST_F(FanOutTest, ADeferredRequestIsMadeByALaterFrame) {
  FanOut fan_out = make(Source::kObeys);
  push_group(fan_out, 30);
  fan_out.request_key_frame();
  push(fan_out, true);
  fan_out.request_key_frame();
  for (int i = 0; i < 7; ++i) push(fan_out, false);
  EXPECT_EQ(listener_->wanted, 1);
  for (int i = 0; i < 3; ++i) push(fan_out, false);
  EXPECT_EQ(listener_->wanted, 2);
}

TEST_F(FanOutTest, AViewerThatLeftGetsNothing) {
  FanOut fan_out = make(Source::kObeys);
  push_group(fan_out, 2);
  const auto staying = std::make_shared<RecordingSink>();
  const auto leaving = std::make_shared<RecordingSink>();
  fan_out.join(staying);
  fan_out.join(leaving);
  EXPECT_EQ(fan_out.size(), 2U);
  fan_out.leave(leaving.get());
  fan_out.leave(leaving.get());
  EXPECT_EQ(fan_out.size(), 1U);
  EXPECT_EQ(leaving.use_count(), 1);
  push(fan_out, true);
  EXPECT_EQ(leaving->frames().size(), 2U);
  EXPECT_EQ(staying->frames().size(), 3U);
}

TEST_F(FanOutTest, AudioFlowsAtOnceAndNeedsNoKeyFrames) {
  FanOut fan_out = make(Source::kObeys, false);
  push_group(fan_out, 3);
  const auto sink = std::make_shared<RecordingSink>();
  fan_out.join(sink);
  fan_out.request_key_frame();
  push(fan_out, true);
  EXPECT_EQ(sink->frames().size(), 1U);
  EXPECT_EQ(listener_->wanted, 0);
}

TEST_F(FanOutTest, AfterARestartThePastIsNotReplayed) {
  FanOut fan_out = make(Source::kUnknown);
  push_group(fan_out, 50);
  fan_out.restart();
  const auto sink = std::make_shared<RecordingSink>();
  fan_out.join(sink);
  EXPECT_EQ(sink->replays(), 0);
  push(fan_out, false);
  EXPECT_TRUE(sink->frames().empty());
  push(fan_out, true);
  EXPECT_EQ(sink->frames().size(), 1U);
}

// A sink that is slow to replay while frames keep coming must see every frame, once and in order.
TEST_F(FanOutTest, AReplayKeepsTheOrderAgainstAConcurrentPush) {
  FanOut fan_out = make(Source::kUnknown);
  constexpr int kFrames = 4000;
  constexpr int kJoiners = 3;
  std::atomic<bool> started{false};
  std::thread streaming([&] {
    for (int i = 0; i < kFrames; ++i) {
      fan_out.push(make_frame(i % 100 == 0, static_cast<GstClockTime>(i) * GST_MSECOND));
      started = true;
    }
  });
  while (!started) std::this_thread::yield();
  std::vector<std::vector<std::shared_ptr<RecordingSink>>> sinks(kJoiners);
  std::vector<std::thread> joiners;
  joiners.reserve(kJoiners);
  for (auto& mine : sinks) {
    joiners.emplace_back([&fan_out, &mine] {
      for (int i = 0; i < 50; ++i) {
        mine.push_back(std::make_shared<RecordingSink>());
        fan_out.join(mine.back());
        if (i % 3 == 0) fan_out.leave(mine.back().get());
      }
    });
  }
  for (auto& joiner : joiners) joiner.join();
  streaming.join();
  for (const auto& mine : sinks) {
    for (std::size_t i = 0; i < mine.size(); ++i) {
      const auto frames = mine[i]->frames();
      const bool left = i % 3 == 0;
      ASSERT_TRUE(left || !frames.empty());
      if (frames.empty()) continue;
      EXPECT_TRUE(frames.front()->key_frame);
      for (std::size_t f = 1; f < frames.size(); ++f) {
        ASSERT_EQ(frames[f]->time, frames[f - 1]->time + GST_MSECOND);
      }
      EXPECT_TRUE(left || frames.back()->time == (kFrames - 1) * GST_MSECOND);
    }
  }
}

// A sink may be destroyed by its leaving while others are being served.
TEST_F(FanOutTest, JoiningAndLeavingDuringPushIsSafe) {
  FanOut fan_out = make(Source::kObeys);
  std::atomic<bool> stop{false};
  std::thread streaming([&] {
    for (int i = 0; !stop; ++i) fan_out.push(make_frame(i % 10 == 0, static_cast<GstClockTime>(i)));
  });
  std::vector<std::thread> viewers;
  viewers.reserve(3);
  for (int thread = 0; thread < 3; ++thread) {
    viewers.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        auto sink = std::make_shared<RecordingSink>();
        fan_out.join(sink);
        fan_out.request_key_frame();
        fan_out.leave(sink.get());
      }
    });
  }
  for (auto& viewer : viewers) viewer.join();
  stop = true;
  streaming.join();
  EXPECT_EQ(fan_out.size(), 0U);
}

}  // namespace
}  // namespace webrtcserver
