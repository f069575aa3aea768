// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/encoded_stream.hpp"

#include <gmock/gmock.h>
#include <gst/video/gstvideometa.h>
#include <gtest/gtest.h>

#include "support/patience.hpp"
#include "support/picture_samples.hpp"

namespace webrtcserver {
namespace {

using ::testing::ElementsAre;

// The x of the first region of each frame that came; -1: none.
class Regions final : public Target {
 public:
  const Location& location() const override { return location_; }
  const OutputFormat& format() const override { return output_format_of(location_); }
  void open() override {}
  void begin(const OutputCodec* /*codec*/) override {}
  void push(const VideoFrame& frame) override {
    gpointer state = nullptr;
    const auto* region =
        reinterpret_cast<const GstVideoRegionOfInterestMeta*>(gst_buffer_iterate_meta_filtered(
            frame.buffer.get(), &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE));
    found.push_back(region ? static_cast<int>(region->x) : -1);
  }
  void finish() override { ended.set(); }
  void give_up(const std::string& /*message*/) override { ended.set(); }
  void stop() override {}
  std::string uri() const override { return location_.text; }
  Numbers numbers() const override { return {}; }
  Ref<GstElement> element() const override { return {}; }

  std::vector<int> found;
  Completion ended;

 private:
  const Location location_ = Location::parse("a.mkv", LocationUse::kOutput);
};

TEST(EncodedStreamTest, RegionsOfFramesComeOutOfTheEncoderWithThem) {
  const auto target = std::make_shared<Regions>();
  EncodedStream::Plan plan;
  plan.codec = find_output_codec("h264");
  plan.bitrate = 1'000'000;
  plan.wait = true;
  const auto stream = EncodedStream::create(plan, {target}, {});
  GstClockTime time = GST_SECOND;
  for (const int x : {16, -1, 32, 48}) {
    time += GST_SECOND / 25;
    const auto sample = test::picture(160, 120, test::kRed, time);
    auto buffer = Ref<GstBuffer>::adopt(gst_buffer_copy(gst_sample_get_buffer(sample.get())));
    if (x >= 0) {
      gst_buffer_add_video_region_of_interest_meta(buffer.get(), "face", static_cast<guint>(x), 8,
                                                   20, 20);
    }
    stream->push({Ref<GstCaps>::retain(gst_sample_get_caps(sample.get())), std::move(buffer)});
  }
  stream->finish();
  ASSERT_TRUE(target->ended.wait_until(Completion::Clock::now() + test::kPatience));
  EXPECT_THAT(target->found, ElementsAre(16, -1, 32, 48));
  stream->stop();
}

}  // namespace
}  // namespace webrtcserver
