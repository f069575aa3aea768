// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/router.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

using Captures = std::map<std::string, std::string>;

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    for (const char* pattern :
         {"/", "/{stream}", "/api/streams", "/assets/{path...}", "/api/{one}/{two}", "/{a...}"}) {
      router_.at(pattern).methods["GET"] = [](const HttpRequest&, const HttpReply&) {};
    }
  }

  const Router::Route* route_at(std::string_view path) const {
    const auto match = router_.match(path);
    return match ? match->route : nullptr;
  }

  Captures captures_at(std::string_view path) const { return router_.match(path)->captures; }

  Router router_;
};

TEST_F(RouterTest, PrefersLiteralsToCaptures) {
  EXPECT_EQ(route_at("/"), &router_.at("/"));
  EXPECT_EQ(route_at("/output"), &router_.at("/{stream}"));
  EXPECT_EQ(route_at("/api/streams"), &router_.at("/api/streams"));
  EXPECT_EQ(route_at("/api/x/y"), &router_.at("/api/{one}/{two}"));
  EXPECT_EQ(route_at("/assets/a/b.js"), &router_.at("/assets/{path...}"));
  EXPECT_EQ(route_at("/other/a/b/c"), &router_.at("/{a...}"));
}

TEST_F(RouterTest, CapturesDecodedSegments) {
  EXPECT_EQ(captures_at("/a%20b"), (Captures{{"stream", "a b"}}));
  EXPECT_EQ(captures_at("/api/x/y"), (Captures{{"one", "x"}, {"two", "y"}}));
  EXPECT_EQ(captures_at("/assets/a/b.js"), (Captures{{"path", "a/b.js"}}));
  EXPECT_EQ(captures_at("/assets/.."), (Captures{{"path", ".."}}));  // StaticFiles refuses it
}

TEST_F(RouterTest, FindsNothingForBrokenPaths) {
  for (const char* path : {"", "*", "output", "/%zz", "/a%2Fb", "/a%00", "/%FF"})
    EXPECT_EQ(route_at(path), nullptr) << path;
}

TEST_F(RouterTest, CapturesAreNeverEmpty) {
  router_.remove("/{a...}");
  EXPECT_EQ(route_at("/assets/"), nullptr);
  EXPECT_EQ(route_at("/api/x/"), nullptr);
  EXPECT_EQ(route_at("/output/"), nullptr);
}

TEST_F(RouterTest, RemovesRoutes) {
  router_.remove("/api/streams");
  EXPECT_EQ(route_at("/api/streams"), &router_.at("/{a...}"));
}

TEST_F(RouterTest, ListsTheMethodsOfARoute) {
  EXPECT_EQ(router_.at("/").allowed(), "GET, HEAD, OPTIONS");
  auto& route = router_.at("/new");
  EXPECT_EQ(route.allowed(), "OPTIONS");
  route.methods["POST"] = nullptr;
  EXPECT_EQ(route.allowed(), "OPTIONS, POST");
  route.web_socket = [](const HttpRequest&) -> WebSocketDecision { return HttpResponse(); };
  EXPECT_EQ(route.allowed(), "GET, OPTIONS, POST");
}

TEST_F(RouterTest, RefusesMalformedPatterns) {
  EXPECT_THROW(router_.at(""), Error);
  EXPECT_THROW(router_.at("api"), Error);
  EXPECT_THROW(router_.at("/{a...}/b"), Error);
}

}  // namespace
}  // namespace webrtcserver
