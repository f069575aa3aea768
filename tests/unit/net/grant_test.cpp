// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/grant.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

Grant over(const std::string& pattern) {
  return {{pattern}, {Permission::kView}, {}, {}};
}

TEST(Grant, CoversTheStreamsThatItsPatternsName) {
  EXPECT_TRUE(over("output").covers("output"));
  EXPECT_FALSE(over("output").covers("output2"));
  EXPECT_FALSE(over("output").covers("Output"));
  EXPECT_TRUE(over("cam-*").covers("cam-1"));
  EXPECT_TRUE(over("cam-*").covers("cam-"));
  EXPECT_FALSE(over("cam-*").covers("cam"));
  EXPECT_FALSE(over("cam-*").covers("my-cam-1"));
  EXPECT_TRUE(over("*-front").covers("cam-front"));
  EXPECT_TRUE(over("a*b*c").covers("a1b2c"));
  EXPECT_FALSE(over("a*b*c").covers("acb"));
  EXPECT_TRUE(over("*").covers("anything"));
  EXPECT_FALSE(over("a.b").covers("axb"));
}

TEST(Grant, AllowsWhatItNamesOnThoseStreams) {
  const Grant grant{{"cam-*", "output"}, {Permission::kView, Permission::kControl}, {}, {}};
  EXPECT_TRUE(grant.allows(Permission::kView, "output"));
  EXPECT_TRUE(grant.allows(Permission::kControl, "cam-7"));
  EXPECT_FALSE(grant.allows(Permission::kPublish, "output"));
  EXPECT_FALSE(grant.allows(Permission::kView, "input"));
}

TEST(Grant, EndsWithTheSecondThatItNames) {
  Grant grant = Grant::everything();
  EXPECT_FALSE(grant.expired(4'000'000'000));
  grant.expires = 1000;
  EXPECT_FALSE(grant.expired(999));
  EXPECT_TRUE(grant.expired(1000));
}

TEST(StreamPattern, IsMadeOfWhatNamesAreMadeOf) {
  for (const char* good : {"output", "*", "cam-*", "a_b~c.d"}) EXPECT_TRUE(is_stream_pattern(good));
  for (const char* bad : {"", "a/b", "a b", "a?", "[a]", "ä"}) EXPECT_FALSE(is_stream_pattern(bad));
  EXPECT_FALSE(is_stream_pattern(std::string(65, 'a')));
}

TEST(Permission, HasTheNameThatItIsFoundBy) {
  for (const auto permission : {Permission::kView, Permission::kPublish, Permission::kControl})
    EXPECT_EQ(permission_named(to_string(permission)), permission);
  EXPECT_FALSE(permission_named("admin"));
  EXPECT_FALSE(permission_named("View"));
}

}  // namespace
}  // namespace webrtcserver
