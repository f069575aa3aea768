// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/codec_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

CodecOverrides read(const std::string& text) {
  CodecOverrides overrides;
  overrides.read_key_file(text, "codecs.ini");
  EXPECT_TRUE(overrides.problems.empty());
  return overrides;
}

template <typename Row>
std::vector<std::string> factories(std::span<const Row> rows, std::string_view codec) {
  std::vector<std::string> found;
  for (const Row& row : rows) {
    if (codec == row.codec) found.emplace_back(row.factory);
  }
  return found;
}

Ref<GstCaps> raw() {
  return Ref<GstCaps>::adopt(
      gst_caps_from_string("video/x-raw,format=I420,width=320,height=240,framerate=30/1"));
}

TEST(CodecRows, WithoutOverridesAreTheTables) {
  const CodecRows rows(encoder_table(), decoder_table(), {});
  ASSERT_EQ(rows.encoders().size(), encoder_table().size());
  for (std::size_t i = 0; i < rows.encoders().size(); ++i) {
    EXPECT_EQ(rows.encoders()[i].factory, encoder_table()[i].factory);
    EXPECT_EQ(rows.encoders()[i].settings.data(), encoder_table()[i].settings.data());
  }
  EXPECT_EQ(rows.decoders().size(), decoder_table().size());
}

TEST(CodecRows, PriorityGoesAheadOfRankAndRankAheadOfTheTable) {
  auto overrides =
      read("[openh264enc]\npriority=1\n[vah264enc]\npriority=-1\n[vp8dec]\npriority=2\n");
  overrides.read_ranks("x264enc:MAX,nvh264enc:300");
  const CodecRows rows(encoder_table(), decoder_table(), overrides);
  const auto h264 = factories(rows.encoders(), "H264");
  EXPECT_THAT(std::vector<std::string>(h264.begin(), h264.begin() + 4),
              ElementsAre("openh264enc", "x264enc", "nvh264enc", "nvv4l2h264enc"));
  EXPECT_EQ(h264.back(), "vah264enc");
  EXPECT_EQ(factories(rows.decoders(), "VP8").front(), "vp8dec");
}

TEST(CodecRows, WhatIsRefusedIsListedAndNotUsed) {
  auto overrides = read("[x264enc]\ndisabled=true\n[vp8dec]\ndisabled=true\n");
  overrides.read_ranks("openh264enc:NONE");
  const CodecRows rows(encoder_table(), decoder_table(), overrides);
  EncoderCatalogue encoders(rows.encoders());
  const auto only = encoders.only("x264enc, openh264enc");
  EXPECT_TRUE(only->choices(*find_codec("H264"), raw().get()).empty());
  const auto reports = only->report();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].refused, "it is disabled in codecs.ini");
  EXPECT_THAT(reports[1].refused, HasSubstr("GST_PLUGIN_FEATURE_RANK"));
  const auto decoders = DecoderCatalogue(rows.decoders()).only("vp8dec");
  EXPECT_TRUE(decoders->choices(*find_codec("VP8"), raw().get()).empty());
  EXPECT_EQ(decoders->report()[0].refused, "it is disabled in codecs.ini");
}

TEST(CodecRows, TheUsersSettingsGoAheadAndWhatIsNotTakenIsTold) {
  const auto overrides = read(
      "[x264enc]\nset.speed-preset=fast\nset.no-such-property=1\nset.key-int-max=-5\n"
      "bitrate-property=quantizer\nbitrate-unit=bit\n");
  const CodecRows rows(encoder_table(), {}, overrides);
  const auto only = EncoderCatalogue(rows.encoders()).only("x264enc");
  const auto choices = only->choices(*find_codec("H264"), raw().get());
  ASSERT_EQ(choices.size(), 1U);
  const Encoder& row = *choices[0].encoder;
  EXPECT_STREQ(row.settings[0].name, "speed-preset");
  EXPECT_STREQ(row.settings[0].value, "fast");
  EXPECT_STREQ(row.bitrate_property, "quantizer");
  EXPECT_EQ(row.bitrate_unit, BitrateUnit::kBit);
  EXPECT_THAT(
      only->report()[0].problems,
      ElementsAre(AllOf(HasSubstr("x264enc: set.no-such-property"), HasSubstr("no writable")),
                  AllOf(HasSubstr("x264enc: set.key-int-max"), HasSubstr("-5"))));
}

// Twice an encoder that is there, under names that no table has: one that takes frames as they are,
// and one behind a converter of its own.
TEST(CodecRows, ADescribedEncoderIsTriedLikeAnyOther) {
  const auto overrides = read(
      "[theoraenc]\ncodec=VP8\ninput-caps=video/x-raw,format=I420\n"
      "[x265enc]\ncodec=H265\ninput-caps=video/x-raw,format=I420\npriority=5\n"
      "converter=identity\noutput-caps=video/x-h265,profile=main\nbitrate-unit=kbit\n"
      "set.tune=zerolatency\nset.speed-preset=ultrafast\n");
  const CodecRows rows(encoder_table(), {}, overrides);
  EXPECT_EQ(factories(rows.encoders(), "VP8").back(), "theoraenc");
  const auto h265 = factories(rows.encoders(), "H265");
  EXPECT_EQ(h265.front(), "x265enc");
  const auto found =
      std::find_if(rows.encoders().begin(), rows.encoders().end(),
                   [](const auto& row) { return std::string_view(row.factory) == "x265enc"; });
  EXPECT_EQ(found->proof, EncoderProof::kFirstFrame);
  EXPECT_EQ(found->bitrate_unit, BitrateUnit::kKilobit);
  EXPECT_STREQ(found->bitrate_property, "bitrate");
  EXPECT_STREQ(found->source, "codecs.ini");
  ASSERT_EQ(found->inputs.size(), 1U);
  EXPECT_THAT(found->inputs[0].converter, HasSubstr(" ! identity"));
  // What it makes is no VP8: the caps behind it say so.
  const auto theora = EncoderCatalogue(rows.encoders()).only("theoraenc");
  EXPECT_EQ(theora->report().size(), 1U);
}

TEST(CodecRows, ADescribedEncoderOfDeviceMemoryTakesThatAndSystemMemory) {
  const auto overrides = read(
      "[someenc]\ncodec=H264\ninput-caps=video/"
      "x-raw(memory:NVMM),format=NV12\nconverter=nvvidconv\n");
  const CodecRows rows({}, {}, overrides);
  ASSERT_EQ(rows.encoders().size(), 1U);
  const auto inputs = rows.encoders()[0].inputs;
  ASSERT_EQ(inputs.size(), 2U);
  EXPECT_STREQ(inputs[0].caps, "video/x-raw(memory:NVMM)");
  EXPECT_STREQ(inputs[0].converter, "nvvidconv");
  EXPECT_STREQ(inputs[1].caps, "video/x-raw");
  EXPECT_THAT(inputs[1].converter, HasSubstr("videoconvert"));
}

TEST(CodecRows, NamesWithoutARowAreAnErrorThatListsThose) {
  try {
    EncoderCatalogue::system()->only("x264enc,fooenc");
    FAIL() << "fooenc was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNoEncoder);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("\"fooenc\" is no encoder"), HasSubstr("vah264enc"),
                                    ::testing::Not(HasSubstr("opusenc"))));
  }
  EXPECT_THROW(DecoderCatalogue::system()->only("x264enc"), Error);
  EXPECT_THROW(EncoderCatalogue::system()->only(",x264enc"), Error) << "nothing has no row";
}

}  // namespace
}  // namespace webrtcserver
