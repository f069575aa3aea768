// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ControlSetTest : public testing::Test {
 protected:
  struct Applied {
    ControlValues values;
    std::string by;
    ControlSet::Done done;
  };

  static ControlSet::Control number(const char* name) {
    ControlSpec spec;
    spec.name = name;
    spec.label = name;
    spec.type = ControlSpec::Type::kNumber;
    spec.max = 100;
    return {spec, 0.0};
  }

  ControlSetTest()
      : set_(std::make_shared<ControlSet>(
            std::vector<ControlSet::Control>{number("speed"), number("size")},
            [this](const ControlValues& values, const std::string& by, ControlSet::Done done) {
              applied_.push_back({values, by, std::move(done)});
            })) {
    set_->on_changed([this](const std::string& json) { told_.push_back(json); });
  }

  void want(const std::string& json, const std::string& by = "s1") {
    set_->set(JsonReader(json), by, [this](const std::optional<ControlFault>& fault) {
      answers_.emplace_back(fault ? fault->code() : "done");
    });
  }

  // Ahead of the set, which still answers at its end.
  std::vector<Applied> applied_;
  std::vector<std::string> told_;
  std::vector<std::string> answers_;
  const std::shared_ptr<ControlSet> set_;
};

TEST_F(ControlSetTest, AWishIsAnsweredWhenThePipelineHasIt) {
  want(R"({"speed":70})");
  ASSERT_EQ(applied_.size(), 1U);
  EXPECT_EQ(applied_[0].values, (ControlValues{{"speed", 70.0}}));
  EXPECT_EQ(applied_[0].by, "s1");
  EXPECT_THAT(answers_, IsEmpty());
  set_->report("speed", 69.0, "s1");  // as near as it gets
  applied_[0].done({});
  EXPECT_THAT(answers_, ElementsAre("done"));
  EXPECT_THAT(told_, ElementsAre(R"({"type":"changed","rev":1,"values":{"speed":69},"by":"s1"})"));
}

TEST_F(ControlSetTest, ChangesOfThePipelinesOwnAreToldToo) {
  set_->report("size", 5.0, "");
  set_->report("size", 5.0, "");
  set_->report("unheard", 5.0, "");
  EXPECT_THAT(told_, ElementsAre(R"({"type":"changed","rev":1,"values":{"size":5}})"));
}

TEST_F(ControlSetTest, ALateComerGetsEverything) {
  set_->report("size", 5.0, "");
  const std::string all = set_->describe("control", "playing", "manual");
  EXPECT_THAT(all, HasSubstr(R"({"type":"controls","rev":1,"role":"control","state":"playing",)"
                             R"("runPolicy":"manual",)"));
  EXPECT_THAT(all, HasSubstr(R"("name":"size","label":"size","type":"number")"));
  EXPECT_THAT(all, HasSubstr(R"("value":5)"));
}

TEST_F(ControlSetTest, AWishIsDoneWholeOrNotAtAll) {
  want(R"({"speed":70,"nope":1})");
  want(R"({"speed":70,"size":101})");
  EXPECT_THAT(answers_, ElementsAre("unknown-control", "range"));
  EXPECT_THAT(applied_, IsEmpty());
  want("{}");
  EXPECT_THAT(answers_, ElementsAre("unknown-control", "range", "done"));
}

TEST_F(ControlSetTest, WhileThePipelineIsBusyTheLastWishCounts) {
  want(R"({"speed":1})");
  want(R"({"speed":2,"size":2})", "s2");
  want(R"({"speed":3})", "s3");
  want(R"({"speed":4})", "s4");
  ASSERT_EQ(applied_.size(), 1U);
  applied_[0].done({});
  ASSERT_EQ(applied_.size(), 2U);
  EXPECT_EQ(applied_[1].values, (ControlValues{{"size", 2.0}}));
  applied_[1].done({});
  ASSERT_EQ(applied_.size(), 3U);
  EXPECT_EQ(applied_[2].values, (ControlValues{{"speed", 4.0}}));
  EXPECT_EQ(applied_[2].by, "s4");
  applied_[2].done({});
  EXPECT_THAT(answers_, ElementsAre("done", "done", "done", "done"));
}

TEST_F(ControlSetTest, WishesThatWaitAreBounded) {
  for (int i = 0; i < 70; ++i) want(R"({"speed":1})");
  EXPECT_THAT(answers_, testing::Each("busy"));
  EXPECT_EQ(answers_.size(), 70U - 1 - 64);
  EXPECT_EQ(applied_.size(), 1U);
}

TEST_F(ControlSetTest, WishesThatWaitAtItsEndAreAnswered) {
  std::vector<std::string> answers;
  {
    ControlSet::Done pending;
    const auto set =
        std::make_shared<ControlSet>(std::vector<ControlSet::Control>{number("speed")},
                                     [&](const ControlValues&, const std::string&,
                                         ControlSet::Done done) { pending = std::move(done); });
    for (int i = 0; i < 2; ++i) {
      set->set(JsonReader(R"({"speed":1})"), "s1", [&](const std::optional<ControlFault>& fault) {
        answers.emplace_back(fault ? fault->code() : "done");
      });
    }
  }
  EXPECT_THAT(answers, ElementsAre("gone"));
}

TEST_F(ControlSetTest, AStrangersWordIsQuotedAsText) {
  const std::string cut_in_half = std::string(39, 'a') + "ä";
  set_->set(JsonReader("{\"" + cut_in_half + "\":1}"), "s1",
            [&](const std::optional<ControlFault>& fault) {
              ASSERT_TRUE(fault);
              EXPECT_TRUE(g_utf8_validate(fault->control().c_str(), -1, nullptr));
              answers_.emplace_back(fault->code());
            });
  EXPECT_THAT(answers_, ElementsAre("unknown-control"));
}

TEST_F(ControlSetTest, WhatThePipelineCannotDoIsSaid) {
  want(R"({"speed":1})");
  applied_[0].done(ControlFault("gone", "speed", "Its element is gone."));
  EXPECT_THAT(answers_, ElementsAre("gone"));
  want(R"({"speed":2})");
  EXPECT_EQ(applied_.size(), 2U);
}

}  // namespace
}  // namespace webrtcserver
