// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <webrtcserver/command_line.hpp>

#include <initializer_list>
#include <string>
#include <vector>

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using webrtcserver::CommandLine;
using webrtcserver::Error;

CommandLine parse(std::initializer_list<const char*> words,
                  const std::vector<CommandLine::Flag>& flags = {}) {
  std::vector<const char*> argv = {"/usr/bin/viewer"};
  argv.insert(argv.end(), words);
  const int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  return CommandLine::parse(argc, argv.data(), flags);
}

std::string error_of(std::initializer_list<const char*> words,
                     const std::vector<CommandLine::Flag>& flags = {}) {
  try {
    parse(words, flags);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(CommandLine, TellsInputOutputsAndOptionsApart) {
  const CommandLine line =
      parse({"--input-width=1280", "/dev/video0", "--output-codec", "vp8", "webrtc://@:8554/output",
             "visit.mp4", "--headless", "--num-frames=10"});
  EXPECT_EQ(line.program, "viewer");
  EXPECT_EQ(line.input, "/dev/video0");
  EXPECT_THAT(line.outputs, ElementsAre("webrtc://@:8554/output", "visit.mp4"));
  EXPECT_EQ(line.options.input_width, 1280U);
  EXPECT_EQ(line.options.output_codec, "vp8");
  EXPECT_EQ(line.options.num_frames, 10U);
  EXPECT_TRUE(line.options.headless);
  EXPECT_FALSE(line.help);
}

TEST(CommandLine, OptionsThatWereNotThereAreTheDefaults) {
  const CommandLine line = parse({});
  const webrtcserver::VideoOptions defaults;
  EXPECT_EQ(line.input, "");
  EXPECT_THAT(line.outputs, ElementsAre());
  webrtcserver::detail::for_each_option([&](const char* name, auto field) {
    EXPECT_EQ(line.options.*field, defaults.*field) << name;
  });
}

TEST(CommandLine, RepeatedOptionsAreLists) {
  const CommandLine line =
      parse({"--ice-server=turn:a:1[u:p]", "--ice-server", "stun:b:2", "--turn-server=turn://c"});
  EXPECT_THAT(line.options.ice_servers, ElementsAre("turn:a:1[u:p]", "stun:b:2"));
  EXPECT_THAT(line.options.turn_servers, ElementsAre("turn://c"));
}

TEST(CommandLine, FlagThatThereIsNotIsNamed) {
  EXPECT_THAT(error_of({"--input-widht=3", "a"}), HasSubstr("--input-widht"));
  EXPECT_THAT(error_of({"--input-width=wide", "a"}), HasSubstr("wide"));
}

TEST(CommandLine, HelpIsTakenBeforeAnythingElseIsRefused) {
  EXPECT_TRUE(parse({"--nonsense", "--help"}).help);
  EXPECT_TRUE(parse({"-h"}).help);
  EXPECT_FALSE(parse({"--", "-h"}).help);
}

TEST(CommandLine, UsageListsTheOptionsOfBoth) {
  const CommandLine line = parse({"--help"}, {{"model", "FILE", "the network"}});
  const std::string usage = line.usage();
  EXPECT_THAT(usage, testing::StartsWith("Usage: viewer [options] <input> [output"));
  EXPECT_THAT(usage, HasSubstr("--model=FILE"));
  EXPECT_THAT(usage, HasSubstr("--input-width"));
  EXPECT_THAT(usage, HasSubstr("--ice-server"));
}

TEST(CommandLine, OwnFlagsAreTakenOutInEitherForm) {
  const std::vector<CommandLine::Flag> flags = {{"model", "FILE", ""}, {"labels", "FILE", ""}};
  const CommandLine line =
      parse({"--model=a.onnx", "in.mp4", "--labels", "b.txt", "--headless"}, flags);
  EXPECT_EQ(line.values.at("model"), "a.onnx");
  EXPECT_EQ(line.values.at("labels"), "b.txt");
  EXPECT_EQ(line.input, "in.mp4");
  EXPECT_TRUE(line.options.headless);
  EXPECT_THAT(error_of({"in.mp4", "--model"}, flags), HasSubstr("--model needs a value"));
  EXPECT_THAT(error_of({"--models=x"}, flags), HasSubstr("--models"));
}

TEST(CommandLine, WhatFollowsTwoDashesIsNoFlag) {
  const CommandLine line = parse({"--", "--model", "--headless"}, {{"model", "FILE", ""}});
  EXPECT_EQ(line.input, "--model");
  EXPECT_THAT(line.outputs, ElementsAre("--headless"));
  EXPECT_TRUE(line.values.empty());
}

TEST(VideoOptions, ValueOutOfRangeIsAnErrorThatNamesIt) {
  webrtcserver::VideoOptions options;
  options.input_loop = -7;
  try {
    webrtcserver::detail::to_native(options);
    FAIL() << "-7 times is taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("input-loop"));
  }
}

TEST(VideoOptions, EachComesBackAsItWasSet) {
  webrtcserver::VideoOptions options;
  options.input_width = 640;
  options.input_rate = 12.5;
  options.format = "BGR";
  options.input_loop = -1;
  options.encoded = true;
  options.num_frames = std::uint64_t{1} << 40;
  options.turn_servers = {"turn://a", "turn://b"};
  const auto native = webrtcserver::detail::to_native(options);
  const auto back = webrtcserver::detail::from_native(native.get());
  webrtcserver::detail::for_each_option(
      [&](const char* name, auto field) { EXPECT_EQ(back.*field, options.*field) << name; });
}

}  // namespace
