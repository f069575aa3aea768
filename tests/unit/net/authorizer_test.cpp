// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/authorizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "base/error.hpp"
#include "support/patience.hpp"
#include "support/tokens.hpp"

namespace webrtcserver {
namespace {

using test::token_entry;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kSecret = "0123456789abcdef0123456789abcdef";

HttpRequest bearing(const std::string& token) {
  HttpRequest request;
  request.headers["authorization"] = "Bearer " + token;
  return request;
}

HttpRequest asking(const std::string& token) {
  HttpRequest request;
  request.query["token"] = token;
  return request;
}

class AuthorizerTest : public ::testing::Test {
 protected:
  ~AuthorizerTest() override {
    loop_.call([this] { authorizer_.reset(); });
  }

  void start(const std::string& json) {
    authorizer_ = std::make_unique<Authorizer>(test::write_tokens(folder_, json));
  }
  void watch() {
    loop_.call([this] {
      authorizer_->watch(loop_,
                         {[this] { count(changes_); },
                          [this](const std::string& message) {
                            last_warning_ = message;
                            count(warnings_);
                          }},
                         std::chrono::milliseconds(5));
    });
  }
  void count(int& events) {
    const std::scoped_lock lock(mutex_);
    ++events;
    happened_.notify_all();
  }
  bool wait_for(const int& events, int wanted) {
    std::unique_lock lock(mutex_);
    return happened_.wait_for(lock, test::kPatience, [&] { return events >= wanted; });
  }

  Authorizer::Verdict authorize(const HttpRequest& request, const std::string& stream = "output",
                                Permission permission = Permission::kView) {
    return loop_.call([&] { return authorizer_->authorize(request, stream, permission); });
  }
  // 200: there is a grant.
  int status(const HttpRequest& request, const std::string& stream = "output",
             Permission permission = Permission::kView) {
    const auto verdict = authorize(request, stream, permission);
    const auto* refusal = std::get_if<HttpResponse>(&verdict);
    return refusal ? refusal->status : 200;
  }
  // Its challenge and its document.
  std::string refusal(const HttpRequest& request, Permission permission = Permission::kView) {
    const auto verdict = authorize(request, "output", permission);
    const auto* response = std::get_if<HttpResponse>(&verdict);
    if (!response) return "(a grant)";
    std::string text;
    for (const auto& [name, value] : response->headers) {
      if (name == "WWW-Authenticate") text = value + "; ";
    }
    gsize size = 0;
    const void* body = g_bytes_get_data(response->body.get(), &size);
    return text.append(static_cast<const char*>(body), size);
  }

