// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_catalogue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "media.hpp"

namespace webrtcserver {
namespace {

using testing::h264_row;

Ref<GstCaps> caps(const char* text) {
  return Ref<GstCaps>::adopt(gst_caps_from_string(text));
}

TEST(EncoderCatalogue, LeavesOutWhatIsMissingOrDoesNotReachReady) {
  testing::register_failing_encoders();
  static const std::array rows{h264_row("no-such-encoder"), h264_row(testing::kFailsAtReady),
                               h264_row("x264enc"), h264_row("openh264enc")};
  EncoderCatalogue catalogue(rows);
  const auto choices = catalogue.choices(*find_codec("H264"), caps("video/x-raw,format=RGB").get());
  ASSERT_EQ(choices.size(), 2U);
  EXPECT_STREQ(choices[0].encoder->factory, "x264enc");
  EXPECT_STREQ(choices[1].encoder->factory, "openh264enc");
}

TEST(EncoderCatalogue, ChoosesTheInputByMemory) {
  static constexpr std::array kInputs{
      EncoderInput{"video/x-raw(memory:Missing)", "no-such-element"},
      EncoderInput{"video/x-raw(memory:Special)", "identity"},
      EncoderInput{"video/x-raw", "videoconvert"},
  };
  static std::array rows{h264_row("x264enc")};
  rows[0].inputs = kInputs;
  EncoderCatalogue catalogue(rows);
  const Codec& h264 = *find_codec("H264");
  const auto plain = catalogue.choices(h264, caps("video/x-raw,format=I420").get());
  ASSERT_EQ(plain.size(), 1U);
  EXPECT_STREQ(plain[0].input->converter, "videoconvert");
  const auto special =
      catalogue.choices(h264, caps("video/x-raw(memory:Special),format=I420").get());
  ASSERT_EQ(special.size(), 1U);
  EXPECT_STREQ(special[0].input->converter, "identity");
  EXPECT_TRUE(catalogue.choices(h264, caps("video/x-raw(memory:Missing)").get()).empty());
  EXPECT_TRUE(catalogue.choices(*find_codec("VP8"), caps("video/x-raw").get()).empty());
}

TEST(EncoderCatalogue, TellsTheRawCapsItTakes) {
  static constexpr std::array kInputs{
      EncoderInput{"video/x-raw(memory:Missing)", "no-such-element"},
      EncoderInput{"video/x-raw(memory:Special)", "identity"},
      EncoderInput{"video/x-raw", "videoconvert"},
  };
  static std::array rows{h264_row("x264enc")};
  rows[0].inputs = kInputs;
  EncoderCatalogue catalogue(rows);
  const auto taken = catalogue.raw_caps(*find_codec("H264"));
  EXPECT_TRUE(
      gst_caps_is_equal(taken.get(), caps("video/x-raw(memory:Special);video/x-raw").get()));
  EXPECT_TRUE(gst_caps_is_empty(catalogue.raw_caps(*find_codec("VP8")).get()));
}

TEST(EncoderCatalogue, ProbesOnceHoweverManyAsk) {
  static const std::array rows{h264_row("x264enc")};
  EncoderCatalogue catalogue(rows);
  const auto raw = caps("video/x-raw");
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::array<std::size_t, 4> found{};
  for (auto& mine : found) {
    threads.emplace_back([&] { mine = catalogue.choices(*find_codec("H264"), raw.get()).size(); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto mine : found) EXPECT_EQ(mine, 1U);
}

}  // namespace
}  // namespace webrtcserver
