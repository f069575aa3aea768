// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/decoder_catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace webrtcserver {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::array kSystem{DecoderOutput{"video/x-raw", "videoconvert"}};
constexpr std::array kNowhere{DecoderOutput{"video/x-raw", "there-is-no-such-element"}};

Ref<GstCaps> caps(const char* text) {
  return Ref<GstCaps>::adopt(gst_caps_from_string(text));
}

TEST(DecoderTable, NamesCodecsOfTheCodecTable) {
  static const std::set<std::string> known{"H264", "VP8", "VP9", "H265", "AV1", "OPUS"};
  for (const Decoder& row : decoder_table()) {
    EXPECT_EQ(known.count(row.codec), 1U) << row.factory;
    EXPECT_FALSE(row.outputs.empty()) << row.factory;
    for (const DecoderOutput& output : row.outputs) EXPECT_TRUE(caps(output.caps)) << output.caps;
  }
}

TEST(DecoderTable, HasSomethingForEveryCodec) {
  for (const Codec& codec : codecs()) {
    bool found = false;
    for (const Decoder& row : decoder_table()) found |= std::string(row.codec) == codec.name;
    EXPECT_TRUE(found) << codec.name;
  }
}

TEST(DecoderCatalogue, LeavesOutWhatDoesNotWork) {
  static constexpr std::array kRows{Decoder{"VP8", "there-is-no-such-decoder", kSystem, {}},
                                    Decoder{"VP8", "vp8dec", kNowhere, {}},
                                    Decoder{"VP8", "vp8dec", kSystem, {}}};
  DecoderCatalogue catalogue(kRows);
  const auto choices = catalogue.choices(*find_codec("VP8"), caps("video/x-raw").get());
  ASSERT_THAT(choices, SizeIs(1));
  EXPECT_EQ(choices.front().decoder, &kRows[2]);
}

TEST(DecoderCatalogue, ChoosesForTheMemoryThatIsWanted) {
  static constexpr std::array kRows{Decoder{"VP8", "vp8dec", kSystem, {}}};
  DecoderCatalogue catalogue(kRows);
  EXPECT_THAT(catalogue.choices(*find_codec("VP8"), caps("video/x-raw(memory:NVMM)").get()),
              IsEmpty());
  EXPECT_THAT(catalogue.choices(*find_codec("VP9"), caps("video/x-raw").get()), IsEmpty());
}

TEST(DecoderCatalogue, TheSystemHasADecoderForVp8AndOpus) {
  const auto system = DecoderCatalogue::system();
  EXPECT_FALSE(system->choices(*find_codec("VP8"), caps("video/x-raw").get()).empty());
  EXPECT_FALSE(system->choices(*find_codec("OPUS"), caps("audio/x-raw").get()).empty());
}

}  // namespace
}  // namespace webrtcserver
