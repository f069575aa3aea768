// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/link_header.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(LinkHeader, NamesIceServersAsTheRfcHasThem) {
  EXPECT_THAT(read_ice_links(
                  "<stun:stun.example.net>; rel=\"ice-server\", "
                  "<turn:turn.example.net?transport=udp>; rel=\"ice-server\"; username=\"user\"; "
                  "credential=\"myPassword\"; credential-type=\"password\", "
                  "<turns:turn.example.net?transport=tcp>; rel=\"ice-server\"; username=\"user\"; "
                  "credential=\"myPassword\"; credential-type=\"password\""),
              ElementsAre(IceServer{"stun:stun.example.net", "", ""},
                          IceServer{"turn:turn.example.net?transport=udp", "user", "myPassword"},
                          IceServer{"turns:turn.example.net?transport=tcp", "user", "myPassword"}));
}

TEST(LinkHeader, TakesUnquotedParametersAndAnyOrderAndCase) {
  EXPECT_THAT(
      read_ice_links("<turn:a>;username=1700000000:joe;REL=ice-server;credential=a+b/c==;"
                     " credential-type=password,<stun:b> ; rel = Ice-Server"),
      ElementsAre(IceServer{"turn:a", "1700000000:joe", "a+b/c=="}, IceServer{"stun:b", "", ""}));
}

TEST(LinkHeader, ReadsQuotedCommasSemicolonsAndEscapes) {
  EXPECT_THAT(
      read_ice_links(R"(<turn:a>; rel="ice-server"; username="a,b;c"; credential="q\"\\,<x>")"),
      ElementsAre(IceServer{"turn:a", "a,b;c", "q\"\\,<x>"}));
}

TEST(LinkHeader, LeavesOtherRelationsOut) {
  EXPECT_THAT(read_ice_links("<https://h/sse>; rel=\"urn:ietf:params:whip:ext:core:server-sent-"
                             "events\"; events=\"a,b\", <stun:a>; rel=\"next ice-server\", "
                             "<stun:b>, <turn:c>; rel=ice-server; credential-type=oauth"),
              ElementsAre(IceServer{"stun:a", "", ""}));
}

TEST(LinkHeader, ReadsOnBehindWhatIsMalformed) {
  EXPECT_THAT(read_ice_links("stun:x; rel=ice-server, ;;;, <stun:a>; =; ; rel=ice-server"),
              ElementsAre(IceServer{"stun:a", "", ""}));
  for (const char* text : {"", ",,,", "<", "<stun:a", "<stun:a>; rel=\"ice-server", ";", "\"", "\\",
                           "<stun:a>; rel=\"\\"}) {
    EXPECT_THAT(read_ice_links(text), IsEmpty()) << text;
  }
}

TEST(LinkHeader, IsBounded) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "<stun:a>; rel=ice-server,";
  EXPECT_THAT(read_ice_links(many), SizeIs(kMaxLinkedServers));
  EXPECT_THAT(read_ice_links("<stun:a>; rel=ice-server; x=" + std::string(64 * 1024, 'x')),
              IsEmpty());
}

}  // namespace
}  // namespace webrtcserver
