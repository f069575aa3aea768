// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice_server_uri.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using ::testing::ElementsAre;

TEST(IceServerUri, IsWrittenAsWebrtcbinWantsIt) {
  IceSettings settings;
  EXPECT_TRUE(add_ice_server(settings, {"stun:stun.example.net", "", ""}));
  EXPECT_EQ(settings.stun_server, "stun://stun.example.net:3478");
  EXPECT_TRUE(add_ice_server(settings, {"turn:[fd00::1]:99?transport=udp", "1:joe", "a/b=@"}));
  EXPECT_TRUE(add_ice_server(settings, {"TURNS:turn.example.net", "joe", "x"}));
  EXPECT_THAT(settings.turn_servers,
              ElementsAre("turn://1%3Ajoe:a%2Fb%3D%40@[fd00::1]:99?transport=udp",
                          "turns://joe:x@turn.example.net:5349"));
}

TEST(IceServerUri, LeavesTheUsersOwnInPlace) {
  IceSettings settings;
  settings.stun_server = "stun://mine:3478";
  settings.turn_servers = {"turn://joe:x@mine:3478"};
  EXPECT_FALSE(add_ice_server(settings, {"stun:theirs", "", ""}));
  EXPECT_FALSE(add_ice_server(settings, {"turn:mine:3478", "joe", "x"})) << "it is there already";
  EXPECT_EQ(settings.stun_server, "stun://mine:3478");
  EXPECT_THAT(settings.turn_servers, ElementsAre("turn://joe:x@mine:3478"));
}

TEST(IceServerUri, RefusesWhatIsNone) {
  IceSettings settings;
  for (const char* url : {"", "stun", "stun:", "http://host/", "stun://host", "turn:a@b",
                          "stun:host:99999", "turn:host?transport=sctp", "turn:ho st"})
    EXPECT_FALSE(add_ice_server(settings, {url, "joe", "x"})) << url;
  EXPECT_FALSE(add_ice_server(settings, {"turn:host", "", ""})) << "TURN without a password";
  EXPECT_EQ(settings, IceSettings());
}

}  // namespace
}  // namespace webrtcserver
