// SPDX-License-Identifier: LGPL-2.1-or-later
// encoding_set_fixture.hpp — an EncodingSet, who listens to it, and frames for it in their time.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "codec/encoding_set.hpp"
#include "media.hpp"
#include "recorders.hpp"

namespace webrtcserver::testing {

class EncodingSetFixture : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(listener_->wait_until_pipelines_are_gone()); }

  std::shared_ptr<EncodingSet> make(
      MediaKind kind = MediaKind::kVideo, std::vector<const Codec*> codecs = {},
      std::shared_ptr<EncoderCatalogue> catalogue = EncoderCatalogue::system()) {
    EncodingSet::Settings settings;
    settings.name = kind == MediaKind::kVideo ? "video_0" : "audio_0";
    settings.kind = kind;
    settings.codecs = std::move(codecs);
    settings.bitrate = 1'000'000;
    return EncodingSet::create(std::move(settings), listener_, std::move(catalogue));
  }
  GstClockTime push(EncodingSet& set, const Media& media, std::size_t index) {
    const GstClockTime time = kStart + pushed_++ * kFrameTime;
    set.push(media.buffers[index % media.buffers.size()], time);
    return time;
  }
  ::testing::AssertionResult stream(EncodingSet& set, const Media& media, RecordingSink& sink,
                                    std::size_t frames) {
    const std::size_t goal = sink.frames().size() + frames;
    const auto give_up = std::chrono::steady_clock::now() + kDeadline;
    for (std::size_t i = 0; sink.frames().size() < goal; ++i) {
      if (std::chrono::steady_clock::now() > give_up)
        return ::testing::AssertionFailure() << "no more frames";
      push(set, media, i);
      sink.wait_briefly_for_frames(goal);
    }
    return ::testing::AssertionSuccess();
  }

  std::shared_ptr<RecordingListener> listener_ = std::make_shared<RecordingListener>();
  std::size_t pushed_ = 0;
};

}  // namespace webrtcserver::testing
