// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/cross_origin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "listener_fixture.hpp"

namespace webrtcserver::test {
namespace {

using CrossOriginTest = ListenerFixture;

TEST_F(CrossOriginTest, LetsListedOriginsRead) {
  Listener::Settings settings;
  settings.allowed_origins = {"https://pages.example"};
  start_with_routes(settings);
  RawClient client(port());
  const std::string origin = "Origin: https://pages.example\r\n";
  auto reply = client.request("POST", "/echo", origin, "x");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "https://pages.example");
  EXPECT_EQ(reply.headers.at("access-control-expose-headers"), "Location, ETag, Link");
  EXPECT_EQ(reply.headers.at("vary"), "Origin");
  EXPECT_EQ(client.get("/output").headers.at("vary"), "Origin");  // for caches in between
  reply = client.get("/nothing/here", origin);
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "https://pages.example");
  reply = client.request("OPTIONS", "/echo", origin + "Access-Control-Request-Method: POST\r\n");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.headers.at("access-control-allow-methods"), "OPTIONS, POST");
  EXPECT_EQ(reply.headers.at("access-control-allow-headers"),
            "Authorization, Content-Type, If-Match");
  EXPECT_EQ(reply.headers.at("access-control-allow-origin"), "https://pages.example");
  reply = client.get("/output", "Origin: https://other.example\r\n");
  EXPECT_EQ(reply.headers.count("access-control-allow-origin"), 0U);
  reply =
      client.request("OPTIONS", "/echo",
                     "Origin: https://other.example\r\nAccess-Control-Request-Method: POST\r\n");
  EXPECT_EQ(reply.headers.count("access-control-allow-methods"), 0U);
  EXPECT_EQ(reply.headers.count("access-control-allow-origin"), 0U);
}

TEST_F(CrossOriginTest, AnswersPreflightsBeforeAnyHandler) {
  Listener::Settings settings;
  settings.allowed_origins = {"https://pages.example"};
  start_with_routes(settings);
  add("OPTIONS", "/echo", [](const HttpRequest&) { return HttpResponse::text(200, "own"); });
  RawClient client(port());
  EXPECT_EQ(client.request("OPTIONS", "/echo").body, "own");
  EXPECT_EQ(client.request("OPTIONS", "/echo", "Origin: https://pages.example\r\n").body, "own");
  const auto reply =
      client.request("OPTIONS", "/echo",
                     "Origin: https://pages.example\r\nAccess-Control-Request-Method: POST\r\n");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.body, "");
}

}  // namespace
}  // namespace webrtcserver::test
