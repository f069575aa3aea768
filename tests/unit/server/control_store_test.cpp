// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <thread>

#include "base/error.hpp"
#include "base/serial_queue.hpp"
#include "support/patience.hpp"

namespace webrtcserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Writes down what it is told, in the application's place and in the browsers'.
class Diary final : public ControlStore::Handler {
 public:
  void on_changed(const ControlSpec& control, const ControlValue& value,
                  const std::string& by) override {
    note(control.name + "=" + std::to_string(std::get<double>(value)) + " by " + by);
    if (correct) correct();
  }
  void on_activated(const std::string& action, const std::string& by) override {
    note(action + " by " + by);
  }

  void note(const std::string& entry) {
    const std::scoped_lock lock(mutex_);
    entries_.push_back(entry);
    changed_.notify_all();
  }
  std::vector<std::string> entries() const {
    const std::scoped_lock lock(mutex_);
    return entries_;
  }
  bool wait(const std::function<bool(const std::vector<std::string>&)>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, test::kPatience, [&] { return condition(entries_); });
  }
  bool wait_for(const std::string& entry) {
    return wait([&](const auto& entries) {
      return std::find(entries.begin(), entries.end(), entry) != entries.end();
    });
  }

  std::function<void()> correct;  // set before anything is told

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> entries_;  // guarded by mutex_
};

Control number(const char* name, double value = 0) {
  ControlSpec spec;
  spec.name = name;
  spec.label = name;
  spec.type = ControlSpec::Type::kNumber;
  spec.max = 1000000;
  return {spec, value};
}

Control action(const char* name) {
  Control control = number(name);
  control.spec.type = ControlSpec::Type::kAction;
  return control;
}

class ControlStoreTest : public testing::Test {
 protected:
  ~ControlStoreTest() override {
    loop_.call([this] { sets_.clear(); });
  }

