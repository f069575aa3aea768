// SPDX-License-Identifier: LGPL-2.1-or-later
// A Peer with STUN and TURN servers: a real coturn, and some that never answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>

#include "peer_fixture.hpp"
#include "support/patience.hpp"
#include "support/slow_resolver.hpp"
#include "support/turn_server.hpp"
#include "turn_patience.hpp"

namespace webrtcserver {
namespace {

using test::format;
using test::PeerTest;
using test::TurnServer;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class TurnTest : public PeerTest {
 protected:
  // The peer leaves while its TURN server is still there.
  ~TurnTest() override { close(); }

  void make_video_peer() { make_peer({{MediaKind::kVideo, "video_0", {format("VP8")}}}); }

  void expect_media() {
    push(0, 2, 3);
    EXPECT_TRUE(remote_->wait([](const auto& counts) { return !counts.empty(); }));
  }

  // What the session would say if it ended now.
  IceReport explain() {
    std::promise<IceReport> promise;
    auto report = promise.get_future();
    peer_->ice().explain([&promise](IceReport found) { promise.set_value(std::move(found)); });
    if (report.wait_for(test::kPatience) != std::future_status::ready)
      throw std::runtime_error("There is no report.");
    return report.get();
  }

  // Ours, of which the other side knows.
  std::vector<std::string> candidates() const { return listener_->seen().candidates; }

  std::optional<TurnServer> turn_;
};

class Relays : public TurnTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(Relays, CarryMediaWithAUserAndPassword) {
  if (!TurnServer::is_installed()) GTEST_SKIP() << "turnserver is not installed (coturn).";
  turn_.emplace(std::vector<std::string>{"--lt-cred-mech", "--user=joe:p@ss:word"});
  ice_.turn_servers = {"turn://joe:p@ss:word@" + turn_->place() + GetParam()};
  ice_.relay_only = true;
  make_video_peer();
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  expect_media();
  EXPECT_THAT(candidates(), Each(HasSubstr("typ relay raddr 0.0.0.0 rport 0")));
  EXPECT_EQ(peer_->ice().facts().local.host, 0U);
  EXPECT_GE(peer_->ice().facts().local.relay, 1U);
}

INSTANTIATE_TEST_SUITE_P(Over, Relays, ::testing::Values("", "?transport=udp", "?transport=tcp"),
                         [](const auto& over) {
                           const std::string text = over.param;
                           return text.empty() ? "Either" : text.substr(text.size() - 3);
                         });

TEST_F(TurnTest, CredentialsOfASecretLetBothSidesIn) {
  if (!TurnServer::is_installed()) GTEST_SKIP() << "turnserver is not installed (coturn).";
  turn_.emplace(std::vector<std::string>{"--use-auth-secret", "--static-auth-secret=north wind"});
  ice_.turn_servers = {"turn:" + turn_->place() + "?transport=udp"};
  ice_.turn_secret = "north wind";
  ice_.relay_only = true;
  make_video_peer();
  auto browser = remote_settings();
  // As it hears of them.
  browser.turn_servers = usable_turn_servers(ice_servers(ice_, "browser"));
  ASSERT_NO_FATAL_FAILURE(connect(std::move(browser)));
  expect_media();
  EXPECT_THAT(candidates(), Each(HasSubstr("typ relay")));
  EXPECT_EQ(peer_->ice().facts().remote.host, 0U);
}

TEST_F(TurnTest, OneServerOfSeveralIsEnough) {
  if (!TurnServer::is_installed()) GTEST_SKIP() << "turnserver is not installed (coturn).";
  turn_.emplace(std::vector<std::string>{"--lt-cred-mech", "--user=joe:secret"});
  ice_.turn_servers = {"turn://joe:secret@" + test::free_place(),
                       "turn://joe:wrong@" + turn_->place() + "?transport=udp",
                       "turns://joe:secret@" + turn_->place(),
                       "turn://joe:secret@" + turn_->place() + "?transport=tcp"};
  ice_.relay_only = true;
  make_video_peer();
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  expect_media();
}

// Otherwise quotas run out with sessions that are long gone.
TEST_F(TurnTest, RelaysAreGivenBack) {
  if (!TurnServer::is_installed()) GTEST_SKIP() << "turnserver is not installed (coturn).";
  turn_.emplace(std::vector<std::string>{"--lt-cred-mech", "--user=joe:secret", "--user-quota=1"});
  ice_.turn_servers = {"turn://joe:secret@" + turn_->place() + "?transport=udp"};
  ice_.relay_only = true;
  make_video_peer();
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  expect_media();
  close();
  EXPECT_TRUE(test::lets_in(*turn_, "joe:secret"));
}

TEST_F(TurnTest, ADeadServerKeepsNothing) {
  if (!TurnServer::is_installed()) GTEST_SKIP() << "turnserver is not installed (coturn).";
  turn_.emplace(std::vector<std::string>{"--lt-cred-mech", "--user=joe:secret"});
  ice_.turn_servers = {"turn://joe:secret@" + turn_->place() + "?transport=udp"};
  make_video_peer();
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  ASSERT_TRUE(listener_->wait([&](const auto&) { return peer_->ice().facts().local.relay > 0; }));
  std::promise<void> gone;
  {
    GObject* agent = nullptr;
    g_object_get(peer_->webrtcbin().get(), "ice-agent", &agent, nullptr);
    g_object_weak_ref(
        agent, [](gpointer data, GObject*) { static_cast<std::promise<void>*>(data)->set_value(); },
        &gone);
    g_object_unref(agent);
  }
  turn_.reset();
  close();
  ASSERT_EQ(gone.get_future().wait_for(test::kPatience), std::future_status::ready);
}

TEST_F(TurnTest, ARefusalIsNamed) {
  if (!TurnServer::is_installed()) GTEST_SKIP() << "turnserver is not installed (coturn).";
  turn_.emplace(std::vector<std::string>{"--use-auth-secret", "--static-auth-secret=north wind"});
  ice_.turn_servers = {"turn:" + turn_->place()};
  ice_.turn_secret = "south wind";
  ice_.relay_only = true;
  make_video_peer();
  ASSERT_NO_FATAL_FAILURE(offer(remote_settings()));
  peer_->set_answer(remote_->answer(offer_));
  ASSERT_TRUE(listener_->wait([](const auto& seen) { return !seen.negotiated.empty(); }));
  const IceReport report = explain();
  EXPECT_STREQ(report.reason, "turn-refused");
  EXPECT_EQ(peer_->ice().reason(), "turn-refused");
  EXPECT_THAT(report.message,
              HasSubstr("turn:" + turn_->place() + " refused the user and password"));
  EXPECT_THAT(report.message, Not(HasSubstr("wind")));
  EXPECT_THAT(candidates(), IsEmpty());
}

TEST_F(TurnTest, ASilentServerIsNamed) {
  ice_.turn_servers = {"turn://joe:secret@" + test::free_place()};
  ice_.relay_only = true;
  make_video_peer();
  ASSERT_NO_FATAL_FAILURE(offer(remote_settings()));
  peer_->set_answer(remote_->answer(offer_));
  ASSERT_TRUE(listener_->wait([](const auto& seen) { return !seen.negotiated.empty(); }));
  const IceReport report = explain();
  EXPECT_STREQ(report.reason, "turn-unreachable");
  EXPECT_THAT(report.message, Not(HasSubstr("secret")));
}

TEST_F(TurnTest, APathThatIsNotThereIsTheEnd) {
  make_video_peer();
  auto browser = remote_settings();
  browser.on_candidate = {};
  listener_->set_candidate_handler({});
  ASSERT_NO_FATAL_FAILURE(offer(std::move(browser)));
  peer_->set_answer(remote_->answer(offer_));
  const std::string place = test::free_place();  // "127.4.5.6:41234"
  const auto colon = place.find(':');
  peer_->add_candidate(0, "candidate:1 1 UDP 1 " + place.substr(0, colon) + " " +
                              place.substr(colon + 1) + " typ host");
  ASSERT_TRUE(fails_with(Peer::Failure::kIce));
  EXPECT_THAT(listener_->seen().failures.front().message,
              AllOf(HasSubstr("no network in common"), HasSubstr("of the browser: 1 host (UDP)"),
                    Not(HasSubstr("127."))));
  EXPECT_EQ(peer_->ice().reason(), "no-common-network");
}

// What is asked for a way out and never answers delays nobody.
TEST_F(TurnTest, ServersThatNeverAnswerDelayNobody) {
  const auto silent = Ref<GSocket>::adopt(
      g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr));
  const auto any =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("127.0.0.1", 0));
  ASSERT_TRUE(g_socket_bind(silent.get(), any.get(), FALSE, nullptr));
  const auto bound = Ref<GSocketAddress>::adopt(g_socket_get_local_address(silent.get(), nullptr));
  const std::string place =
      "127.0.0.1:" +
      std::to_string(g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound.get())));
  ice_.stun_server = "stun://" + place;
  ice_.turn_servers = {"turn://joe:secret@" + place + "?transport=udp",
                       "turn://joe:secret@" + test::free_place() + "?transport=tcp"};
  make_video_peer();
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  expect_media();
  EXPECT_THAT(candidates(), Each(HasSubstr("typ host")));
  // It was asked.
  EXPECT_TRUE(g_socket_condition_timed_wait(
      silent.get(), G_IO_IN, std::chrono::microseconds(test::kPatience).count(), nullptr, nullptr));
}

