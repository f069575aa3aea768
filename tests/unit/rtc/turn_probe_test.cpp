// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/turn_probe.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "support/patience.hpp"
#include "support/slow_resolver.hpp"
#include "support/turn_server.hpp"
#include "turn_patience.hpp"

namespace webrtcserver {
namespace {

using test::TurnServer;

// So that only a failing test reaches it; for servers that answer.
constexpr std::chrono::milliseconds kLong = test::kPatience;
// For those that never do.
constexpr std::chrono::milliseconds kShort{50};

TurnFinding ask(const std::string& place, const char* transport, const char* password,
                std::chrono::milliseconds limit) {
  const auto cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  const auto server = parse_ice_server(
      "turn://joe:" + std::string(password) + "@" + place + transport, "The server");
  return probe_turn(server, cancellable.get(), limit);
}

Ref<GSocket> silent_socket(bool stream) {
  auto socket = Ref<GSocket>::adopt(
      g_socket_new(G_SOCKET_FAMILY_IPV4, stream ? G_SOCKET_TYPE_STREAM : G_SOCKET_TYPE_DATAGRAM,
                   stream ? G_SOCKET_PROTOCOL_TCP : G_SOCKET_PROTOCOL_UDP, nullptr));
  const auto any =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("127.0.0.1", 0));
  g_socket_bind(socket.get(), any.get(), FALSE, nullptr);
  if (stream) g_socket_listen(socket.get(), nullptr);
  return socket;
}

std::string place_of(const Ref<GSocket>& socket) {
  const auto address =
      Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket.get(), nullptr));
  return "127.0.0.1:" +
         std::to_string(g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address.get())));
}

TEST(TurnProbe, FindsAServerThatWorksAndOneThatRefuses) {
  if (!TurnServer::is_installed()) GTEST_SKIP() << "turnserver is not installed (coturn).";
  const TurnServer turn({"--lt-cred-mech", "--user=joe:secret"});
  for (const char* transport : {"", "?transport=udp", "?transport=tcp"}) {
    EXPECT_EQ(ask(turn.place(), transport, "secret", kLong), TurnFinding::kWorks) << transport;
    EXPECT_EQ(ask(turn.place(), transport, "wrong", kLong), TurnFinding::kRefused) << transport;
  }
}

TEST(TurnProbe, GivesBackWhatItGot) {
  if (!TurnServer::is_installed()) GTEST_SKIP() << "turnserver is not installed (coturn).";
  const TurnServer turn({"--lt-cred-mech", "--user=joe:secret", "--user-quota=1"});
  EXPECT_EQ(ask(turn.place(), "?transport=udp", "secret", kLong), TurnFinding::kWorks);
  EXPECT_TRUE(test::lets_in(turn, "joe:secret"));
}

TEST(TurnProbe, FindsNobodyWherePortsAreClosedOrSilent) {
  const std::string closed = test::free_place();
  EXPECT_EQ(ask(closed, "?transport=udp", "secret", kLong), TurnFinding::kUnreachable);
  EXPECT_EQ(ask(closed, "?transport=tcp", "secret", kLong), TurnFinding::kUnreachable);
  const auto udp = silent_socket(false);
  EXPECT_EQ(ask(place_of(udp), "?transport=udp", "secret", kShort), TurnFinding::kUnreachable);
  const auto tcp = silent_socket(true);
  EXPECT_EQ(ask(place_of(tcp), "?transport=tcp", "secret", kShort), TurnFinding::kUnreachable);
}

TEST(TurnProbe, GivesUpNamesThatNobodyKnows) {
  test::SlowResolver resolver;
  EXPECT_EQ(ask("slow.example", "", "secret", kShort), TurnFinding::kUnresolved);
  resolver.fail();
  EXPECT_EQ(ask("unknown.example", "", "secret", kLong), TurnFinding::kUnresolved);
}

TEST(TurnProbe, EndsWhenItIsCancelled) {
  const auto cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  g_cancellable_cancel(cancellable.get());
  const auto udp = silent_socket(false);
  EXPECT_EQ(probe_turn(parse_ice_server("turn:u:p@" + place_of(udp), ""), cancellable.get(), kLong),
            TurnFinding::kUnasked);
}

TEST(TurnProbe, LeavesTlsToBrowsers) {
  const auto cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  EXPECT_EQ(probe_turn(parse_ice_server("turns:u:p@127.0.0.1", ""), cancellable.get(), kLong),
            TurnFinding::kForBrowsers);
}

}  // namespace
}  // namespace webrtcserver
