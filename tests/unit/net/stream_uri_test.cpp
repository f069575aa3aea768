// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/stream_uri.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

using ::testing::HasSubstr;
using Options = std::vector<std::pair<std::string, std::string>>;

TEST(StreamUri, ReadsEveryPart) {
  const auto uri = StreamUri::parse(
      "webrtcs://127.0.0.1:9000/cam-1_a.b~c?stun-server=stun%3A%2F%2Fa%3A1&max-bitrate=5");
  EXPECT_TRUE(uri.secure);
  EXPECT_EQ(uri.endpoint, (Endpoint{"127.0.0.1", 9000}));
  EXPECT_EQ(uri.stream, "cam-1_a.b~c");
  EXPECT_EQ(uri.options, (Options{{"stun-server", "stun://a:1"}, {"max-bitrate", "5"}}));
}

struct EndpointCase {
  const char* authority;
  Endpoint endpoint;
};

void PrintTo(const EndpointCase& endpoint, std::ostream* out) {
  *out << endpoint.authority;
}

class StreamUriEndpoint : public ::testing::TestWithParam<EndpointCase> {};

TEST_P(StreamUriEndpoint, IsCanonical) {
  const auto uri = StreamUri::parse("webrtc://" + std::string(GetParam().authority) + "/output");
  EXPECT_EQ(uri.endpoint, GetParam().endpoint);
  EXPECT_EQ(StreamUri::parse(uri.text()), uri);
}

INSTANTIATE_TEST_SUITE_P(
    All, StreamUriEndpoint,
    ::testing::Values(EndpointCase{"@", {"0.0.0.0", 8554}}, EndpointCase{"@:1", {"0.0.0.0", 1}},
                      EndpointCase{"@:0", {"0.0.0.0", 0}},
                      EndpointCase{"0.0.0.0", {"0.0.0.0", 8554}},
                      EndpointCase{"[::]", {"::", 8554}},
                      EndpointCase{"[0:0:0:0:0:0:0:0]:65535", {"::", 65535}},
                      EndpointCase{"[::1]", {"::1", 8554}},
                      EndpointCase{"[2001:DB8::0:1]:80", {"2001:db8::1", 80}},
                      EndpointCase{"192.168.1.7:08554", {"192.168.1.7", 8554}},
                      EndpointCase{"LocalHost", {"localhost", 8554}},
                      EndpointCase{"cam_1.Example.org:80", {"cam_1.example.org", 80}}));

TEST(StreamUri, WritesACanonicalAddress) {
  EXPECT_EQ(StreamUri::parse("WebRTC://0.0.0.0/output").text(), "webrtc://@:8554/output");
  EXPECT_EQ(StreamUri::parse("webrtcs://[::]:0/a").text(), "webrtcs://[::]:0/a");
  EXPECT_EQ(StreamUri::parse("webrtc://@/a?x=%20%26%25+%C3%A4").text(),
            "webrtc://@:8554/a?x=%20%26%25%2B%C3%A4");
  EXPECT_EQ(StreamUri::parse("webrtc://@/a?").text(), "webrtc://@:8554/a");
  EXPECT_EQ(StreamUri::parse("webrtc://@/a?x=").options, (Options{{"x", ""}}));
}

TEST(StreamUri, AcceptsTheLongestName) {
  const std::string name(64, 'a');
  EXPECT_EQ(StreamUri::parse("webrtc://@/" + name).stream, name);
}

struct WrongUri {
  std::string text;
  const char* part;   // what the message must name
  const char* found;  // what it must quote
};

void PrintTo(const WrongUri& wrong, std::ostream* out) {
  *out << wrong.text.substr(0, 100);
}

class WrongStreamUri : public ::testing::TestWithParam<WrongUri> {};

