// SPDX-License-Identifier: LGPL-2.1-or-later
// auth-tokens and allowed-origins as properties: of both elements, in a uri, and across a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/tokens.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string allowing(const std::string& token) {
  return token_entry(token, R"(["*"])", R"(["view","publish"])");
}

class Tokens : public ::testing::Test {
 protected:
  std::string write(const std::string& json) const { return write_tokens(folder_, json); }
  // What a pipeline that is to start with these properties says.
  static std::string error_of(const std::string& properties) {
    const HostPipeline host(kLiveVideo + properties);
    EXPECT_FALSE(host.set_state(GST_STATE_READY)) << properties;
    return host.wait_error();
  }

  const TemporaryFolder folder_;
};

TEST_F(Tokens, AreAskedForWhereTheyAreSet) {
  const HostPipeline host(kLiveVideo + ("auth-tokens=" + write("[" + allowing("abc") + "]")));
  ASSERT_TRUE(host.play());
  EXPECT_EQ(http_get(host.url("/api/streams")).status, 401);
  EXPECT_EQ(http_get(host.url("/api/streams"), {{"Authorization", "Bearer abc"}}).status, 200);
  EXPECT_EQ(http_get(host.url("/api/streams?token=abc")).status, 200);
}

TEST_F(Tokens, ThatCannotBeUsedStopTheStart) {
  const std::string open = write_tokens(folder_, "[" + allowing("abc") + "]", 0644);
  EXPECT_THAT(error_of("auth-tokens=" + open), AllOf(HasSubstr(open), HasSubstr("chmod 600")));
  EXPECT_THAT(error_of("auth-tokens=/nowhere/tokens.json"), HasSubstr("/nowhere/tokens.json"));
  EXPECT_THAT(error_of("auth-tokens=" + write(R"([{"sha256":"x"}])")),
              AllOf(HasSubstr("Entry 1"), HasSubstr("sha256")));
}

TEST_F(Tokens, OriginsThatAreNoneStopTheStart) {
  EXPECT_THAT(error_of("allowed-origins=<pages.example>"),
              AllOf(HasSubstr("pages.example"), HasSubstr("https://")));
}

TEST_F(Tokens, AreTheSameForAllElementsOfAServer) {
  const std::string tokens = "auth-tokens=" + write("[" + allowing("abc") + "]");
  const HostPipeline first(kLiveVideo + tokens);
  ASSERT_TRUE(first.set_state(GST_STATE_READY));
  const auto second = [&](const std::string& properties) {
    auto host = std::make_unique<HostPipeline>("webrtcsrc name=source ! fakesink");
    g_object_set(host->element("source").get(), "uri",
                 first.url("/input?" + properties, "webrtc").c_str(), nullptr);
    return host;
  };
  // Whoever says nothing of them takes those of the server.
  EXPECT_TRUE(second("latency=0")->set_state(GST_STATE_READY));
  EXPECT_EQ(http_get(first.url("/api/streams")).status, 401);
  const auto others = second("auth-tokens=/nowhere/tokens.json");
  EXPECT_FALSE(others->set_state(GST_STATE_READY));
  EXPECT_THAT(others->wait_error(), HasSubstr("auth-tokens"));
  EXPECT_TRUE(second(tokens)->set_state(GST_STATE_READY));
  const auto strict = second(tokens + "&allowed-origins=<\"https://pages.example\">");
  EXPECT_FALSE(strict->set_state(GST_STATE_READY));
  EXPECT_THAT(strict->wait_error(), HasSubstr("allowed-origins"));
}

TEST_F(Tokens, AndOriginsMayBeOptionsOfTheAddress) {
  const HostPipeline host(kLiveVideo);
  const std::string uri =
      "webrtc://127.0.0.1:0/output?auth-tokens=" + write("[" + allowing("abc") + "]") +
      "&allowed-origins=<\"https://one.example\",\"https://two.example\">";
  g_object_set(host.sink(), "uri", uri.c_str(), nullptr);
  ASSERT_TRUE(host.play());
  const auto answer = http_get(host.url("/api/streams"), {{"Origin", "https://two.example"}});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.header("access-control-allow-origin"), "https://two.example");
}

TEST_F(Tokens, WithoutThemTheStartSaysThatEverybodyMayDoEverything) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.set_state(GST_STATE_READY));
  const auto message = host.wait_message(GST_MESSAGE_INFO);
  ASSERT_TRUE(message);
  gchar* words = nullptr;
  GError* error = nullptr;
  gst_message_parse_info(message.get(), &error, &words);
  EXPECT_THAT(error->message,
              AllOf(HasSubstr("view, publish and control"), HasSubstr("auth-tokens")));
  g_error_free(error);
  g_free(words);
}

// With media, so that it is seen to flow on.
TEST_F(Tokens, ThatAreTakenBackEndTheirSessionsAndNoOthers) {
  const HostPipeline host(
      kLiveVideo + ("auth-tokens=" + write("[" + allowing("abc") + "," + allowing("xyz") + "]")));
  ASSERT_TRUE(host.play());
  Viewer leaver(host.socket_url() + "?token=abc");
  Viewer stayer(host.socket_url() + "?token=xyz");
  ASSERT_TRUE(leaver.watch());
  ASSERT_TRUE(stayer.watch());
  write("[" + allowing("xyz") + "]");
  ASSERT_TRUE(leaver.signalling().wait_closed());
  EXPECT_EQ(leaver.signalling().seen().text("bye", "reason"), "revoked");
  EXPECT_TRUE(stayer.wait_media(30));
  EXPECT_EQ(host.sessions().size(), 1U);
  // A file that is broken is told on the bus, and takes nothing from anybody.
  write("[{}]");
  EXPECT_THAT(host.wait_warning(), AllOf(HasSubstr("still counts"), Not(HasSubstr("xyz"))));
  EXPECT_TRUE(stayer.wait_media(30));
}

}  // namespace
}  // namespace webrtcserver::test
