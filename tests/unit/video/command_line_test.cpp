// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "video/option_table.hpp"

namespace webrtcserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Parsed {
  VideoOptions options;
  std::vector<std::string> rest;
};

Parsed parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "program");
  Parsed parsed;
  parsed.rest = parse_command_line(parsed.options, arguments);
  return parsed;
}

std::string error_of(const std::vector<std::string>& arguments) {
  try {
    parse(arguments);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(CommandLine, LeavesProgramAndPositionalArguments) {
  const auto parsed = parse({"in.mp4", "--input-width=1280", "--input-height", "720", "out.mp4"});
  EXPECT_THAT(parsed.rest, ElementsAre("program", "in.mp4", "out.mp4"));
  EXPECT_EQ(parsed.options.input_width, 1280U);
  EXPECT_EQ(parsed.options.input_height, 720U);
}

TEST(CommandLine, KnowsEveryFlag) {
  const auto options = parse({"--input-rate=29.97",
                              "--input-codec=h264",
                              "--input-decoder=avdec_h264",
                              "--input-flip=90r",
                              "--input-loop",
                              "-1",
                              "--input-save=a.mp4",
                              "--input-latency=50",
                              "--output-codec=vp8",
                              "--output-encoder=vp8enc",
                              "--output-save=b.mkv",
                              "--output-bitrate=4000000",
                              "--headless",
                              "--num-frames=5000000000",
                              "--stun-server=stun://s:3478",
                              "--turn-server=turn://a",
                              "--turn-server",
                              "turn://b",
                              "--ssl-cert=c.pem",
                              "--ssl-key=k.pem",
                              "--ice-server=stun:x:1"})
                           .options;
  EXPECT_DOUBLE_EQ(options.input_rate, 29.97);
  EXPECT_EQ(options.input_codec, "h264");
  EXPECT_EQ(options.input_decoder, "avdec_h264");
  EXPECT_EQ(options.input_flip, "90r");
  EXPECT_EQ(options.input_loop, -1);
  EXPECT_EQ(options.input_save, "a.mp4");
  EXPECT_EQ(options.input_latency, 50);
  EXPECT_EQ(options.output_codec, "vp8");
  EXPECT_EQ(options.output_encoder, "vp8enc");
  EXPECT_EQ(options.output_save, "b.mkv");
  EXPECT_EQ(options.output_bitrate, 4000000U);
  EXPECT_TRUE(options.headless);
  EXPECT_EQ(options.num_frames, 5000000000U);
  EXPECT_EQ(options.stun_server, "stun://s:3478");
  EXPECT_THAT(options.turn_servers, ElementsAre("turn://a", "turn://b"));
  EXPECT_EQ(options.ssl_certificate, "c.pem");
  EXPECT_EQ(options.ssl_key, "k.pem");
  EXPECT_THAT(options.ice_servers, ElementsAre("stun:x:1"));
}

TEST(CommandLine, StopsAtTwoHyphens) {
  const auto parsed = parse({"--headless", "--", "--input-width=1", "-x"});
  EXPECT_THAT(parsed.rest, ElementsAre("program", "--input-width=1", "-x"));
  EXPECT_EQ(parsed.options.input_width, 0U);
}

TEST(CommandLine, NamesWhatIsWrong) {
  EXPECT_THAT(error_of({"--wide"}), HasSubstr("no flag “--wide”"));
  EXPECT_THAT(error_of({"-w"}), HasSubstr("no flag “-w”"));
  EXPECT_THAT(error_of({"--"}), "");
  EXPECT_THAT(error_of({"--input-width"}), HasSubstr("--input-width=PIXELS"));
  EXPECT_THAT(error_of({"--input-width", "--headless"}), HasSubstr("has no value"));
  for (const char* value : {"wide", "-1", "1.5", "99999", "1280x", " 1", "nan", "inf", "1e99"}) {
    EXPECT_THAT(error_of({std::string("--input-width=") + value}),
                HasSubstr("whole number from 0 to 32768"))
        << value;
  }
  EXPECT_THAT(error_of({"--input-rate=fast"}), HasSubstr("number from 0 to 1000"));
  EXPECT_THAT(error_of({"--input-loop=-2"}), HasSubstr("from -1 to"));
  EXPECT_THAT(error_of({"--input-flip=left"}), HasSubstr("identity, 90r, 180"));
  EXPECT_THAT(error_of({"--input-codec=mpeg9"}), HasSubstr("H264"));
  EXPECT_THAT(error_of({"--output-codec=raw"}), HasSubstr("mjpeg"));
  EXPECT_THAT(error_of({"--headless=maybe"}), HasSubstr("true or false"));
  EXPECT_THAT(error_of({"--input-save="}), HasSubstr("has no value"));
}

TEST(CommandLine, ChangesNothingWhenItIsWrong) {
  VideoOptions options;
  EXPECT_THROW(parse_command_line(options, {"program", "--input-width=5", "--wide"}), Error);
  EXPECT_EQ(options.input_width, 0U);
}

TEST(OptionTable, KnowsTheNamesOfVideoflip) {
  EXPECT_STREQ(orientation_nick("clockwise"), "90r");
  EXPECT_STREQ(orientation_nick("counterclockwise"), "90l");
  EXPECT_STREQ(orientation_nick("rotate-180"), "180");
  EXPECT_STREQ(orientation_nick("horizontal-flip"), "horiz");
  EXPECT_STREQ(orientation_nick(""), "identity");
  EXPECT_EQ(orientation_nick("sideways"), nullptr);
}

TEST(OptionTable, RefusesAFormatThatThereIsNot) {
  const auto table = video_option_table();
  const auto row = std::find_if(table.begin(), table.end(), [](const VideoOption& option) {
    return std::string_view(option.property) == "format";
  });
  VideoOptions options;
  set_video_option(options, *row, "format", "BGR");
  EXPECT_EQ(options.format, "BGR");
  EXPECT_THROW(set_video_option(options, *row, "format", "PURPLE"), Error);
  EXPECT_THROW(set_video_option(options, *row, "format", "ENCODED"), Error);
}

}  // namespace
}  // namespace webrtcserver
