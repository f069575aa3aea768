// SPDX-License-Identifier: LGPL-2.1-or-later
// Who may do what on a server, from its routes to the end of a session.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "event_reader.hpp"
#include "net/grant.hpp"
#include "server/server.hpp"
#include "server/session.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/signalling_client.hpp"
#include "support/tokens.hpp"
#include "unit/rtc/recorded_offers.hpp"

namespace webrtcserver {
namespace {

using test::http;
using test::http_get;
using test::SignallingClient;
using test::token_entry;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

const std::string kSecret = "0123456789abcdef0123456789abcdef";

class ServerTokensTest : public ::testing::Test {
 protected:
  ServerTokensTest() {
    add_output("output");
    add_output("cam-1");
    InputStream::Settings settings;
    settings.name = "input";
    input_ = server_->add(settings, std::weak_ptr<InputStream::Observer>());
  }

  std::shared_ptr<OutputStream> add_output(const std::string& name) {
    OutputStream::Settings settings;
    settings.name = name;
    outputs_.push_back(server_->add(std::move(settings), {}));
    return outputs_.back();
  }

  static std::string tokens(const std::string& viewer) {
    return "[" + viewer + "," + token_entry("publisher", R"(["input"])", R"(["publish"])") + "," +
           token_entry("all", R"(["*"])", R"(["view","publish","control"])") + "," +
           token_entry("old", R"(["*"])", R"(["view","publish"])", R"(,"expires":1000)") +
           R"(,{"jwt-key":")" + kSecret + R"(","alg":"HS256"}])";
  }
  static std::string viewer() { return token_entry("viewer", R"(["output","x"])", R"(["view"])"); }

  std::string url(const std::string& path, const char* scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(server_->port()) + path;
  }
  test::HttpAnswer get(const std::string& path, const std::string& token,
                       const char* method = "GET") const {
    return http(method, url(path),
                token.empty() ? test::HttpHeaders()
                              : test::HttpHeaders{{"Authorization", "Bearer " + token}});
  }
  std::string socket(const std::string& path, const std::string& token) const {
    return url(path, "ws") + (path.find('?') == std::string::npos ? "?" : "&") + "token=" + token;
  }
  int upgrade_status(const std::string& socket_url) const {
    SignallingClient client(socket_url);
    EXPECT_TRUE(client.wait([](const auto& seen) { return seen.open || seen.closed; }));
    return client.seen().open ? 101 : client.seen().upgrade_status;
  }

  const test::TemporaryFolder folder_;
  std::shared_ptr<Server> server_ = Server::open(settings());
  std::vector<std::shared_ptr<OutputStream>> outputs_;
  std::shared_ptr<InputStream> input_;

