// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/navigation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "server/control.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using ::testing::ElementsAre;
using Type = NavigationEvent::Type;

// A pipeline that notes what it is given, and may be held up.
class Pipeline {
 public:
  NavigationQueue::Push push() {
    return [this](const NavigationEvent& event) {
      std::unique_lock lock(mutex_);
      held_ = busy_;
      changed_.notify_all();
      changed_.wait_for(lock, test::kPatience, [this] { return !busy_; });
      seen_.push_back(event);
      changed_.notify_all();
    };
  }

  void set_busy(bool busy) {
    const std::scoped_lock lock(mutex_);
    busy_ = busy;
    changed_.notify_all();
  }

  // Returns when an event that it was given waits in it, and no longer in a queue.
  void wait_until_held() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, test::kPatience, [this] { return held_; }));
  }

  // What it has seen, once there are so many.
  std::vector<NavigationEvent> seen(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, test::kPatience, [&] { return seen_.size() >= count; }));
    return seen_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool busy_ = false;                  // guarded by mutex_
  bool held_ = false;                  // guarded by mutex_
  std::vector<NavigationEvent> seen_;  // guarded by mutex_
};

class NavigationTest : public ::testing::Test {
 protected:
  ~NavigationTest() override {
    pipeline_.set_busy(false);
    EXPECT_TRUE(SerialQueue::wait_idle(test::kPatience));  // with the pipeline
  }

  static NavigationEvent key(Type type, const std::string& name) {
    NavigationEvent event;
    event.type = type;
    event.key = name;
    return event;
  }
  static NavigationEvent at(Type type, double x, int button = 0) {
    NavigationEvent event;
    event.type = type;
    event.x = x;
    event.button = button;
    return event;
  }
  static NavigationEvent touch(Type type, unsigned identifier, double x) {
    NavigationEvent event = at(type, x);
    event.identifier = identifier;
    return event;
  }

  void take(const std::string& session, const NavigationEvent& event) {
    navigation_.take(session, {++id_, ControlRequest::Type::kNavigation, {}, {}, {}, event});
  }
  std::string refusal(const std::string& session, const NavigationEvent& event) {
    try {
      take(session, event);
    } catch (const ControlFault& fault) {
      return fault.code();
    }
    return "none";
  }

  // As "KeyPress a", in short.
  static std::string text(const NavigationEvent& event) {
    const auto number = [](double value) { return std::to_string(static_cast<int>(value)); };
    switch (event.type) {
      case Type::kMouseMove:
        return "move " + number(event.x);
      case Type::kMouseButtonPress:
        return "press " + number(event.button) + " at " + number(event.x);
      case Type::kMouseButtonRelease:
        return "release " + number(event.button) + " at " + number(event.x);
      case Type::kKeyPress:
        return "down " + event.key;
      case Type::kKeyRelease:
        return "up " + event.key;
      case Type::kTouchDown:
        return "touch " + number(event.identifier) + " at " + number(event.x);
      case Type::kTouchMotion:
        return "slide " + number(event.identifier) + " to " + number(event.x);
      case Type::kTouchUp:
        return "lift " + number(event.identifier) + " at " + number(event.x);
      case Type::kTouchFrame:
        return "frame";
      case Type::kTouchCancel:
        return "cancel";
      default:
        return "other";
    }
  }
  // A last event that marks the end, so that what must not come has had its time.
  std::vector<std::string> story() {
    take("end", key(Type::kKeyPress, "end"));
    std::vector<std::string> words;
    for (std::size_t count = 1; words.empty() || words.back() != "down end"; ++count) {
      words.clear();
      for (const auto& event : pipeline_.seen(count)) words.push_back(text(event));
      if (words.size() < count) break;  // and the expectation has failed
    }
    if (!words.empty()) words.pop_back();
    return words;
  }

  Pipeline pipeline_;
  Navigation navigation_{pipeline_.push()};
  std::int64_t id_ = 0;
};

TEST_F(NavigationTest, EventsComeInTheOrderOfAllSessions) {
  take("s1", at(Type::kMouseMove, 1));
  take("s2", key(Type::kKeyPress, "a"));
  take("s1", at(Type::kMouseButtonPress, 2, 1));
  take("s2", key(Type::kKeyPress, "a"));  // a key that is held repeats
  take("s1", at(Type::kMouseButtonRelease, 3, 1));
  take("s2", key(Type::kKeyRelease, "a"));
  EXPECT_THAT(story(),
              ElementsAre("move 1", "down a", "press 1 at 2", "down a", "release 1 at 3", "up a"));
}

TEST_F(NavigationTest, WhatASessionHoldsIsReleasedWithIt) {
  take("s1", key(Type::kKeyPress, "Shift_L"));
  take("s1", key(Type::kKeyPress, "a"));
  take("s1", at(Type::kMouseButtonPress, 10, 1));
  take("s1", at(Type::kMouseMove, 20));
  take("s2", key(Type::kKeyPress, "b"));
  navigation_.release("s1");
  navigation_.release("s1");
  navigation_.release("nobody");
  EXPECT_THAT(story(), ElementsAre("down Shift_L", "down a", "press 1 at 10", "move 20", "down b",
                                   "up a", "up Shift_L", "release 1 at 20"));
}

