// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_probe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "media.hpp"

namespace webrtcserver {
namespace {

using testing::h264_row;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(EncoderProbe, AnEncoderThatGivesAFrameWorks) {
  const Encoder row = h264_row("x264enc");
  EXPECT_EQ(failure_to_encode(row, row.inputs[0], std::chrono::seconds(60)), "");
}

TEST(EncoderProbe, AnEncoderThatFailsAtAPictureIsToldWithItsWords) {
  testing::register_failing_encoders();
  const Encoder row = h264_row(testing::kFailsToStart);
  EXPECT_THAT(failure_to_encode(row, row.inputs[0], std::chrono::seconds(60)),
              HasSubstr("All sessions of this encoder are taken"));
}

TEST(EncoderProbe, AnEncoderThatGivesNothingIsTold) {
  static constexpr std::array kSettings{PropertySetting{"drop-probability", "1.0"}};
  Encoder row = h264_row("identity");
  row.settings = kSettings;
  row.output_filter = nullptr;
  EXPECT_THAT(failure_to_encode(row, row.inputs[0], std::chrono::seconds(60)),
              HasSubstr("gives none"));
}

// A closed valve lets nothing through, not even the end of the stream.
TEST(EncoderProbe, AnEncoderThatNeverAnswersIsLeftBehind) {
  static constexpr std::array kSettings{PropertySetting{"drop", "true"}};
  Encoder row = h264_row("valve");
  row.settings = kSettings;
  row.output_filter = nullptr;
  EXPECT_THAT(failure_to_encode(row, row.inputs[0], std::chrono::milliseconds(50)),
              HasSubstr("gives no frame of a picture within 50 ms"));
}

TEST(EncoderProbe, WhatCannotBeBuiltIsNoCrash) {
  const Encoder row = h264_row("no-such-encoder");
  EXPECT_THAT(failure_to_encode(row, row.inputs[0]), HasSubstr("cannot be tried"));
}

TEST(EncoderCatalogue, AStubThatReachesReadyIsRefusedByAFrameWithTheReason) {
  testing::register_failing_encoders();
  static std::array rows{h264_row(testing::kFailsToStart), h264_row("x264enc")};
  rows[0].proof = EncoderProof::kFirstFrame;
  rows[1].proof = EncoderProof::kFirstFrame;
  EncoderCatalogue catalogue(rows);
  const auto reports = catalogue.report();
  EXPECT_THAT(reports[0].refused, HasSubstr("All sessions of this encoder are taken"));
  EXPECT_THAT(reports[0].inputs, IsEmpty());
  EXPECT_EQ(reports[1].refused, "");
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string("video/x-raw"));
  EXPECT_EQ(catalogue.choices(*find_codec("H264"), caps.get()).size(), 1U);
}

TEST(EncoderCatalogue, AnObstacleIsSeenBeforeTheElementIsTouched) {
  static std::array rows{h264_row("x264enc")};
  rows[0].obstacle = [] { return std::string("there is no hardware"); };
  EXPECT_EQ(EncoderCatalogue(rows).report()[0].refused, "there is no hardware");
}

}  // namespace
}  // namespace webrtcserver
