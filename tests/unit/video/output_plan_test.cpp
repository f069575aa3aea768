// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/output_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

OutputWish wish(const std::string& uri) {
  const Location location = Location::parse(uri, LocationUse::kOutput);
  const OutputFormat& format = output_format_of(location);
  return {&format, uri, codecs_of_format(format)};
}

// "raw" where a target gets that.
std::vector<std::string> plan(const std::vector<std::string>& uris,
                              const VideoOptions& options = {},
                              const std::vector<std::string>& missing = {}) {
  std::vector<OutputWish> wishes;
  for (const std::string& uri : uris) wishes.push_back(wish(uri));
  std::vector<std::string> names;
  for (const OutputCodec* codec : plan_codecs(wishes, options, [&](const OutputCodec& asked) {
         return std::find(missing.begin(), missing.end(), asked.name) == missing.end();
       }))
    names.emplace_back(codec ? codec->name : "raw");
  return names;
}

std::string error_of(const std::vector<std::string>& uris, const VideoOptions& options,
                     ErrorCode code, const std::vector<std::string>& missing = {}) {
  try {
    plan(uris, options, missing);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "";
}

VideoOptions codec(const char* name) {
  VideoOptions options;
  options.output_codec = name;
  return options;
}

TEST(OutputPlan, BrowsersAloneGetRawVideo) {
  EXPECT_THAT(plan({"webrtc://@:8554/output"}), ElementsAre("raw"));
  EXPECT_THAT(plan({"webrtc://@:8554/output"}, codec("vp8")), ElementsAre("raw"));
  EXPECT_THAT(plan({"webrtc://@:8554/output", "display://"}), ElementsAre("raw", "raw"));
}

TEST(OutputPlan, BrowserFileAndRtpShareOneCodec) {
  EXPECT_THAT(plan({"webrtc://@:8554/output", "a.mp4", "rtp://127.0.0.1:5004"}),
              ElementsAre("H264", "H264", "H264"));
  EXPECT_THAT(plan({"webrtc://@:8554/output", "a.webm"}), ElementsAre("VP8", "VP8"));
  EXPECT_THAT(plan({"webrtc://@:8554/a", "webrtc://@:8554/b"}), ElementsAre("H264", "H264"));
}

TEST(OutputPlan, TargetsWithoutCommonCodecGetOneEach) {
  EXPECT_THAT(plan({"a.ts", "a.webm", "b.webm", "b.mkv"}),
              ElementsAre("H264", "VP8", "VP8", "H264"));
}

TEST(OutputPlan, PicturesAreOfTheirOwnKind) {
  EXPECT_THAT(plan({"img_%04d.jpg", "a.mp4"}, codec("h264")), ElementsAre("JPEG", "H264"));
  EXPECT_THAT(plan({"img_%04d.png", "webrtc://@:8554/output"}), ElementsAre("PNG", "raw"));
}

TEST(OutputPlan, NextCodecStandsInWhereAnEncoderIsMissing) {
  EXPECT_THAT(plan({"a.mkv"}, {}, {"H264"}), ElementsAre("VP8"));
}

TEST(OutputPlan, NamedEncoderDecidesForBrowsersToo) {
  VideoOptions options;
  options.output_encoder = "openh264enc";
  EXPECT_THAT(plan({"webrtc://@:8554/output"}, options), ElementsAre("H264"));
}

TEST(OutputPlan, RefusalNamesTargetAndCodec) {
  EXPECT_THAT(error_of({"a.flv"}, codec("VP8"), ErrorCode::kNoCommonCodec),
              HasSubstr("\"a.flv\": FLV cannot carry VP8; it takes H264."));
  EXPECT_THAT(error_of({"a.mkv"}, codec("theora"), ErrorCode::kNoCommonCodec),
              HasSubstr("no codec \"theora\""));
  EXPECT_THAT(error_of({"a.flv"}, {}, ErrorCode::kNoEncoder, {"H264"}),
              HasSubstr("\"a.flv\": no encoder of H264 works here"));
  VideoOptions options = codec("vp8");
  options.output_encoder = "x264enc";
  EXPECT_THAT(error_of({"a.mkv"}, options, ErrorCode::kSettingsConflict),
              HasSubstr("\"x264enc\" makes H264, not VP8"));
  options.output_encoder = "videoconvert";
  EXPECT_THAT(error_of({"a.mkv"}, options, ErrorCode::kNoEncoder), HasSubstr("x264enc"));
}

}  // namespace
}  // namespace webrtcserver
