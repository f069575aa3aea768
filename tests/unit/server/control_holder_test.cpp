// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control_holder.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

class ControlHolderTest : public testing::Test {
 protected:
  static std::string code(const std::optional<ControlFault>& fault) {
    return fault ? fault->code() : "";
  }

  int changes_ = 0;
};

TEST_F(ControlHolderTest, EverybodyHasControl) {
  ControlHolder all(ControlPolicy::kAll, [this] { ++changes_; });
  for (const char* session : {"s1", "s2"}) all.permit(session, true);
  for (const char* by : {"s1", "s2", "http"}) EXPECT_FALSE(all.refusal(by)) << by;
  EXPECT_FALSE(all.acquire("s2"));
  all.release("s2");
  EXPECT_EQ(all.holder(), "");
  EXPECT_EQ(changes_, 0);
}

TEST_F(ControlHolderTest, TheFirstHasControlUntilItLeaves) {
  ControlHolder first(ControlPolicy::kFirst, [this] { ++changes_; });
  EXPECT_FALSE(first.refusal("http"));
  for (const char* session : {"s1", "s2", "s3"}) first.permit(session, true);
  EXPECT_EQ(first.holder(), "s1");
  EXPECT_FALSE(first.refusal("s1"));
  EXPECT_EQ(code(first.refusal("s2")), "not-in-control");
  EXPECT_EQ(code(first.refusal("http")), "not-in-control");
  EXPECT_EQ(code(first.acquire("s3")), "held");
  EXPECT_NE(std::string(first.acquire("s3")->what()).find("s1"), std::string::npos);
  first.permit("s2", false);
  EXPECT_EQ(changes_, 1);
  first.permit("s1", false);
  EXPECT_EQ(first.holder(), "s3");
  first.permit("s3", false);
  EXPECT_EQ(first.holder(), "");
  EXPECT_EQ(changes_, 3);
}

TEST_F(ControlHolderTest, WhoGivesControlBackIsNotNextAgain) {
  ControlHolder first(ControlPolicy::kFirst, [this] { ++changes_; });
  first.permit("s1", true);
  first.permit("s2", true);
  first.release("s2");  // has nothing to give back
  EXPECT_EQ(first.holder(), "s1");
  first.release("s1");
  EXPECT_EQ(first.holder(), "s2");
  first.release("s2");
  EXPECT_EQ(first.holder(), "");
  EXPECT_EQ(code(first.refusal("s1")), "not-in-control");
  EXPECT_FALSE(first.refusal("http"));
  EXPECT_FALSE(first.acquire("s1"));
  EXPECT_EQ(first.holder(), "s1");
  first.permit("s1", false);
  first.permit("s4", true);
  EXPECT_EQ(first.holder(), "s4");
}

TEST_F(ControlHolderTest, WhoTakesControlHasItAlone) {
  ControlHolder exclusive(ControlPolicy::kExclusive, [this] { ++changes_; });
  for (const char* session : {"s1", "s2"}) exclusive.permit(session, true);
  EXPECT_EQ(exclusive.holder(), "");
  EXPECT_EQ(code(exclusive.refusal("s1")), "not-in-control");
  EXPECT_FALSE(exclusive.refusal("http"));
  EXPECT_FALSE(exclusive.acquire("s2"));
  EXPECT_FALSE(exclusive.acquire("s2"));
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(code(exclusive.acquire("s1")), "held");
  EXPECT_FALSE(exclusive.refusal("s2"));
  for (const char* by : {"s1", "http"}) EXPECT_EQ(code(exclusive.refusal(by)), "not-in-control");
  exclusive.release("s1");
  EXPECT_EQ(exclusive.holder(), "s2");
  exclusive.permit("s2", false);
  EXPECT_EQ(exclusive.holder(), "");
  EXPECT_FALSE(exclusive.acquire("s1"));
  exclusive.release("s1");
  EXPECT_EQ(exclusive.holder(), "");
  EXPECT_EQ(changes_, 4);
}

}  // namespace
}  // namespace webrtcserver
