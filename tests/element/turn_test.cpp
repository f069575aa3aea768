// SPDX-License-Identifier: LGPL-2.1-or-later
// STUN and TURN as an application sets them, and as a browser hears of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "host_pipeline.hpp"
#include "support/turn_server.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string with(const std::string& properties) {
  return kLiveVideo + properties;
}

std::string through(const TurnServer& turn, const std::string& secret) {
  return with("ice-transport-policy=relay turn-servers=<\"turn://" + turn.place() +
              "?transport=udp\"> turn-secret=" + secret);
}

// What a browser would make of the first of its ICE servers, as webrtcbin writes it.
std::string first_server(const SignallingClient::Seen& seen) {
  const auto* hello = seen.find("hello");
  if (!hello) return {};
  // JsonReader has no arrays, and there is one of each.
  const auto field = [&](const std::string& name) {
    std::smatch match;
    std::regex_search(hello->text, match, std::regex("\"" + name + "\":\\[?\"([^\"]*)"));
    return match.size() > 1 ? match[1].str() : std::string();
  };
  const std::string url = field("urls");
  const std::string user = field("username");
  const std::string password = field("credential");
  if (url.empty()) return {};
  const auto encode = [](const std::string& text) {
    return take_string(g_uri_escape_string(text.c_str(), nullptr, FALSE));
  };
  return "turn://" + encode(user) + ":" + encode(password) + "@" +
         url.substr(std::string("turn:").size());
}

TEST(Turn, ASecretServesThePipelineAndItsBrowsers) {
  if (!TurnServer::is_installed()) GTEST_SKIP() << "turnserver is not installed (coturn).";
  const TurnServer turn({"--use-auth-secret", "--static-auth-secret=north"});
  const HostPipeline host(through(turn, "north"));
  ASSERT_TRUE(host.play());
  SignallingClient first(host.socket_url());
  ASSERT_TRUE(first.wait_for("hello"));
  const std::string server = first_server(first.seen());
  EXPECT_THAT(server, HasSubstr("@" + turn.place() + "?transport=udp"));
  Browser browser(host.socket_url(), {.turn_servers = {server}});
  ASSERT_TRUE(browser.answer());
  EXPECT_TRUE(browser.peer().wait([](const auto& counts) { return !counts.empty(); }));
  const std::string ice = "sessions/" + host.sessions().back() + "/ice/";
  EXPECT_EQ(host.statistic(ice + "local/host"), "0");
  EXPECT_NE(host.statistic(ice + "local/relay"), "0");
  EXPECT_EQ(host.statistic(ice + "remote/host"), "0");
  EXPECT_NE(host.statistic(ice + "remote/relay"), "0");
}

TEST(Turn, EachSessionHasCredentialsOfItsOwn) {
  const HostPipeline host(with("turn-servers=<\"turn:127.0.0.1\"> turn-secret=north"));
  ASSERT_TRUE(host.play());
  SignallingClient one(host.socket_url());
  SignallingClient two(host.socket_url());
  ASSERT_TRUE(one.wait_for("hello"));
  ASSERT_TRUE(two.wait_for("hello"));
  EXPECT_NE(first_server(one.seen()), first_server(two.seen()));
  for (auto* client : {&one, &two}) {
    EXPECT_THAT(first_server(client->seen()), HasSubstr(client->seen().text("hello", "session")));
  }
}

TEST(Turn, ASecretCannotBeReadBack) {
  const HostPipeline host(with("turn-secret=north"));
  const GParamSpec* spec =
      g_object_class_find_property(G_OBJECT_GET_CLASS(host.sink()), "turn-secret");
  ASSERT_TRUE(spec);
  EXPECT_FALSE(spec->flags & G_PARAM_READABLE);
  ASSERT_TRUE(host.set_state(GST_STATE_PAUSED));
  const auto drawing =
      take_string(gst_debug_bin_to_dot_data(GST_BIN(host.get()), GST_DEBUG_GRAPH_SHOW_ALL));
  EXPECT_THAT(drawing, AllOf(HasSubstr("uri="), Not(HasSubstr("north"))));
}

TEST(Turn, ServersWithoutCredentialsNeedASecret) {
  const HostPipeline host(with("turn-servers=<\"turn:127.0.0.1\">"));
  EXPECT_FALSE(host.set_state(GST_STATE_READY));
  EXPECT_THAT(host.wait_error(), HasSubstr("turn-secret"));
}

TEST(Turn, ElementsOfAServerHaveOneSecret) {
  const HostPipeline first(with("turn-secret=north"));
  ASSERT_TRUE(first.play());
  const HostPipeline second(
      "videotestsrc is-live=true ! webrtcsink name=sink turn-secret=south "
      "uri=webrtc://127.0.0.1:" +
      std::to_string(first.port()) + "/other");
  EXPECT_FALSE(second.set_state(GST_STATE_READY));
  const std::string error = second.wait_error();
  EXPECT_THAT(error, HasSubstr("other ICE settings"));
  EXPECT_THAT(error, AllOf(Not(HasSubstr("north")), Not(HasSubstr("south"))));
}

// A session that finds no path says why, is counted, and goes.
TEST(Turn, ARefusalEndsTheSessionInWords) {
  if (!TurnServer::is_installed()) GTEST_SKIP() << "turnserver is not installed (coturn).";
  const TurnServer turn({"--use-auth-secret", "--static-auth-secret=north"});
  const HostPipeline host(through(turn, "south"));
  ASSERT_TRUE(host.play());
  Browser browser(host.socket_url(), {});
  ASSERT_TRUE(browser.answer());
  // After the 15 seconds that a browser has.
  ASSERT_TRUE(eventually([&] { return browser.signalling().seen().find("error"); }) ||
              browser.signalling().wait_for("error"));
  EXPECT_THAT(browser.signalling().seen().text("error", "message"),
              AllOf(HasSubstr(turn.place() + "?transport=udp refused the user and password"),
                    Not(HasSubstr("south"))));
  EXPECT_EQ(host.statistic("ice-failures/turn-refused"), "1");
}

}  // namespace
}  // namespace webrtcserver::test