TEST_F(TurnTest, NamesThatTakeTimeDelayNobody) {
  test::SlowResolver resolver;
  ice_.stun_server = "stun://stun.example";
  ice_.turn_servers = {"turn://joe:secret@turn.example?transport=udp"};
  make_video_peer();
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  expect_media();
  EXPECT_THAT(candidates(), Each(HasSubstr("typ host")));
  // Both are still being looked up.
  EXPECT_TRUE(resolver.wait_asked(2));
  close();
}

TEST_F(TurnTest, NamesThatNobodyKnowsDelayNobody) {
  test::SlowResolver resolver;
  resolver.fail();
  // Not those of other tests: before GStreamer 1.22 the process remembers for a while what it
  // asked.
  ice_.stun_server = "stun://stun.nowhere.example";
  ice_.turn_servers = {"turn://joe:secret@turn.nowhere.example?transport=udp"};
  make_video_peer();
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  expect_media();
  EXPECT_TRUE(resolver.wait_asked(2));
  close();
}

// Promise: nothing is contacted that nobody named.
TEST_F(TurnTest, NobodyIsAskedByDefault) {
  const test::SlowResolver resolver;
  make_video_peer();
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  expect_media();
  EXPECT_THAT(resolver.asked(), IsEmpty());
  EXPECT_THAT(candidates(), Each(HasSubstr("typ host")));
  const auto webrtcbin = peer_->webrtcbin();
  for (const char* property : {"stun-server", "turn-server"}) {
    gchar* server = nullptr;
    g_object_get(webrtcbin.get(), property, &server, nullptr);
    EXPECT_EQ(take_string(server), "") << property;
  }
}

}  // namespace
}  // namespace webrtcserver
