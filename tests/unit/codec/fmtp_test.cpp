// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/fmtp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ref.hpp"

namespace webrtcserver {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

std::vector<std::string> all_encoded(const char* codec, const char* caps) {
  std::vector<std::string> fmtps;
  for (const Format& format : formats_for_encoded(
           *find_codec(codec), Ref<GstCaps>::adopt(gst_caps_from_string(caps)).get()))
    fmtps.push_back(format.fmtp);
  return fmtps;
}

std::string encoded(const char* codec, const char* caps) {
  return all_encoded(codec, caps).front();
}

std::string raw(const char* codec, const char* caps) {
  return fmtp_for_raw(*find_codec(codec), Ref<GstCaps>::adopt(gst_caps_from_string(caps)).get());
}

constexpr const char* kH264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=";

TEST(Fmtp, RawVideoIsConstrainedBaseline) {
  EXPECT_EQ(raw("H264", "video/x-raw,width=1280,height=720"), std::string(kH264) + "42e01f");
  EXPECT_EQ(raw("VP8", "video/x-raw"), "");
  EXPECT_EQ(raw("VP9", "video/x-raw"), "profile-id=0");
}

TEST(Fmtp, H264ProfileAndLevelComeFromCaps) {
  EXPECT_EQ(encoded("H264", "video/x-h264,profile=high,level=(string)4"),
            std::string(kH264) + "640028");
  EXPECT_EQ(encoded("H264", "video/x-h264,profile=main,level=(string)3.1"),
            std::string(kH264) + "4d001f");
  EXPECT_EQ(encoded("H264", "video/x-h264,profile=constrained-baseline,level=(string)1b"),
            std::string(kH264) + "42e00b");
  EXPECT_EQ(encoded("H264", "video/x-h264,profile=high"), std::string(kH264) + "64001f");
}

TEST(Fmtp, H264MainAndHighAreOfferedToThoseWhoKnowConstrainedBaselineOnly) {
  const std::string fmtp = kH264;
  EXPECT_THAT(all_encoded("H264", "video/x-h264,profile=high,level=(string)4"),
              ElementsAre(fmtp + "640028", fmtp + "42e028"));
  EXPECT_THAT(all_encoded("H264", "application/x-rtp,profile-level-id=(string)4d401e"),
              ElementsAre(fmtp + "4d401e", fmtp + "42e01e"));
  EXPECT_THAT(all_encoded("H264", "video/x-h264,profile=progressive-high,level=(string)3.1"),
              ElementsAre(fmtp + "64001f", fmtp + "42e01f"));
  for (const char* profile : {"constrained-baseline", "high-4:4:4", "high-10"}) {
    const std::string caps = std::string("video/x-h264,level=(string)4,profile=") + profile;
    EXPECT_THAT(all_encoded("H264", caps.c_str()), SizeIs(1)) << profile;
  }
}

TEST(Fmtp, H264ProfileAndLevelComeFromCodecData) {
  EXPECT_EQ(encoded("H264",
                    "video/x-h264,stream-format=avc,codec_data=(buffer)01640c28ffe1,profile=main"),
            std::string(kH264) + "640c28");
}

TEST(Fmtp, H264ProfileAndLevelComeFromThePayloader) {
  EXPECT_EQ(encoded("H264", "application/x-rtp,profile-level-id=(string)4d401e"),
            std::string(kH264) + "4d401e");
}

TEST(Fmtp, H264ThatTellsNothingOrNonsenseIsTheDefault) {
  for (const char* caps :
       {"video/x-h264", "video/x-h264,profile=unheard-of", "video/x-h264,codec_data=(buffer)01",
        "video/x-h264,codec_data=(buffer)0042e01f",
        "application/x-rtp,profile-level-id=(string)4d40zz",
        "application/x-rtp,profile-level-id=(string)4d"}) {
    EXPECT_EQ(encoded("H264", caps), std::string(kH264) + "42e01f") << caps;
  }
}

TEST(Fmtp, H265LevelIsThirtyTimesItsNumber) {
  EXPECT_EQ(encoded("H265", "video/x-h265,profile=main,level=(string)3.1,tier=main"),
            "level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST");
  EXPECT_EQ(encoded("H265", "video/x-h265,profile=main-10,level=(string)5,tier=high"),
            "level-id=150;profile-id=2;tier-flag=1;tx-mode=SRST");
  EXPECT_EQ(encoded("H265", "video/x-h265"), find_codec("H265")->fmtp);
}

TEST(Fmtp, Vp9ProfileComesFromCaps) {
  EXPECT_EQ(encoded("VP9", "video/x-vp9,profile=(string)2"), "profile-id=2");
  EXPECT_EQ(encoded("VP9", "video/x-vp9"), "profile-id=0");
}

TEST(Fmtp, OpusSaysWhenItIsStereo) {
  EXPECT_EQ(raw("OPUS", "audio/x-raw,channels=1"), "minptime=10;useinbandfec=1");
  EXPECT_EQ(raw("OPUS", "audio/x-raw,channels=2"),
            "minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1");
  EXPECT_EQ(raw("OPUS", "audio/x-raw,channels=6"),
            "minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1");
  EXPECT_EQ(encoded("OPUS", "audio/x-opus,channels=2"),
            "minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1");
}

TEST(Fmtp, ProfilesOfTwoDescriptionsAreCompared) {
  const auto match = [](const char* codec, const char* one, const char* other,
                        bool packetized_alike = true) {
    Codec named{};  // not all of them are installed
    named.name = codec;
    return match_profiles(named, one, other, packetized_alike);
  };
  constexpr auto kNone = ProfileMatch::kNone;
  constexpr auto kProfile = ProfileMatch::kProfile;
  constexpr auto kExact = ProfileMatch::kExact;
  EXPECT_EQ(match("H264", "packetization-mode=1;profile-level-id=42e01f",
                  "profile-level-id=42E034; packetization-mode=1"),
            kExact);
  EXPECT_EQ(match("H264", "profile-level-id=42e01f", "profile-level-id=42001f"), kProfile);
  EXPECT_EQ(match("H264", "profile-level-id=42e01f", ""), kProfile);  // Baseline by default
  EXPECT_EQ(match("H264", "profile-level-id=42e01f", "profile-level-id=64001f"), kNone);
  EXPECT_EQ(match("H264", "profile-level-id=42e01f", "profile-level-id="), kNone);
  EXPECT_EQ(match("H264", "packetization-mode=1", "packetization-mode=0"), kNone);
  EXPECT_EQ(match("H264", "packetization-mode=1", "packetization-mode=0", false), kExact);
  EXPECT_EQ(match("VP9", "profile-id=0", ""), kExact);
  EXPECT_EQ(match("VP9", "profile-id=0", "profile-id=2"), kNone);
  EXPECT_EQ(match("AV1", "", "level-idx=5;profile=0;tier=0"), kExact);
  EXPECT_EQ(match("AV1", "", "level-idx=5;profile=1;tier=0"), kNone);
  EXPECT_EQ(match("H265", "level-id=93;profile-id=1;tx-mode=SRST", "level-id=180"), kExact);
  EXPECT_EQ(match("VP8", "", "x=y"), kExact);
  EXPECT_EQ(match("OPUS", "minptime=10", "stereo=1"), kExact);
}

}  // namespace
}  // namespace webrtcserver
