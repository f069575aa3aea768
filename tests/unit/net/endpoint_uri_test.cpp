// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/endpoint_uri.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

using Protocol = EndpointUri::Protocol;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

EndpointUri parse(const std::string& text, Protocol wanted = Protocol::kWhip) {
  return EndpointUri::parse(text, wanted, [](const std::string& name) {
    return name == "auth-token" || name == "start-bitrate";
  });
}

TEST(EndpointUri, BecomesTheUrlThatIsPostedTo) {
  EXPECT_EQ(parse("whip://media.example.org/live/room").url, "http://media.example.org/live/room");
  EXPECT_EQ(parse("WHIPS://media.example.org:8443/a%2Fb").url,
            "https://media.example.org:8443/a%2Fb");
  EXPECT_EQ(parse("wheps://host", Protocol::kWhep).url, "https://host/");
  EXPECT_EQ(parse("whep://[fd00::2]:8080/x", Protocol::kWhep).url, "http://[fd00::2]:8080/x");
}

TEST(EndpointUri, KeepsWhatIsNoOptionForTheServer) {
  const EndpointUri uri =
      parse("whip://host/rtc/?app=live&auth-token=a%20b&stream=one%26two&start-bitrate=1000");
  EXPECT_EQ(uri.url, "http://host/rtc/?app=live&stream=one%26two");
  EXPECT_THAT(uri.options, ElementsAre(Pair("auth-token", "a b"), Pair("start-bitrate", "1000")));
  EXPECT_EQ(parse("whip://host/x?auth-token=a").url, "http://host/x");
  EXPECT_THAT(parse("whip://host/x?auth-token").options, IsEmpty()) << "an option has a value";
}

TEST(EndpointUri, KnowsThisMachine) {
  for (const char* uri : {"whip://localhost/x", "whip://127.0.0.1:8889/x", "whip://[::1]/x"})
    EXPECT_TRUE(parse(uri).loopback) << uri;
  for (const char* uri : {"whip://192.0.2.1/x", "whip://localhost.example.org/x"})
    EXPECT_FALSE(parse(uri).loopback) << uri;
}

TEST(EndpointUri, IsToldFromAStreamsAddress) {
  for (const char* uri : {"whip://", "whips://host/x", "WHEP://host/x", "wheps://?"})
    EXPECT_TRUE(EndpointUri::is_one(uri)) << uri;
  for (const char* uri : {"", "whip", "webrtc://@:8554/output", "http://host/whip://x"})
    EXPECT_FALSE(EndpointUri::is_one(uri)) << uri;
}

std::string error_of(const std::string& text, Protocol wanted = Protocol::kWhip) {
  try {
    parse(text, wanted);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidUri);
    return error.what();
  }
  return "none";
}

TEST(EndpointUri, SaysWhatIsWrong) {
  EXPECT_THAT(error_of("whep://host/x"), HasSubstr("it is for webrtcsrc"));
  EXPECT_THAT(error_of("whips://host/x", Protocol::kWhep), HasSubstr("it is for webrtcsink"));
  EXPECT_THAT(error_of("whip:///x"), HasSubstr("names no host"));
  EXPECT_THAT(error_of("whip://host:0/x"), HasSubstr("port is 0"));
  EXPECT_THAT(error_of("whip://host:99999/x"), HasSubstr("not a URI"));
  EXPECT_THAT(error_of("whip://[::1/x"), HasSubstr("not a URI"));
  EXPECT_THAT(error_of("whip://host/x#part"), HasSubstr("fragment"));
  EXPECT_THAT(error_of("whip://host/x?auth-token=%zz"), HasSubstr("% as %25"));
  EXPECT_THAT(error_of("whip://host/" + std::string(9000, 'x')), HasSubstr("8192"));
}

TEST(EndpointUri, DoesNotRepeatAPassword) {
  const std::string error = error_of("whip://joe:secret@host/x");
  EXPECT_THAT(error, HasSubstr("auth-token"));
  EXPECT_THAT(error, Not(HasSubstr("secret")));
}

TEST(EndpointUri, OriginsAreComparedWithTheirDefaultPorts) {
  EXPECT_TRUE(same_origin("https://host/a", "https://HOST:443/b?c"));
  EXPECT_TRUE(same_origin("http://[::1]/a", "http://[::1]:80/"));
  EXPECT_FALSE(same_origin("https://host/a", "http://host/a"));
  EXPECT_FALSE(same_origin("https://host/a", "https://host:444/a"));
  EXPECT_FALSE(same_origin("https://host/a", "https://host.example.org/a"));
  EXPECT_FALSE(same_origin("https://host/a", "nothing"));
}

}  // namespace
}  // namespace webrtcserver
