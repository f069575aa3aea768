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
    ControlDone done;
  };

  static Control number(const char* name) {
    ControlSpec spec;
    spec.name = name;
    spec.label = name;
    spec.type = ControlSpec::Type::kNumber;
    spec.max = 100;
    return {spec, 0.0};
  }

  static Control action(const char* name) {
    Control control = number(name);
    control.spec.type = ControlSpec::Type::kAction;
    return control;
  }

  ControlSource source() {
    return {[this](const ControlValues& values, const std::string& by, ControlDone done) {
              applied_.push_back({values, by, std::move(done)});
            },
            [this](const std::string& name, const std::string& by, ControlDone done) {
              applied_.push_back({{{name, true}}, by, std::move(done)});
            }};
  }

  ControlSetTest() {
    set_.add({number("speed"), number("size")}, source());
    set_.listen(
        {[this](const std::string& json) { told_.push_back(json); },
         [this] { told_.emplace_back("all"); },
         [this](const std::string& name, const ControlValue&) { changed_.push_back(name); }});
  }

  ControlDone note() {
    return [this](const std::optional<ControlFault>& fault) {
      answers_.emplace_back(fault ? fault->code() : "done");
    };
  }

  void want(const std::string& json, const std::string& by = "s1") {
    set_.set(JsonReader(json), by, note());
  }

  // Ahead of the set, which still answers at its end.
  std::vector<Applied> applied_;
  std::vector<std::string> told_;
  std::vector<std::string> answers_;
  std::vector<std::string> changed_;
  ControlSet set_;
};

TEST_F(ControlSetTest, AWishIsAnsweredWhenThePipelineHasIt) {
  want(R"({"speed":70})");
  ASSERT_EQ(applied_.size(), 1U);
  EXPECT_EQ(applied_[0].values, (ControlValues{{"speed", 70.0}}));
  EXPECT_EQ(applied_[0].by, "s1");
  EXPECT_THAT(answers_, IsEmpty());
  set_.report("speed", 69.0, "s1");  // as near as it gets
  applied_[0].done({});
  EXPECT_THAT(answers_, ElementsAre("done"));
  EXPECT_THAT(told_, ElementsAre(R"({"type":"changed","rev":1,"values":{"speed":69},"by":"s1"})"));
}

TEST_F(ControlSetTest, ChangesOfThePipelinesOwnAreToldToo) {
  set_.report("size", 5.0, "");
  set_.report("size", 5.0, "");
  set_.report("unheard", 5.0, "");
  EXPECT_THAT(told_, ElementsAre(R"({"type":"changed","rev":1,"values":{"size":5}})"));
}

TEST_F(ControlSetTest, ALateComerGetsEverything) {
  set_.report("size", 5.0, "");
  const std::string all = set_.describe({"control", "playing", "manual", "first", "s2"});
  EXPECT_THAT(all, HasSubstr(R"({"type":"controls","rev":1,"role":"control","state":"playing",)"
                             R"("runPolicy":"manual","policy":"first","holder":"s2",)"
                             R"("controls":[)"));
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
  set_.add({action("print")}, source());
  for (int i = 0; i < 20; ++i) set_.activate("print", "s1", note());
  EXPECT_EQ(answers_.size(), 20U - 1 - 16);
  for (const char* other : {"s2", "s3", "s4", "s5"})
    for (int i = 0; i < 20; ++i) set_.activate("print", other, note());
  EXPECT_THAT(answers_, testing::Each("busy"));
  EXPECT_EQ(answers_.size(), 5U * 20 - 1 - 64);
  EXPECT_EQ(applied_.size(), 1U);
}

TEST_F(ControlSetTest, AFloodOfOneSessionLeavesRoomForAnother) {
  for (int i = 0; i < 1000; ++i) want(R"({"speed":1})", "s1");
  EXPECT_THAT(answers_, testing::Each("done"));
  EXPECT_EQ(answers_.size(), 1000U - 2);  // one is being done, and the last one waits
  want(R"({"size":2})", "s2");
  applied_[0].done({});
  applied_[1].done({});
  EXPECT_EQ(applied_[2].values, (ControlValues{{"size", 2.0}}));
}