TEST_F(NavigationTest, WhatIsNotHeldIsNotReleased) {
  take("s1", key(Type::kKeyPress, "a"));
  take("s2", key(Type::kKeyRelease, "a"));
  take("s2", at(Type::kMouseButtonRelease, 1, 1));
  take("s2", touch(Type::kTouchMotion, 1, 1));
  take("s2", touch(Type::kTouchUp, 1, 1));
  take("s2", touch(Type::kTouchCancel, 0, 0));
  EXPECT_THAT(story(), ElementsAre("down a"));
}

TEST_F(NavigationTest, FingersOfTwoSessionsAreDifferentOnes) {
  take("s1", touch(Type::kTouchDown, 7, 1));
  take("s2", touch(Type::kTouchDown, 7, 2));
  take("s2", touch(Type::kTouchDown, 7, 3));  // it is down already
  take("s2", touch(Type::kTouchMotion, 7, 4));
  take("s2", touch(Type::kTouchCancel, 0, 0));  // not s1's
  take("s1", touch(Type::kTouchMotion, 7, 5));
  navigation_.release("s1");
  take("s3", touch(Type::kTouchDown, 1, 6));
  take("s3", touch(Type::kTouchUp, 1, 7));
  EXPECT_THAT(story(),
              ElementsAre("touch 0 at 1", "touch 1 at 2", "slide 1 to 4", "lift 1 at 4", "frame",
                          "slide 0 to 5", "cancel", "touch 0 at 6", "lift 0 at 7"));
}

TEST_F(NavigationTest, HoldsAreBounded) {
  for (std::size_t i = 0; i < NavigationState::kMaxKeys; ++i)
    take("s1", key(Type::kKeyPress, "k" + std::to_string(i)));
  EXPECT_EQ(refusal("s1", key(Type::kKeyPress, "more")), "too-many");
  EXPECT_EQ(refusal("s1", key(Type::kKeyPress, "k0")), "none");
  take("s1", key(Type::kKeyRelease, "k1"));
  EXPECT_EQ(refusal("s1", key(Type::kKeyPress, "more")), "none");
  for (unsigned i = 0; i < NavigationState::kMaxTouches; ++i)
    take("s1", touch(Type::kTouchDown, i, 1));
  EXPECT_EQ(refusal("s1", touch(Type::kTouchDown, 99, 1)), "too-many");
  EXPECT_EQ(refusal("s2", touch(Type::kTouchDown, 99, 1)), "none");
}

TEST_F(NavigationTest, AMoveThatWasOvertakenIsLeftOut) {
  const auto later = [&](std::int64_t id, const NavigationEvent& event) {
    navigation_.take("s1", {id, ControlRequest::Type::kNavigation, {}, {}, {}, event, true});
  };
  later(5, at(Type::kMouseMove, 5));
  later(4, at(Type::kMouseMove, 4));
  later(3, at(Type::kMouseButtonPress, 3, 1));
  later(6, at(Type::kMouseMove, 6));
  later(10, touch(Type::kTouchDown, 1, 1));
  later(11, touch(Type::kTouchDown, 2, 1));
  later(13, touch(Type::kTouchMotion, 2, 13));  // of another finger
  later(12, touch(Type::kTouchMotion, 1, 12));
  later(9, touch(Type::kTouchMotion, 1, 9));
  later(7, at(Type::kMouseMove, 7));
  EXPECT_THAT(story(), ElementsAre("move 5", "press 1 at 3", "move 6", "touch 0 at 1",
                                   "touch 1 at 1", "slide 1 to 13", "slide 0 to 12", "move 7"));
}

TEST_F(NavigationTest, ABusyPipelineLosesMovesFirstAndReleasesNever) {
  pipeline_.set_busy(true);
  take("s1", key(Type::kKeyPress, "a"));
  pipeline_.wait_until_held();
  for (int i = 0; i < 1000; ++i) take("s1", at(Type::kMouseMove, i));
  while (refusal("s1", at(Type::kMouseButtonPress, 1, 2)) == "none") continue;
  EXPECT_EQ(refusal("s1", at(Type::kMouseButtonPress, 1, 2)), "busy");
  EXPECT_EQ(refusal("s1", at(Type::kMouseMove, 2000)), "none");
  take("s1", key(Type::kKeyRelease, "a"));
  navigation_.release("s1");
  pipeline_.set_busy(false);
  // The marker of story() has no room before the pipeline has caught up.
  pipeline_.seen(NavigationQueue::kMaxWaiting);
  while (refusal("end", key(Type::kKeyPress, "first")) == "busy") continue;
  const auto words = story();
  ASSERT_GE(words.size(), 5);
  EXPECT_LE(words.size(), NavigationQueue::kMaxWaiting + 6);
  EXPECT_THAT(words, ::testing::Contains("move 999"));
  EXPECT_THAT(words, ::testing::Contains("up a"));
  EXPECT_THAT(words, ::testing::Contains("release 2 at 2000"));
  EXPECT_THAT(words, ::testing::Not(::testing::Contains("move 500")));
}

TEST_F(NavigationTest, WhoHoldsNothingLeavesNothing) {
  take("s1", key(Type::kKeyPress, "a"));
  take("s1", key(Type::kKeyRelease, "a"));
  navigation_.release("s1");
  EXPECT_THAT(story(), ElementsAre("down a", "up a"));
}

}  // namespace
}  // namespace webrtcserver