  // A stream that shows the controls.
  std::shared_ptr<ControlSet> show(const std::set<std::string>& others = {}) {
    auto set = std::make_shared<ControlSet>();
    loop_.call([&] {
      set->listen({[this](const std::string& json) { browsers_->note(json); },
                   [this] { browsers_->note("all"); },
                   {}});
      store_->join(set, others, loop_);
      sets_.push_back(set);
    });
    return set;
  }
  void want(const std::shared_ptr<ControlSet>& set, const std::string& json) {
    loop_.call([&] { set->set(JsonReader(json), "s1", answer()); });
  }
  ControlDone answer() {
    return [this](const std::optional<ControlFault>& fault) {
      browsers_->note(fault ? std::string("answer ") + fault->code() : "answer done");
    };
  }
  ErrorCode refusal(const Control& control) const {
    try {
      store_->add(control);
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << control.spec.name << " is taken";
    return ErrorCode::kClosed;
  }

  const std::shared_ptr<Diary> application_ = std::make_shared<Diary>();
  const std::shared_ptr<Diary> browsers_ = std::make_shared<Diary>();
  const std::shared_ptr<ControlStore> store_ = std::make_shared<ControlStore>(application_);
  std::vector<std::shared_ptr<ControlSet>> sets_;
  LoopThread loop_{"test"};
};

TEST_F(ControlStoreTest, ValuesAreThereBeforeAStreamAndAfterIt) {
  store_->add(number("speed"));
  store_->set("speed", 5.0);
  auto set = show();
  EXPECT_THAT(loop_.call([&] {
    return set->describe({"control", "playing", "all", ""});
  }),
              HasSubstr("\"value\":5"));
  want(set, R"({"speed":7})");
  ASSERT_TRUE(browsers_->wait_for("answer done"));
  loop_.call([&] {
    set->close();
    set.reset();
    sets_.clear();
  });
  EXPECT_EQ(std::get<double>(store_->find("speed")->value), 7);
  set = show();
  EXPECT_THAT(loop_.call([&] {
    return set->describe({"control", "playing", "all", ""});
  }),
              HasSubstr("\"value\":7"));
}

TEST_F(ControlStoreTest, TheApplicationIsToldAndThenTheBrowserIsAnswered) {
  store_->add(number("speed"));
  store_->add(action("reset"));
  const auto set = show();
  want(set, R"({"speed":7})");
  want(set, R"({"speed":7})");  // nothing new
  loop_.call([&] { set->activate("reset", "http", answer()); });
  ASSERT_TRUE(browsers_->wait([](const auto& entries) {
    return std::count(entries.begin(), entries.end(), "answer done") == 3;
  }));
  EXPECT_THAT(application_->entries(), ElementsAre("speed=7.000000 by s1", "reset by http"));
  EXPECT_THAT(browsers_->entries(),
              ElementsAre("all", HasSubstr(R"("values":{"speed":7},"by":"s1")"), "answer done",
                          "answer done", "answer done"));
}

TEST_F(ControlStoreTest, AnApplicationMayCorrectWhatABrowserWished) {
  store_->add(number("speed"));
  application_->correct = [this] { store_->set("speed", 6.0); };
  want(show(), R"({"speed":7})");
  ASSERT_TRUE(browsers_->wait_for("answer done"));
  EXPECT_THAT(browsers_->entries(),
              ElementsAre("all", HasSubstr(R"("values":{"speed":6}})"), "answer done"));
}

TEST_F(ControlStoreTest, EveryStreamThatShowsThemHearsOfAChange) {
  store_->add(number("speed"));
  const auto first = show();
  const auto second = show();
  want(first, R"({"speed":7})");
  ASSERT_TRUE(browsers_->wait_for("answer done"));
  EXPECT_THAT(loop_.call([&] {
    return second->describe({"view", "playing", "all", ""});
  }),
              HasSubstr("\"value\":7"));
}

TEST_F(ControlStoreTest, ManyChangesOfTheApplicationsOwnAreFewMessages) {
  store_->add(number("count"));
  const auto set = show();
  constexpr int kMany = 100000;
  for (int i = 1; i <= kMany; ++i) store_->set("count", static_cast<double>(i));
  ASSERT_TRUE(browsers_->wait([](const auto& entries) {
    return entries.back().find(R"("count":100000})") != std::string::npos;
  }));
  EXPECT_LT(browsers_->entries().size(), kMany / 10U);
}

TEST_F(ControlStoreTest, ControlsComeAndGoWhileBrowsersWatch) {
  const auto set = show();
  store_->add(number("late"));
  ASSERT_TRUE(browsers_->wait_for("all"));
  want(set, R"({"late":3})");
  ASSERT_TRUE(browsers_->wait_for("answer done"));
  EXPECT_TRUE(store_->remove("late"));
  EXPECT_FALSE(store_->remove("late"));
  EXPECT_FALSE(store_->find("late"));
  want(set, R"({"late":4})");  // nobody may know yet
  ASSERT_TRUE(browsers_->wait([](const auto& entries) {
    return std::any_of(entries.begin(), entries.end(), [](const std::string& entry) {
      return entry == "answer gone" || entry == "answer unknown-control";
    });
  }));
  EXPECT_THAT(application_->entries(), ElementsAre("late=3.000000 by s1"));
}

TEST_F(ControlStoreTest, AControlInPlaceOfAnotherBeginsWithTheValueThatItWasGiven) {
  store_->add(number("x"));
  const auto set = show();
  // Nothing is told in between: that happens on this thread.
  loop_.call([&] {
    EXPECT_TRUE(store_->remove("x"));
    Control text = number("x");
    text.spec.type = ControlSpec::Type::kString;
    text.spec.max_length = 100;
    text.value = std::string("at first");
    store_->add(text);
    store_->set("x", std::string("then"));
    store_->add(number("other"));
  });
  ASSERT_TRUE(browsers_->wait([](const auto& entries) { return entries.size() >= 2; }));
  // No message that it has changed: who knows the number would read it.
  EXPECT_THAT(browsers_->entries(), ElementsAre("all", "all"));
  EXPECT_THAT(loop_.call([&] {
    return set->describe({"view", "playing", "all", ""});
  }),
              HasSubstr("\"value\":\"then\""));
}

TEST_F(ControlStoreTest, WhatCannotBeIsRefused) {
  store_->add(number("speed"));
  EXPECT_EQ(refusal(number("speed")), ErrorCode::kNameTaken);
  EXPECT_EQ(refusal(number("two words")), ErrorCode::kFailed);
  EXPECT_EQ(refusal(number("much", 1e9)), ErrorCode::kFailed);
  Control strange = number("strange");
  strange.spec.label = "\xff";
  EXPECT_EQ(refusal(strange), ErrorCode::kFailed);
  EXPECT_THROW(store_->set("speed", 1e9), ControlFault);
  EXPECT_THROW(store_->set("speed", std::string("quick")), ControlFault);
  EXPECT_THROW(store_->set("nothing", 1.0), ControlFault);
  show({"pattern"});
  EXPECT_EQ(refusal(number("pattern")), ErrorCode::kNameTaken);
  for (std::size_t i = 1; i < ControlStore::kMaxControls; ++i)
    store_->add(number(("n" + std::to_string(i)).c_str()));
  EXPECT_EQ(refusal(number("more")), ErrorCode::kLimit);
  EXPECT_THAT(application_->entries(), IsEmpty());
}

TEST_F(ControlStoreTest, HandlersForTwoStreamsComeOneAfterAnotherOnAMainContextThatIsBusy) {
  store_->add(number("speed"));
  const auto first = show();
  const auto second = show();
  const auto here = std::this_thread::get_id();
  std::atomic<bool> inside{false};
  std::atomic<bool> overlapped{false};
  application_->correct = [&] {
    if (inside) overlapped = true;
    if (std::this_thread::get_id() != here) return;
    inside = true;
    want(second, R"({"speed":8})");
    // Longer than the main context, which is busy here, is waited for; then the queue has the call.
    std::promise<void> given_up;
    Timer timer;
    loop_.call([&] {
      timer = loop_.after(std::chrono::milliseconds(200), [&given_up] { given_up.set_value(); });
    });
    given_up.get_future().wait();
    loop_.call([&] { timer.cancel(); });
    EXPECT_TRUE(SerialQueue::wait_idle(test::kPatience));
    inside = false;
  };
  want(first, R"({"speed":7})");
  // Nothing is there if this comes so late that it has been given up already.
  if (!g_main_context_iteration(nullptr, FALSE)) want(second, R"({"speed":8})");
  ASSERT_TRUE(browsers_->wait([](const auto& entries) {
    return std::count(entries.begin(), entries.end(), "answer done") == 2;
  }));
  EXPECT_FALSE(overlapped);
  EXPECT_THAT(application_->entries(), ElementsAre("speed=7.000000 by s1", "speed=8.000000 by s1"));
}

TEST_F(ControlStoreTest, AnApplicationThatIsGoneIsSaid) {
  auto store = std::make_shared<ControlStore>(application_);
  store->add(number("speed"));
  const auto set = std::make_shared<ControlSet>();
  loop_.call([&] {
    store->join(set, {}, loop_);
    store.reset();
    set->set(JsonReader(R"({"speed":1})"), "s1", answer());
  });
  EXPECT_THAT(browsers_->entries(), ElementsAre("answer gone"));
}

}  // namespace
}  // namespace webrtcserver
