// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/whip_ending.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using namespace std::chrono_literals;

using Outcome = WhipEnding::Outcome;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

HttpClient::Reply reply(int status, std::map<std::string, std::string> headers = {},
                        std::string body = "") {
  HttpClient::Reply reply;
  reply.status = status;
  reply.headers = std::move(headers);
  reply.body = std::move(body);
  return reply;
}

TEST(WhipEnding, TellsWhatPassesFromWhatDoesNot) {
  for (const int status : {404, 409, 429, 500, 502, 503, 504})
    EXPECT_EQ(WhipEnding::of(reply(status)).outcome, Outcome::kFault) << status;
  for (const int status : {302, 400, 401, 403, 405, 406, 413, 415, 422})
    EXPECT_EQ(WhipEnding::of(reply(status)).outcome, Outcome::kRefused) << status;
  HttpClient::Reply none;
  none.error = "Connection refused.";
  EXPECT_EQ(WhipEnding::of(none).outcome, Outcome::kFault);
  EXPECT_EQ(WhipEnding::of(none).message, "Connection refused.");
  none.permanent = true;
  EXPECT_EQ(WhipEnding::of(none).outcome, Outcome::kRefused);
}

TEST(WhipEnding, RepeatsTheServersWords) {
  EXPECT_EQ(WhipEnding::of(reply(422, {{"content-type", "application/problem+json"}},
                                 R"({"title":"No","detail":"Two video tracks"})"))
                .message,
            "It answers with 422 Unprocessable Entity: Two video tracks.");
  EXPECT_EQ(WhipEnding::of(reply(400, {{"content-type", "application/json; charset=utf-8"}},
                                 R"({"status":"error","error":"path is not configured"})"))
                .message,
            "It answers with 400 Bad Request: path is not configured.");
  EXPECT_EQ(WhipEnding::of(reply(503, {{"content-type", "text/plain"}}, " busy!\n")).message,
            "It answers with 503 Service Unavailable: busy!");
  EXPECT_EQ(WhipEnding::of(reply(503, {{"content-type", "text/html"}}, "<h1>busy</h1>")).message,
            "It answers with 503 Service Unavailable.");
}

TEST(WhipEnding, DisturbsNoTerminalWithThem) {
  const auto said = [](const std::string& body) {
    return WhipEnding::of(reply(500, {{"content-type", "text/plain"}}, body)).message;
  };
  EXPECT_THAT(said("\x1b[2Jx\ny"), Not(HasSubstr("\x1b")));
  EXPECT_THAT(said("\x1b[2Jx\ny"), HasSubstr("[2Jx y"));
  EXPECT_THAT(said("a\xff\xfe"), HasSubstr("a\xEF\xBF\xBD")) << "what is no UTF-8";
  EXPECT_THAT(said(std::string(50'000, 'x')), SizeIs(::testing::Lt(500U)));
  EXPECT_THAT(WhipEnding::of(reply(500, {{"content-type", "application/json"}}, "{{{")).message,
              HasSubstr("500"));
}

TEST(WhipEnding, SaysWhatToDoAboutAToken) {
  EXPECT_TRUE(WhipEnding::of(reply(401)).unauthorized);
  EXPECT_TRUE(WhipEnding::of(reply(403)).unauthorized);
  EXPECT_FALSE(WhipEnding::of(reply(415)).unauthorized);
  EXPECT_THAT(WhipEnding::of(reply(401)).message, HasSubstr("Set auth-token"));
  auto elsewhere = reply(401);
  elsewhere.without_token = true;
  EXPECT_THAT(WhipEnding::of(elsewhere).message, HasSubstr("another origin"));
}

TEST(WhipEnding, ReadsWhenToComeAgain) {
  const auto after = [](const char* text) {
    return WhipEnding::of(reply(503, {{"retry-after", text}})).retry_after;
  };
  EXPECT_EQ(after("7"), 7s);
  EXPECT_EQ(after("0"), 0s);
  EXPECT_EQ(after("-5"), 0s);
  EXPECT_EQ(after("999999999"), 1h);
  EXPECT_EQ(after("Wed, 21 Oct 2015 07:28:00 GMT"), 0s);
  EXPECT_EQ(after("Tue, 19 Jan 2038 03:14:07 GMT"), 1h);
  EXPECT_EQ(after("soon"), std::nullopt);
  EXPECT_EQ(WhipEnding::of(reply(503)).retry_after, std::nullopt);
}

}  // namespace
}  // namespace webrtcserver
