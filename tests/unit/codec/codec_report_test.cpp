// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/codec_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/json.hpp"
#include "codec/codec_overrides.hpp"
#include "media.hpp"

namespace webrtcserver {
namespace {

using ::testing::ElementsAre;
using testing::h264_row;
using ::testing::IsEmpty;

TEST(CodecReport, TellsWhatIsUsedWhatIsNotAndWhy) {
  static constexpr std::array kInputs{
      EncoderInput{"video/x-raw(memory:Special)", "identity"},
      EncoderInput{"video/x-raw(memory:Other)", "videoconvert", nullptr, "identity"},
      EncoderInput{"video/x-raw", "videoconvert"},
  };
  static std::array encoders{h264_row("no-such-encoder"), h264_row("x264enc"), h264_row("vp8enc")};
  encoders[1].inputs = kInputs;
  encoders[1].limits = "Nothing above the clouds.";
  encoders[2].codec = "VP8";
  encoders[2].input_filter = "video/x-raw(memory:Special)";
  encoders[2].bitrate_change = BitrateChange::kRestart;
  static constexpr std::array kOutputs{DecoderOutput{"video/x-raw", "videoconvert"}};
  static constexpr std::array kDecoders{Decoder{"VP8", "vp8dec", kOutputs, {}}};
  CodecOverrides overrides;
  overrides.file = "codecs.ini";
  overrides.problems = {"It is wrong."};
  const JsonReader report(
      codec_report(EncoderCatalogue(encoders), DecoderCatalogue(kDecoders), overrides));
  EXPECT_EQ(report.string("file"), "codecs.ini");
  EXPECT_THAT(*report.strings("problems"), ElementsAre("It is wrong."));

  const auto rows = *report.objects("encoders");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].string("element"), "no-such-encoder");
  EXPECT_EQ(rows[0].boolean("usable"), false);
  EXPECT_EQ(rows[0].boolean("installed"), false);
  EXPECT_EQ(rows[0].string("refused"), "it is not installed");
  EXPECT_THAT(*rows[0].strings("memory"), IsEmpty());

  EXPECT_EQ(rows[1].string("codec"), "H264");
  EXPECT_EQ(rows[1].boolean("usable"), true);
  EXPECT_EQ(rows[1].string("refused"), std::nullopt);
  EXPECT_THAT(*rows[1].strings("memory"), ElementsAre("memory:Special", "memory:SystemMemory"));
  EXPECT_THAT(*rows[1].strings("copied-memory"), ElementsAre("memory:Other"));
  EXPECT_EQ(rows[1].string("limits"), "Nothing above the clouds.");
  EXPECT_EQ(rows[1].string("bitrate-change"), "live");

  EXPECT_THAT(*rows[2].strings("copied-memory"), ElementsAre("memory:SystemMemory"))
      << "it is uploaded";
  EXPECT_EQ(rows[2].string("bitrate-change"), "restart");

  const auto decoders = *report.objects("decoders");
  ASSERT_EQ(decoders.size(), 1U);
  EXPECT_EQ(decoders[0].string("element"), "vp8dec");
  EXPECT_THAT(*decoders[0].strings("memory"), ElementsAre("memory:SystemMemory"));
}

}  // namespace
}  // namespace webrtcserver
