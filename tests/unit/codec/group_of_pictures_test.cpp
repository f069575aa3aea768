// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/group_of_pictures.hpp"

#include <gtest/gtest.h>

#include "media.hpp"

namespace webrtcserver {
namespace {

using testing::make_frame;

TEST(GroupOfPictures, BeginsAtAKeyFrame) {
  GroupOfPictures cache({});
  cache.push(make_frame(false, 0));
  EXPECT_TRUE(cache.frames().empty());
  cache.push(make_frame(true, GST_SECOND));
  cache.push(make_frame(false, 2 * GST_SECOND));
  ASSERT_EQ(cache.frames().size(), 2U);
  EXPECT_TRUE(cache.frames().front()->key_frame);
  EXPECT_EQ(cache.duration(), GST_SECOND);
  EXPECT_EQ(cache.size(), 2000U);
}

TEST(GroupOfPictures, BeginsAnewAtEachKeyFrame) {
  GroupOfPictures cache({});
  cache.push(make_frame(true, 0));
  cache.push(make_frame(false, 1));
  const auto second = make_frame(true, 2, 77);
  cache.push(second);
  ASSERT_EQ(cache.frames().size(), 1U);
  EXPECT_EQ(cache.frames().front(), second);
  EXPECT_EQ(cache.size(), 77U);
}

TEST(GroupOfPictures, OneThatOutgrowsALimitIsDroppedUntilTheNextKeyFrame) {
  const GroupOfPictures::Limits by_bytes{.bytes = 2500, .frames = 100, .duration = GST_SECOND};
  const GroupOfPictures::Limits by_frames{.bytes = 100000, .frames = 2, .duration = GST_SECOND};
  const GroupOfPictures::Limits by_duration{.bytes = 100000, .frames = 100, .duration = 1};
  for (const auto& limits : {by_bytes, by_frames, by_duration}) {
    GroupOfPictures cache(limits);
    cache.push(make_frame(true, 0));
    cache.push(make_frame(false, 1));
    EXPECT_EQ(cache.frames().size(), 2U);
    cache.push(make_frame(false, 2));
    EXPECT_TRUE(cache.frames().empty());
    EXPECT_EQ(cache.size(), 0U);
    cache.push(make_frame(false, 3));
    EXPECT_TRUE(cache.frames().empty());
    cache.push(make_frame(true, 4));
    EXPECT_EQ(cache.frames().size(), 1U);
  }
}

TEST(GroupOfPictures, HoldsATenSecondGroupOfACamera) {
  GroupOfPictures cache({});
  for (int i = 0; i < 600; ++i)
    cache.push(make_frame(i == 0, i * GST_SECOND / 60, 20'000));  // 9.6 Mbit/s
  EXPECT_EQ(cache.frames().size(), 600U);
}

TEST(GroupOfPictures, TimeThatRunsBackIsNoDuration) {
  GroupOfPictures cache({});
  cache.push(make_frame(true, GST_SECOND));
  cache.push(make_frame(false, 0));
  EXPECT_EQ(cache.duration(), 0U);
  EXPECT_EQ(cache.frames().size(), 2U);
}

}  // namespace
}  // namespace webrtcserver
