// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/trickled_candidates.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

constexpr char kOffer[] =
    "v=0\r\na=group:BUNDLE audio0 video1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:Abcd\r\n"
    "a=ice-pwd:secret\r\na=mid:audio0\r\nm=video 9 UDP/TLS/RTP/SAVPF 97\r\na=ice-ufrag:Efgh\r\n"
    "a=mid:video1\r\n";
constexpr char kOne[] = "candidate:1 1 UDP 1 192.0.2.1 1000 typ host";
constexpr char kTwo[] = "candidate:2 1 UDP 1 192.0.2.1 1001 typ host";

TEST(TrickledCandidates, StandInTheFirstSectionOfTheOffer) {
  const std::string offer = add_candidates(kOffer, {kOne, kTwo}, false);
  EXPECT_NE(offer.find("a=mid:audio0\r\na=" + std::string(kOne) + "\r\na=" + kTwo + "\r\nm=video"),
            std::string::npos)
      << offer;
  EXPECT_EQ(offer.find("end-of-candidates"), std::string::npos);
}

TEST(TrickledCandidates, SayThatNoOthersFollow) {
  EXPECT_NE(add_candidates(kOffer, {kOne}, true).find("typ host\r\na=end-of-candidates\r\nm=video"),
            std::string::npos);
  constexpr char kSingle[] = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 97\r\na=mid:0\r\n";
  EXPECT_EQ(add_candidates(kSingle, {}, true), kSingle + std::string("a=end-of-candidates\r\n"));
}

TEST(TrickledCandidates, FragmentNamesItsIceSession) {
  EXPECT_EQ(write_fragment(kOffer, {kTwo}, true),
            "a=group:BUNDLE audio0 video1\r\na=ice-ufrag:Abcd\r\na=ice-pwd:secret\r\n"
            "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:audio0\r\na=" +
                std::string(kTwo) + "\r\na=end-of-candidates\r\n");
}

TEST(TrickledCandidates, FragmentTakesCredentialsOfTheSessionLevel) {
  EXPECT_EQ(write_fragment("v=0\r\na=ice-ufrag:Abcd\r\na=ice-pwd:secret\r\n"
                           "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=mid:0\r\n",
                           {kOne}, false),
            "a=ice-ufrag:Abcd\r\na=ice-pwd:secret\r\nm=video 9 UDP/TLS/RTP/SAVPF 97\r\na=mid:0\r\n"
            "a=" +
                std::string(kOne) + "\r\n");
}

}  // namespace
}  // namespace webrtcserver