TEST_F(ControlSetTest, WishesThatWaitAtItsEndAreAnswered) {
  for (const char* wish : {R"({"speed":1})", R"({"speed":2})", R"({"size":3})"}) want(wish);
  set_.close();
  EXPECT_THAT(answers_, ElementsAre("gone", "gone"));
  applied_[0].done({});
  EXPECT_THAT(answers_, ElementsAre("gone", "gone", "done"));
  EXPECT_TRUE(set_.empty());
  want(R"({"speed":1})");
  EXPECT_EQ(answers_.back(), "unknown-control");
}

TEST_F(ControlSetTest, SourcesAreAskedEachForItsOwn) {
  set_.add({number("volume")}, source());
  EXPECT_THAT(told_, ElementsAre("all"));
  want(R"({"speed":1,"volume":2})");
  ASSERT_EQ(applied_.size(), 2U);
  // A source that takes its time holds up no other.
  want(R"({"size":3})");
  const std::size_t of_volume = applied_[0].values.count("volume") > 0 ? 0 : 1;
  applied_[of_volume].done(ControlFault("gone", "volume", "It is gone."));
  EXPECT_THAT(answers_, IsEmpty());
  want(R"({"volume":4})");
  ASSERT_EQ(applied_.size(), 3U);
  EXPECT_EQ(applied_[2].values, (ControlValues{{"volume", 4.0}}));
  applied_[1 - of_volume].done({});
  EXPECT_THAT(answers_, ElementsAre("gone"));
}

TEST_F(ControlSetTest, OfTwoWithOneNameTheFirstStays) {
  set_.add({number("speed"), number("volume")}, source());
  const std::string all = set_.describe({"view", "playing", "all", ""});
  EXPECT_EQ(all.find("\"speed\""), all.rfind("\"name\":\"speed\"") + 7);
  EXPECT_THAT(all, HasSubstr(R"("name":"volume")"));
}

TEST_F(ControlSetTest, ControlsComeAndGo) {
  const auto handle = set_.add({number("volume")}, source());
  set_.replace(handle, {number("balance"), number("volume")});
  EXPECT_THAT(told_, ElementsAre("all", "all"));
  EXPECT_THAT(set_.describe({"view", "playing", "all", ""}),
              testing::AllOf(HasSubstr(R"("rev":1,)"), HasSubstr(R"("name":"balance")")));
  set_.replace(handle, {});
  want(R"({"volume":1})");
  EXPECT_THAT(answers_, ElementsAre("unknown-control"));
}

TEST_F(ControlSetTest, AnActionIsDoneInItsTurn) {
  const auto handle = set_.add({action("print"), number("page")}, source());
  want(R"({"page":1})");
  want(R"({"page":2})");
  set_.activate("print", "s2", note());
  want(R"({"page":3})");  // is not what is printed
  for (std::size_t i = 0; i < 4; ++i) {
    ASSERT_EQ(applied_.size(), i + 1);
    applied_[i].done({});
  }
  EXPECT_EQ(applied_[1].values, (ControlValues{{"page", 2.0}}));
  EXPECT_EQ(applied_[2].values, (ControlValues{{"print", true}}));
  EXPECT_EQ(applied_[2].by, "s2");
  EXPECT_EQ(applied_[3].values, (ControlValues{{"page", 3.0}}));
  EXPECT_THAT(answers_, ElementsAre("done", "done", "done", "done"));
  const std::string all = set_.describe({"control", "playing", "all", ""});
  EXPECT_THAT(all, HasSubstr(R"({"name":"print","label":"print","type":"action"})"));
  set_.replace(handle, {});
}

TEST_F(ControlSetTest, ActionsAreNoValuesAndTheOtherWayRound) {
  set_.add({action("print")}, source());
  want(R"({"print":true})");
  set_.activate("speed", "s1", note());
  set_.activate("nothing", "s1", note());
  EXPECT_THAT(answers_, ElementsAre("type", "type", "unknown-control"));
  EXPECT_THAT(applied_, IsEmpty());
  for (int i = 0; i < 70; ++i) set_.activate("print", "s1", note());
  EXPECT_EQ(answers_.back(), "busy");
}

TEST_F(ControlSetTest, EveryChangeIsToldToTheApplication) {
  set_.report("size", 5.0, "");
  set_.report("size", 5.0, "");
  set_.report("speed", 5.0, "s1");
  EXPECT_THAT(changed_, ElementsAre("size", "speed"));
}

TEST_F(ControlSetTest, AStrangersWordIsQuotedAsText) {
  const std::string cut_in_half = std::string(39, 'a') + "ä";
  set_.set(JsonReader("{\"" + cut_in_half + "\":1}"), "s1",
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
