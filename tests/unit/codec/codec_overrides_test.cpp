// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/codec_overrides.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

CodecOverrides read(const std::string& text) {
  CodecOverrides overrides;
  overrides.read_key_file(text, "codecs.ini");
  return overrides;
}

TEST(CodecOverrides, AKeyFileDisablesPrefersAndTunes) {
  const auto overrides = read(
      "# A comment\n"
      "[vah264enc]\ndisabled=true\n"
      "[openh264enc]\npriority=10\nset.complexity=high\nset.gop-size=60\n"
      "bitrate-property=max-bitrate\nbitrate-unit=kbit\n"
      "[avdec_h264]\npriority=-3\n");
  EXPECT_THAT(overrides.problems, IsEmpty());
  EXPECT_EQ(overrides.find("vah264enc")->refused, "it is disabled in codecs.ini");
  const auto* openh264 = overrides.find("openh264enc");
  EXPECT_EQ(openh264->refused, "");
  EXPECT_EQ(openh264->priority, 10);
  EXPECT_THAT(openh264->settings, ElementsAre(Pair("complexity", "high"), Pair("gop-size", "60")));
  EXPECT_EQ(openh264->bitrate_property, "max-bitrate");
  EXPECT_EQ(openh264->bitrate_unit, BitrateUnit::kKilobit);
  EXPECT_FALSE(openh264->row);
  EXPECT_EQ(overrides.find("avdec_h264")->priority, -3);
  EXPECT_EQ(overrides.find("x264enc"), nullptr);
}

TEST(CodecOverrides, AKeyFileDescribesAnEncoder) {
  const auto overrides = read(
      "[imxvpuenc_h264]\ncodec=h264\ninput-caps=video/x-raw,format=NV12\n"
      "converter=imxvideoconvert_g2d\noutput-caps=video/x-h264,profile=baseline\n"
      "key-frame-action=force-idr\neven-size=false\nset.gop-size=1024\n");
  EXPECT_THAT(overrides.problems, IsEmpty());
  const auto& row = *overrides.find("imxvpuenc_h264")->row;
  EXPECT_EQ(row.codec, "H264");
  EXPECT_EQ(row.input_caps, "video/x-raw,format=NV12");
  EXPECT_EQ(row.converter, "imxvideoconvert_g2d");
  EXPECT_EQ(row.output_caps, "video/x-h264,profile=baseline");
  EXPECT_EQ(row.key_frame_action, "force-idr");
  EXPECT_FALSE(row.even_size);
}

// What is wrong is told with the place where it stands, and what is right beside it counts.
TEST(CodecOverrides, MistakesAreToldAndTheRestCounts) {
  const auto overrides = read(
      "[x264enc]\ndisabled=perhaps\npriority=soon\ncodec=H264\nset.speed-preset=fast\n"
      "bitrate-unit=mbit\nwhatever=1\n"
      "[x264]\ndisabled=true\n"
      "[mine]\ncodec=MPEG2\ninput-caps=video/x-raw\n"
      "[yours]\ncodec=VP8\n"
      "[theirs]\ncodec=VP8\ninput-caps=;;\n"
      "[vp8enc]\npriority=1\n");
  EXPECT_THAT(overrides.find("x264enc")->settings, ElementsAre(Pair("speed-preset", "fast")));
  EXPECT_EQ(overrides.find("x264enc")->refused, "");
  EXPECT_EQ(overrides.find("vp8enc")->priority, 1);
  for (const char* left_out : {"x264", "mine", "yours", "theirs"})
    EXPECT_EQ(overrides.find(left_out), nullptr) << left_out;
  EXPECT_THAT(
      overrides.problems,
      ElementsAre(
          AllOf(HasSubstr("codecs.ini: [x264enc] disabled"), HasSubstr("\"perhaps\"")),
          AllOf(HasSubstr("[x264enc] priority"), HasSubstr("\"soon\"")),
          AllOf(HasSubstr("[x264enc] codec"), HasSubstr("is no key for an element that the table")),
          AllOf(HasSubstr("[x264enc] bitrate-unit"), HasSubstr("\"mbit\"")),
          HasSubstr("[x264enc] whatever"), HasSubstr("[x264] is no encoder or decoder"),
          AllOf(HasSubstr("[mine] codec"), HasSubstr("\"MPEG2\"")),
          HasSubstr("[yours] has no input-caps"), HasSubstr("[theirs] input-caps")));
}

TEST(CodecOverrides, AFileThatIsNoKeyFileCountsForNothing) {
  for (const char* text : {"disabled=true\n", "[x264enc]\njust words\n", "[x264enc\n"}) {
    const auto overrides = read(text);
    EXPECT_THAT(overrides.problems, ElementsAre(HasSubstr("nothing of it counts"))) << text;
    EXPECT_TRUE(overrides.elements.empty()) << text;
  }
  EXPECT_THAT(read("").problems, IsEmpty());
}

TEST(CodecOverrides, OnlyRanksThatTheUserNamesCount) {
  CodecOverrides overrides;
  overrides.read_ranks(
      "vah264enc:none, nvh264enc : MAX "
      ",x264enc:PRIMARY,vp8enc:300,vp9enc:0,av1enc:17,rubbish,:,a:b");
  EXPECT_THAT(overrides.find("vah264enc")->refused, HasSubstr("GST_PLUGIN_FEATURE_RANK"));
  EXPECT_NE(overrides.find("vp9enc")->refused, "");
  EXPECT_EQ(overrides.find("nvh264enc")->rank, static_cast<unsigned>(G_MAXINT));
  EXPECT_EQ(overrides.find("vp8enc")->rank, 300U);
  EXPECT_EQ(overrides.find("av1enc")->rank, 0U) << "no more than most elements have";
  EXPECT_THAT(overrides.problems, IsEmpty());
}

TEST(CodecOverrides, TheEnvironmentNamesTheFile) {
  // Read once for the process, so only the path is looked at here.
  const std::string before = g_getenv("WEBRTCSERVER_CODECS") ? g_getenv("WEBRTCSERVER_CODECS") : "";
  const bool was_set = g_getenv("WEBRTCSERVER_CODECS") != nullptr;
  g_setenv("WEBRTCSERVER_CODECS", "/some/where.ini", TRUE);
  EXPECT_EQ(codecs_file(), "/some/where.ini");
  g_setenv("WEBRTCSERVER_CODECS", "", TRUE);
  EXPECT_EQ(codecs_file(), "");
  if (was_set) {
    g_setenv("WEBRTCSERVER_CODECS", before.c_str(), TRUE);
  } else {
    g_unsetenv("WEBRTCSERVER_CODECS");
  }
}

}  // namespace
}  // namespace webrtcserver