  LoopThread loop_{"authorizer"};
  const test::TemporaryFolder folder_;
  std::unique_ptr<Authorizer> authorizer_;
  std::mutex mutex_;
  std::condition_variable happened_;
  int changes_ = 0;           // guarded by mutex_
  int warnings_ = 0;          // guarded by mutex_
  std::string last_warning_;  // of the loop's thread, until it is counted
};

TEST_F(AuthorizerTest, WithoutAFileEverybodyMayDoEverything) {
  authorizer_ = std::make_unique<Authorizer>("");
  EXPECT_FALSE(authorizer_->asks());
  for (const auto permission : {Permission::kView, Permission::kPublish, Permission::kControl})
    EXPECT_EQ(status({}, "any", permission), 200);
  EXPECT_EQ(status(bearing("whatever")), 200);
}

TEST_F(AuthorizerTest, WithAFileThatCannotBeUsedDoesNotStart) {
  EXPECT_THROW(start("[]"), Error);
  EXPECT_THROW(Authorizer(folder_.path("missing.json")), Error);
}

TEST_F(AuthorizerTest, LetsATokenDoWhatItSays) {
  start("[" + token_entry("abc", R"(["output","cam-*"])", R"(["view","control"])") + "]");
  EXPECT_EQ(status(bearing("abc")), 200);
  EXPECT_EQ(status(asking("abc")), 200);
  EXPECT_EQ(status(bearing("abc"), "cam-1", Permission::kControl), 200);
  EXPECT_EQ(status(bearing("abc"), "output", Permission::kPublish), 403);
  EXPECT_EQ(status(bearing("abc"), "input"), 403);
  EXPECT_THAT(refusal(bearing("abc"), Permission::kPublish),
              AllOf(HasSubstr("insufficient_scope"), HasSubstr("publish"), Not(HasSubstr("abc"))));
}

TEST_F(AuthorizerTest, ChallengesWhoHasNoToken) {
  start("[" + token_entry("abc", R"(["*"])", R"(["view"])") + "]");
  HttpRequest basic;
  basic.headers["authorization"] = "Basic YWJjOg==";
  for (const HttpRequest& request : {HttpRequest(), basic}) {
    EXPECT_EQ(status(request), 401);
    EXPECT_THAT(refusal(request), ::testing::StartsWith("Bearer; {"));
  }
  basic.query["token"] = "abc";  // a proxy in between has a password of its own
  EXPECT_EQ(status(basic), 200);
}

TEST_F(AuthorizerTest, RefusesTokensThatAreNone) {
  start("[" + token_entry("abc", R"(["*"])", R"(["view"])") + "," +
        token_entry("old", R"(["*"])", R"(["view"])", R"(,"expires":1000)") + "]");
  for (const std::string& bad :
       {std::string("abd"), std::string(), std::string("ab"), std::string("abcd"),
        std::string("abc abc"), std::string("a\"c"), std::string("äbc"),
        std::string(64 * 1024, 'a'), test::sha256_of_token("abc")}) {
    EXPECT_EQ(status(bearing(bad)), 401) << bad.substr(0, 80);
    EXPECT_EQ(status(asking(bad)), 401) << bad.substr(0, 80);
    EXPECT_THAT(refusal(bearing(bad)),
                AllOf(HasSubstr("error=\"invalid_token\""), HasSubstr("not known here")));
  }
  EXPECT_EQ(status(bearing("old")), 401);
  EXPECT_THAT(refusal(bearing("old")), AllOf(HasSubstr("invalid_token"), HasSubstr("expired")));
}

TEST_F(AuthorizerTest, BelievesItsGateUntilThatGrantExpires) {
  authorizer_ = std::make_unique<Authorizer>("");
  HttpRequest request;
  Grant grant = Grant::everything();
  request.granted = std::make_shared<const Grant>(grant);
  EXPECT_EQ(status(request), 200);
  grant.expires = seconds_now();
  request.granted = std::make_shared<const Grant>(grant);
  EXPECT_EQ(status(request), 401);
  EXPECT_THAT(refusal(request), HasSubstr("invalid_token"));
  grant.lasting = true;
  EXPECT_FALSE(loop_.call([&] { return authorizer_->renew(grant); }));
}

TEST_F(AuthorizerTest, RefusesTwoTokensAtOnce) {
  start("[" + token_entry("abc", R"(["*"])", R"(["view"])") + "]");
  HttpRequest both = bearing("abc");
  both.query["token"] = "abc";
  EXPECT_EQ(status(both), 400);
  EXPECT_EQ(status(bearing("abc, Bearer abc")), 400);  // two headers, as they are joined
  EXPECT_EQ(status(bearing("abc, Basic YWJjOg==")), 400);
  EXPECT_THAT(refusal(both), HasSubstr("invalid_request"));
}

TEST_F(AuthorizerTest, TakesTokensThatAnApplicationMinted) {
  start(R"([{"jwt-key":")" + kSecret + R"(","alg":"HS256"}])");
  const auto until = [](std::int64_t time, const std::string& more = "") {
    return bearing(test::hs256_jwt(
        R"({"streams":["output"],"allow":["view"],"exp":)" + std::to_string(time) + more + "}",
        kSecret));
  };
  const std::int64_t now = seconds_now();
  EXPECT_EQ(status(until(now + 3600)), 200);
  EXPECT_EQ(status(until(now + 3600), "other"), 403);
  EXPECT_EQ(status(until(now - 1)), 401);
  EXPECT_THAT(refusal(until(now - 1)), HasSubstr("expired"));
  EXPECT_THAT(refusal(until(now + 3600, ",\"nbf\":" + std::to_string(now + 1800))),
              AllOf(HasSubstr("invalid_token"), HasSubstr("not valid yet")));
  EXPECT_EQ(status(bearing(test::unsigned_jwt(
                R"({"alg":"none"})", R"({"streams":["*"],"allow":["view"],"exp":9999999999})"))),
            401);
}

TEST_F(AuthorizerTest, FollowsItsFile) {
  start("[" + token_entry("abc", R"(["*"])", R"(["view"])") + "]");
  watch();
  const auto grant = std::get<Grant>(authorize(bearing("abc")));
  EXPECT_TRUE(loop_.call([&] { return authorizer_->renew(grant); }));
  test::write_tokens(folder_, "[" + token_entry("xyz", R"(["*"])", R"(["view"])") + "]");
  ASSERT_TRUE(wait_for(changes_, 1));
  EXPECT_EQ(status(bearing("abc")), 401);
  EXPECT_EQ(status(bearing("xyz")), 200);
  EXPECT_FALSE(loop_.call([&] { return authorizer_->renew(grant); }));
  test::write_tokens(folder_, "[" + token_entry("abc", R"(["cam"])", R"(["control"])") + "]");
  ASSERT_TRUE(wait_for(changes_, 2));
  const auto renewed = loop_.call([&] { return authorizer_->renew(grant); });
  ASSERT_TRUE(renewed);
  EXPECT_FALSE(renewed->allows(Permission::kView, "output"));
  EXPECT_TRUE(renewed->allows(Permission::kControl, "cam"));
}

TEST_F(AuthorizerTest, FollowsTheKeysThatItsFileNames) {
  const auto first = test::make_key();
  const auto second = test::make_key();
  const std::string claims = R"({"streams":["*"],"allow":["view"],"exp":9999999999})";
  folder_.write("key.pem", test::public_pem(first));
  start(R"([{"jwt-key":"key.pem","alg":"ES256"}])");
  watch();
  EXPECT_EQ(status(bearing(test::es256_jwt(claims, first))), 200);
  std::filesystem::rename(folder_.write("new.pem", test::public_pem(second)),
                          folder_.path("key.pem"));
  ASSERT_TRUE(wait_for(changes_, 1));
  EXPECT_EQ(status(bearing(test::es256_jwt(claims, first))), 401);
  EXPECT_EQ(status(bearing(test::es256_jwt(claims, second))), 200);
}

TEST_F(AuthorizerTest, KeepsWhatItHasWhileTheFileIsBroken) {
  start("[" + token_entry("abc", R"(["*"])", R"(["view"])") + "]");
  watch();
  test::write_tokens(folder_, "[{]");
  ASSERT_TRUE(wait_for(warnings_, 1));
  EXPECT_THAT(last_warning_,
              AllOf(HasSubstr(folder_.path("tokens.json")), HasSubstr("still counts")));
  EXPECT_EQ(status(bearing("abc")), 200);
  std::filesystem::remove(folder_.path("tokens.json"));
  ASSERT_TRUE(wait_for(warnings_, 2));
  EXPECT_EQ(status(bearing("abc")), 200);
  test::write_tokens(folder_, "[" + token_entry("abc", R"(["*"])", R"(["view"])") + "]", 0644);
  ASSERT_TRUE(wait_for(warnings_, 3));
  EXPECT_EQ(status(bearing("abc")), 200);
  test::write_tokens(folder_, "[" + token_entry("xyz", R"(["*"])", R"(["view"])") + "]");
  ASSERT_TRUE(wait_for(changes_, 1));
  EXPECT_EQ(status(bearing("abc")), 401);
  EXPECT_EQ(status(bearing("xyz")), 200);
}

}  // namespace
}  // namespace webrtcserver