 private:
  Server::Settings settings() const {
    Server::Settings settings;
    settings.endpoint = {"127.0.0.1", 0};
    settings.auth_tokens = test::write_tokens(folder_, tokens(viewer()));
    return settings;
  }
};

// ---- routes

TEST_F(ServerTokensTest, AsksForATokenOnEveryMethodOfEveryResource) {
  for (const char* path : {"/api/streams", "/api/events", "/output", "/none", "/output/whep"}) {
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
      for (const char* token : {"", "wrong", "old"}) {
        const auto answer = get(path, token, method);
        EXPECT_EQ(answer.status, 401) << method << " " << path << " with “" << token << "”";
        EXPECT_EQ(answer.header("www-authenticate"),
                  *token ? "Bearer error=\"invalid_token\"" : "Bearer");
        if (std::string(method) != "HEAD") {
          EXPECT_THAT(answer.header("content-type"), HasSubstr("problem+json"));
        }
        EXPECT_THAT(answer.body, Not(HasSubstr("wrong")));
      }
    }
  }
}

TEST_F(ServerTokensTest, AnswersTheSameForStreamsThatExistAndNot) {
  for (const char* token : {"", "wrong", "viewer"}) {
    const auto known = get("/cam-1", token);
    const auto unknown = get("/none", token);
    EXPECT_EQ(known.status, *token == 'v' ? 403 : 401);
    EXPECT_EQ(unknown.status, known.status);
    EXPECT_EQ(unknown.body, known.body);
    EXPECT_EQ(unknown.header("www-authenticate"), known.header("www-authenticate"));
    EXPECT_EQ(upgrade_status(socket("/cam-1", token)), upgrade_status(socket("/none", token)));
    const test::HttpHeaders browser{{"Accept", "text/html"},
                                    {"Authorization", std::string("Bearer ") + token}};
    EXPECT_EQ(http_get(url("/cam-1"), browser).status, 200);
    EXPECT_EQ(http_get(url("/none"), browser).status, 200);
    EXPECT_EQ(http_get(url("/cam-1"), browser).body, http_get(url("/none"), browser).body);
  }
  // Who may watch it may know.
  EXPECT_EQ(get("/x", "viewer").status, 404);
  EXPECT_EQ(upgrade_status(socket("/x", "viewer")), 404);
}

TEST_F(ServerTokensTest, ServesWhatHoldsNoSecretToEverybody) {
  for (const char* path : {"/", "/webrtc-client.js", "/webrtc-client/stream.js", "/assets/app.js",
                           "/favicon.ico", "/healthz"}) {
    EXPECT_EQ(get(path, "").status, 200) << path;
    EXPECT_EQ(get(path, "", "POST").status, 401) << path;
  }
}

TEST_F(ServerTokensTest, ListsTheStreamsThatOneMayUse) {
  EXPECT_THAT(get("/api/streams", "viewer").body,
              AllOf(HasSubstr("/output"), Not(HasSubstr("cam-1")), Not(HasSubstr("input"))));
  EXPECT_THAT(get("/api/streams", "publisher").body,
              AllOf(HasSubstr("/input"), Not(HasSubstr("output"))));
  EXPECT_THAT(http_get(url("/api/streams?token=all")).body,
              AllOf(HasSubstr("/output"), HasSubstr("/cam-1"), HasSubstr("/input")));
}

TEST_F(ServerTokensTest, NumbersAreForWhoMaySeeAllStreams) {
  EXPECT_EQ(get("/metrics", "").status, 401);
  EXPECT_EQ(get("/metrics", "viewer").status, 403);
  EXPECT_EQ(get("/metrics", "all").status, 200);
}

TEST_F(ServerTokensTest, ControlsAreSeenByViewersAndChangedByControllers) {
  constexpr char kPath[] = "/api/controls/output";
  EXPECT_EQ(get(kPath, "").status, 401);
  EXPECT_THAT(get(kPath, "viewer").body, HasSubstr(R"("role":"view")"));
  EXPECT_EQ(get(kPath, "viewer", "PATCH").status, 403);
  EXPECT_EQ(get(kPath, "publisher").status, 403);
  EXPECT_THAT(get(kPath, "all").body, HasSubstr(R"("role":"control")"));
  EXPECT_EQ(get(kPath, "all", "PATCH").status, 415);  // let in, and without a request
}

TEST_F(ServerTokensTest, TellsOfTheStreamsThatOneMayUse) {
  EXPECT_EQ(test::EventReader(url("/api/events")).status(), 401);
  test::EventReader reader(url("/api/events"), "viewer");
  EXPECT_THAT(reader.next(), Pair("streams", AllOf(HasSubstr("/output"), Not(HasSubstr("cam-1")))));
  const auto hidden = add_output("hidden");
  const auto shown = add_output("x");
  EXPECT_THAT(reader.next(), Pair("stream-added", HasSubstr("/x")));
  server_->remove(hidden, "ended", "");
  server_->remove(shown, "ended", "");
  EXPECT_THAT(reader.next(), Pair("stream-removed", HasSubstr("\"x\"")));
}

// ---- sessions

TEST_F(ServerTokensTest, LetsViewersAndPublishersIn) {
  EXPECT_EQ(upgrade_status(url("/output", "ws")), 401);
  EXPECT_EQ(upgrade_status(socket("/output", "wrong")), 401);
  EXPECT_EQ(upgrade_status(socket("/output", "old")), 401);
  EXPECT_EQ(upgrade_status(socket("/output", std::string(16 * 1024, 'a'))), 401);
  EXPECT_EQ(upgrade_status(socket("/output", "publisher")), 403);
  EXPECT_EQ(upgrade_status(socket("/input", "viewer")), 403);
  EXPECT_EQ(upgrade_status(socket("/output", "viewer")), 101);
  EXPECT_EQ(upgrade_status(socket("/input", "publisher")), 101);
}

TEST_F(ServerTokensTest, SaysWhatASessionMayDo) {
  SignallingClient plain(socket("/output", "viewer"));
  SignallingClient master(socket("/input", "all"));
  ASSERT_TRUE(plain.wait_for("hello"));
  ASSERT_TRUE(master.wait_for("hello"));
  const auto allowed = [](const SignallingClient& client) {
    return client.seen().find("hello")->data.strings("allow").value();
  };
  EXPECT_THAT(allowed(plain), ElementsAre("view"));
  EXPECT_THAT(allowed(master), ElementsAre("publish", "control"));
  const auto may_control = [&](const std::shared_ptr<Stream>& stream) {
    return stream->loop().call([&] { return stream->sessions().at(0)->may_control(); });
  };
  EXPECT_FALSE(may_control(outputs_.front()));
  EXPECT_TRUE(may_control(input_));
}

// What GstWebRTCServerServer.answer_offer() does with a request.
TEST_F(ServerTokensTest, GivesWhoBringsAnOfferWhatTheGrantAllows) {
  const auto ask = [&](const Grant& grant) {
    const auto fault = std::make_shared<std::optional<OfferDesk::Fault>>();
    return server_->loop().call([&] {
      server_->offers().answer("input", test::kChromiumPublisher, grant, {},
                               [fault](const OfferDesk::Result& result) {
                                 if (const auto* it = std::get_if<OfferDesk::Fault>(&result))
                                   *fault = *it;
                               });
      if (fault->has_value()) return (*fault)->message;
      return std::string(input_->sessions().back()->may_control() ? "control" : "publish");
    });
  };
  EXPECT_EQ(ask({{"*"}, {Permission::kView}, {}, {}}),
            "The token does not let you publish this stream.");
  EXPECT_EQ(ask({{"other"}, {Permission::kPublish}, {}, {}}),
            "The token does not let you publish this stream.");
  EXPECT_EQ(ask({{"input"}, {Permission::kPublish}, {}, {}}), "publish");
}

TEST_F(ServerTokensTest, EndsASessionWithItsToken) {
  const std::string token = test::hs256_jwt(
      R"({"streams":["*"],"allow":["view"],"exp":)" + std::to_string(seconds_now() + 5) + "}",
      kSecret);
  SignallingClient guest(socket("/output", token));
  SignallingClient viewer(socket("/output", "viewer"));
  test::EventReader reader(url("/api/events"), token);
  ASSERT_TRUE(guest.wait_for("hello"));
  ASSERT_TRUE(viewer.wait_for("hello"));
  ASSERT_TRUE(guest.wait_closed());
  EXPECT_EQ(guest.seen().text("bye", "reason"), "expired");
  EXPECT_THAT(guest.seen().text("bye", "message"), HasSubstr("expired"));
  while (!reader.next().first.empty()) continue;  // its events end too
  EXPECT_EQ(get("/api/streams", token).status, 401);
  EXPECT_EQ(viewer.seen().count("bye"), 0U);
}

TEST_F(ServerTokensTest, EndsTheSessionsThatTheFileDoesNotAllowAnyMore) {
  SignallingClient viewer(socket("/output", "viewer"));
  SignallingClient other(socket("/output", "all"));
  SignallingClient publisher(socket("/input", "publisher"));
  ASSERT_TRUE(viewer.wait_for("hello"));
  ASSERT_TRUE(other.wait_for("hello"));
  ASSERT_TRUE(publisher.wait_for("hello"));
  // The token is there still, and allows less.
  test::write_tokens(folder_, tokens(token_entry("viewer", R"(["output"])", R"(["publish"])")));
  ASSERT_TRUE(viewer.wait_closed());
  EXPECT_EQ(viewer.seen().text("bye", "reason"), "revoked");
  // Its entry is gone.
  test::write_tokens(folder_, "[" + token_entry("all", R"(["*"])", R"(["view"])") + "]");
  ASSERT_TRUE(publisher.wait_closed());
  EXPECT_EQ(publisher.seen().text("bye", "reason"), "revoked");
  EXPECT_EQ(other.seen().count("bye"), 0U);
  EXPECT_FALSE(other.seen().closed);
  EXPECT_EQ(upgrade_status(socket("/output", "viewer")), 401);
}

TEST_F(ServerTokensTest, ServesItsViewersWhileStrangersKnock) {
  SignallingClient viewer(socket("/output", "viewer"));
  ASSERT_TRUE(viewer.wait_for("stream"));
  for (int i = 0; i < 1000; ++i) {
    const auto answer =
        get(i % 2 ? "/output" : "/api/streams", i % 3 ? "" : "wrong", i % 5 ? "GET" : "POST");
    ASSERT_EQ(answer.status, 401);
  }
  EXPECT_EQ(outputs_.front()->loop().call([&] { return outputs_.front()->session_count(); }), 1U);
  EXPECT_EQ(input_->loop().call([&] { return input_->session_count(); }), 0U);
  EXPECT_FALSE(viewer.seen().closed);
  server_->remove(outputs_.front(), "ended", "");
  ASSERT_TRUE(viewer.wait_closed());
  EXPECT_EQ(viewer.seen().text("bye", "reason"), "ended");
}

TEST(OpenServer, SaysOnceThatNobodyIsAsked) {
  Server::Settings settings;
  settings.endpoint = {"127.0.0.1", 0};
  const auto open = Server::open(settings);
  EXPECT_TRUE(open->tell_open());
  EXPECT_FALSE(open->tell_open());
  const test::TemporaryFolder folder;
  settings.auth_tokens =
      test::write_tokens(folder, "[" + token_entry("t", R"(["*"])", R"(["view"])") + "]");
  EXPECT_FALSE(Server::open(settings)->tell_open());
}

TEST(OpenServer, DoesNotStartWithTokensOrOriginsThatAreWrong) {
  const test::TemporaryFolder folder;
  Server::Settings settings;
  settings.endpoint = {"127.0.0.1", 0};
  settings.auth_tokens = test::write_tokens(folder, "[]");
  EXPECT_THROW(Server::open(settings), Error);
  settings.auth_tokens.clear();
  settings.allowed_origins = {"pages.example"};
  try {
    Server::open(settings);
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("pages.example"));
  }
}

TEST(OpenServer, LetsListedOriginsOpenSocketsAndRead) {
  Server::Settings settings;
  settings.endpoint = {"127.0.0.1", 0};
  settings.allowed_origins = {"https://pages.example"};
  const auto server = Server::open(settings);
  const auto url = "http://127.0.0.1:" + std::to_string(server->port()) + "/api/streams";
  EXPECT_EQ(
      http_get(url, {{"Origin", "https://pages.example"}}).header("access-control-allow-origin"),
      "https://pages.example");
  EXPECT_EQ(
      http_get(url, {{"Origin", "https://evil.example"}}).header("access-control-allow-origin"),
      "");
}

}  // namespace
}  // namespace webrtcserver
