// SPDX-License-Identifier: LGPL-2.1-or-later
// What an EncodingSet does while nothing comes, and with what comes after it.
#include <gtest/gtest.h>

#include "codec/encoding_set.hpp"
#include "encoding_set_fixture.hpp"
#include "media.hpp"
#include "recorders.hpp"

namespace webrtcserver {
namespace {

using testing::Media;
using testing::raw_video;
using testing::RecordingSink;

using EncodingSetPauseTest = testing::EncodingSetFixture;

TEST_F(EncodingSetPauseTest, NoEncoderRunsWhileItIsSuspended) {
  const auto set = make();
  const Media media = raw_video(320, 180, 5);
  set->set_caps(media.caps);
  const auto lease = set->acquire(*find_codec("H264"), "1");
  const auto sink = std::make_shared<RecordingSink>();
  lease->join(sink);
  ASSERT_TRUE(stream(*set, media, *sink, 3));
  set->suspend();
  ASSERT_TRUE(listener_->wait_until_pipelines_are_gone());
  EXPECT_FALSE(set->formats().empty());
  // Nor for one who comes meanwhile, or for other caps.
  const auto late = set->acquire(*find_codec("VP8"), "2");
  ASSERT_TRUE(late);
  const auto other = std::make_shared<RecordingSink>();
  late->join(other);
  set->set_caps(raw_video(160, 90, 1).caps);
  set->set_caps(media.caps);
  EXPECT_TRUE(listener_->wait_until_pipelines_are_gone());
  EXPECT_EQ(lease->encoder_name(), "");
  EXPECT_EQ(late->encoder_name(), "");

  const std::size_t before = sink->frames().size();
  set->resume();
  ASSERT_TRUE(stream(*set, media, *sink, 3));
  EXPECT_TRUE(sink->frames()[before]->key_frame);
  ASSERT_TRUE(stream(*set, media, *other, 3));
  EXPECT_TRUE(other->frames()[0]->key_frame);
}

TEST_F(EncodingSetPauseTest, EncodedInputThatWasCutGoesOnAtAKeyFrame) {
  const auto set = make();
  // The sixth is the next key frame.
  const Media media = testing::make_media(
      "videotestsrc pattern=ball num-buffers=10 ! "
      "video/x-raw,format=I420,framerate=30/1,width=320,height=180 ! "
      "x264enc tune=zerolatency key-int-max=5");
  set->set_caps(media.caps);
  const auto lease = set->acquire(*find_codec("H264"), "1");
  const auto sink = std::make_shared<RecordingSink>();
  lease->join(sink);
  const auto push_until = [&](std::size_t from, std::size_t to) {
    GstClockTime last = 0;
    for (std::size_t i = from; i < to; ++i) last = push(*set, media, i);
    return last;
  };
  ASSERT_TRUE(sink->wait_for_time(push_until(0, 2)));
  const std::size_t before = sink->frames().size();
  set->skip_to_key_frame();
  ASSERT_TRUE(sink->wait_for_time(push_until(3, 7)));
  const auto frames = sink->frames();
  ASSERT_EQ(frames.size(), before + 2);
  EXPECT_TRUE(frames[before]->key_frame);
}

}  // namespace
}  // namespace webrtcserver