TEST_P(WrongStreamUri, IsExplained) {
  try {
    StreamUri::parse(GetParam().text);
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidUri);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().part));
    EXPECT_THAT(error.what(), HasSubstr(GetParam().found));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongStreamUri,
    ::testing::Values(
        WrongUri{"", "address", "webrtc://<interface>"}, WrongUri{"output", "address", "“output”"},
        WrongUri{"webrtc:/@/a", "address", "“webrtc:/@/a”"},
        WrongUri{"http://@/a", "scheme", "“http”"}, WrongUri{"://@/a", "scheme", "“”"},
        WrongUri{"whip://host/a", "a server elsewhere", "“whip”"},
        WrongUri{"whips://host/a", "a server elsewhere", "“whips”"},
        WrongUri{"whep://host/a", "a server elsewhere", "“whep”"},
        WrongUri{"WHEPS://host/a", "a server elsewhere", "“WHEPS”"},
        WrongUri{"webrtc:///a", "interface", "“”"}, WrongUri{"webrtc://:8554/a", "interface", "“”"},
        WrongUri{"webrtc://a b/a", "interface", "“a b”"},
        WrongUri{"webrtc://*/a", "interface", "“*”"},
        WrongUri{"webrtc://a..b/a", "interface", "“a..b”"},
        WrongUri{"webrtc://-a/a", "interface", "“-a”"},
        WrongUri{"webrtc://256.1.1.1/a", "interface", "“256.1.1.1”"},
        WrongUri{"webrtc://1.2.3/a", "interface", "“1.2.3”"},
        WrongUri{"webrtc://::1/a", "brackets", "“::1”"},
        WrongUri{"webrtc://[::1/a", "bracket is missing", "“[::1”"},
        WrongUri{"webrtc://[::1]x/a", "brackets", "“[::1]x”"},
        WrongUri{"webrtc://[::g]/a", "IPv6", "“::g”"},
        WrongUri{"webrtc://[127.0.0.1]/a", "IPv6", "“127.0.0.1”"},
        WrongUri{"webrtc://[fe80::1%25eth0]/a", "zone", "fe80::1%25eth0"},
        WrongUri{"webrtc://" + std::string(64, 'a') + ".org/a", "interface", "aaa"},
        WrongUri{"webrtc://\x01/a", "interface", "“\\x01”"},
        WrongUri{"webrtc://@:/a", "port", "“”"}, WrongUri{"webrtc://@:65536/a", "port", "“65536”"},
        WrongUri{"webrtc://@:-1/a", "port", "“-1”"}, WrongUri{"webrtc://@:80x/a", "port", "“80x”"},
        WrongUri{"webrtc://@:+80/a", "port", "“+80”"},
        WrongUri{"webrtc://@:99999999999999999999/a", "port", "999"},
        WrongUri{"webrtc://me@host/a", "user name", "not used"},
        WrongUri{"webrtc://me:secret@host/a", "password", "not used"},
        WrongUri{"webrtc://@host/a", "user name", "not used"},
        WrongUri{"webrtc://@:1@/a", "user name", "not used"},
        WrongUri{"webrtc://@:8554", "stream name is missing", "webrtc://@:8554/output"},
        WrongUri{"webrtc://@:8554/", "stream name is missing", "/output"},
        WrongUri{"webrtc://@/?a=b", "stream name is missing", "/output"},
        WrongUri{"webrtc://@/a/b", "stream name", "“a/b”"},
        WrongUri{"webrtc://@/a/", "stream name", "“a/”"},
        WrongUri{"webrtc://@/%61", "stream name", "“%61”"},
        WrongUri{"webrtc://@/ä", "stream name", "“ä”"},
        WrongUri{"webrtc://@/" + std::string(65, 'a'), "stream name", "65 characters"},
        WrongUri{"webrtc://@/.", "reserved", "“.”"}, WrongUri{"webrtc://@/..", "reserved", "“..”"},
        WrongUri{"webrtc://@/api", "reserved", "“api”"},
        WrongUri{"webrtc://@/assets", "reserved", "“assets”"},
        WrongUri{"webrtc://@/metrics", "reserved", "“metrics”"},
        WrongUri{"webrtc://@/healthz", "reserved", "“healthz”"},
        WrongUri{"webrtc://@/favicon.ico", "reserved", "“favicon.ico”"},
        WrongUri{"webrtc://@/webrtc-client", "reserved", "“webrtc-client”"},
        WrongUri{"webrtc://@/webrtc-client.js", "reserved", "“webrtc-client.js”"},
        WrongUri{"webrtc://@/a#b", "fragment", "“#b”"}, WrongUri{"webrtc://@/a?x", "option", "“x”"},
        WrongUri{"webrtc://@/a?=x", "option", "“=x”"},
        WrongUri{"webrtc://@/a?x=1&&y=2", "option", "“”"},
        WrongUri{"webrtc://@/a?x=%4", "option", "“x=%4”"},
        WrongUri{"webrtc://@/a?x=%zz", "option", "“x=%zz”"},
        WrongUri{"webrtc://@/a?x=%ff", "UTF-8", "“x=%ff”"},
        WrongUri{"webrtc://@/a?x=%00", "UTF-8", "“x=%00”"},
        WrongUri{"webrtc://@/a?x=1&x=2", "twice", "“x”"},
        WrongUri{"webrtc://@/a?a%20b=1", "option name", "“a b”"},
        WrongUri{"webrtc://@/" + std::string(9000, 'a'), "address", "9011 characters"}));

TEST(StreamUri, AnswersForNamesFromTheNetwork) {
  EXPECT_TRUE(is_stream_name("output"));
  EXPECT_FALSE(is_stream_name(""));
  EXPECT_FALSE(is_stream_name("a/b"));
  EXPECT_FALSE(is_stream_name("<script>"));
  EXPECT_FALSE(is_stream_name("api"));
}

}  // namespace
}  // namespace webrtcserver
