// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/origin_policy.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

TEST(OriginPolicy, AllowsHostsThatNobodyElseCanRegister) {
  const OriginPolicy policy;
  for (const char* host :
       {"127.0.0.1", "127.0.0.1:8554", "192.168.1.7:80", "[::1]:8554", "[2001:db8::1]", "localhost",
        "LOCALHOST:8554", "a.localhost", "jetson", "jetson:8554", "jetson.local", "jetson.local.",
        "cam.lan:8554", "cam.home.arpa", "cam.internal"}) {
    EXPECT_TRUE(policy.allows_host(host)) << host;
  }
}

TEST(OriginPolicy, RefusesHostsOfThePublicDns) {
  const OriginPolicy policy;
  for (const char* host :
       {"", ":8554", "evil.example", "evil.example:8554", "127.0.0.1.evil.example",
        "localhost.evil.example", "a.local.evil.example", "evil.example:port", "evil example",
        "user@localhost", "[::1", "[::1]evil.example", "localhost/", "evil.example."}) {
    EXPECT_FALSE(policy.allows_host(host)) << host;
  }
}

TEST(OriginPolicy, AllowsTheMachinesOwnName) {
  std::array<char, 256> name{};
  ASSERT_EQ(gethostname(name.data(), name.size() - 1), 0);
  EXPECT_TRUE(OriginPolicy().allows_host(std::string(name.data()) + ":8554"));
}

TEST(OriginPolicy, AllowsHostsThatTheOperatorNamed) {
  const OriginPolicy policy(false, "Cam.Example.org", {"https://pages.example.org"});
  EXPECT_TRUE(policy.allows_host("cam.example.org:8554"));
  EXPECT_TRUE(policy.allows_host("pages.example.org"));
  EXPECT_FALSE(policy.allows_host("other.example.org"));
}

TEST(OriginPolicy, LeavesTheNameToTheCertificateOverTls) {
  EXPECT_TRUE(OriginPolicy(true).allows_host("cam.example.org"));
  EXPECT_FALSE(OriginPolicy(true).allows_host(""));
}

TEST(OriginPolicy, AllowsProgramsAndTheServersOwnPages) {
  const OriginPolicy policy;
  EXPECT_TRUE(policy.allows_origin({}, "localhost:8554"));
  EXPECT_TRUE(policy.allows_origin("http://localhost:8554", "localhost:8554"));
  EXPECT_TRUE(policy.allows_origin("HTTP://LocalHost:8554", "localhost:8554"));
  EXPECT_TRUE(policy.allows_origin("http://localhost", "localhost:80"));
  EXPECT_TRUE(policy.allows_origin("https://localhost", "localhost"));
  EXPECT_TRUE(policy.allows_origin("http://[::1]:8554", "[::1]:8554"));
}

TEST(OriginPolicy, RefusesOtherOrigins) {
  const OriginPolicy policy;
  for (const char* origin :
       {"http://evil.example", "http://localhost:8555", "http://localhost", "null", "",
        "localhost:8554", "file://localhost:8554", "http://localhost:8554.evil.example"}) {
    EXPECT_FALSE(policy.allows_origin(origin, "localhost:8554")) << origin;
  }
}

TEST(OriginPolicy, AllowsListedOrigins) {
  const OriginPolicy policy(false, "", {"https://Pages.example.org:443", "null"});
  EXPECT_TRUE(policy.allows_origin("https://pages.example.org", "localhost:8554"));
  EXPECT_TRUE(policy.lists("https://pages.example.org"));
  EXPECT_TRUE(policy.lists("null"));
  EXPECT_FALSE(policy.lists("http://pages.example.org"));
  EXPECT_FALSE(policy.lists("http://localhost:8554"));
  EXPECT_TRUE(OriginPolicy(false, "", {"*"}).lists("http://anything.example"));
}

TEST(OriginPolicy, RefusesAMalformedList) {
  EXPECT_THROW(OriginPolicy(false, "", {"pages.example.org"}), Error);
  EXPECT_THROW(OriginPolicy(false, "", {"https://pages.example.org/path"}), Error);
}

}  // namespace
}  // namespace webrtcserver
