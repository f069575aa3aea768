// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Form {
  const char* text;
  IceServer server;
};

void PrintTo(const Form& form, std::ostream* out) {
  *out << form.text;
}

class IceServerForms : public ::testing::TestWithParam<Form> {};

TEST_P(IceServerForms, AreRead) {
  EXPECT_EQ(parse_ice_server(GetParam().text, "--ice-server"), GetParam().server);
}

INSTANTIATE_TEST_SUITE_P(
    Url, IceServerForms,
    ::testing::Values(
        Form{"stun://host", {"stun:host:3478", "", ""}},
        Form{"stun:stun.example.com:19302", {"stun:stun.example.com:19302", "", ""}},
        Form{"stun://[2001:db8::1]:5", {"stun:[2001:db8::1]:5", "", ""}},
        Form{"turn:host", {"turn:host:3478", "", ""}},
        Form{"turns://host", {"turns:host:5349", "", ""}},
        Form{"turn:host?transport=tcp", {"turn:host:3478?transport=tcp", "", ""}},
        Form{"turn://u:p@host:1", {"turn:host:1", "u", "p"}},
        Form{"turn:u:p@host:1", {"turn:host:1", "u", "p"}},
        Form{"turn://u:12@host", {"turn:host:3478", "u", "12"}},
        Form{"turn://u:p@[::1]?transport=udp", {"turn:[::1]:3478?transport=udp", "u", "p"}},
        Form{"turns://u:p@host?transport=tcp", {"turns:host:5349?transport=tcp", "u", "p"}}));

// As they are percent-encoded, and as people write them.
INSTANTIATE_TEST_SUITE_P(
    Passwords, IceServerForms,
    ::testing::Values(Form{"turn://a%3Ab:p%40ss%2F%25@host", {"turn:host:3478", "a:b", "p@ss/%"}},
                      Form{"turn://u:p@ss@host", {"turn:host:3478", "u", "p@ss"}},
                      Form{"turn://u:p:q:r@host", {"turn:host:3478", "u", "p:q:r"}},
                      Form{"turn://u:1?x/y#[z]@host", {"turn:host:3478", "u", "1?x/y#[z]"}},
                      Form{"turn://u:7[x]@host", {"turn:host:3478", "u", "7[x]"}},
                      Form{"turn://u:p?transport=tcp@host",
                           {"turn:host:3478", "u", "p?transport=tcp"}}));

INSTANTIATE_TEST_SUITE_P(
    Holoscan, IceServerForms,
    ::testing::Values(
        Form{"turn:10.0.0.7:3478[admin:admin]", {"turn:10.0.0.7:3478", "admin", "admin"}},
        Form{"stun:10.0.0.7:3478", {"stun:10.0.0.7:3478", "", ""}},
        Form{"turn:[2001:db8::1]:1[u:p]", {"turn:[2001:db8::1]:1", "u", "p"}},
        Form{"turn:[::1][u:p]", {"turn:[::1]:3478", "u", "p"}},
        Form{"turn:host[u:a@b:c]", {"turn:host:3478", "u", "a@b:c"}},
        Form{"turn:host[u:50%]d]", {"turn:host:3478", "u", "50%]d"}},
        Form{"turn:host:1[u:p]?transport=tcp", {"turn:host:1?transport=tcp", "u", "p"}},
        Form{"turn:host:1?transport=tcp[u:p]", {"turn:host:1?transport=tcp", "u", "p"}},
        Form{"turns:host[u:p]", {"turns:host:5349", "u", "p"}}));

struct Mistake {
  const char* text;
  const char* words;
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.text;
}

class IceServerMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(IceServerMistakes, AreExplained) {
  try {
    const IceServer server = parse_ice_server(GetParam().text, "--ice-server");
    FAIL() << "It was taken as " << server.url;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidUri);
    EXPECT_THAT(error.what(), StartsWith("--ice-server "));
    EXPECT_THAT(error.what(), HasSubstr(GetParam().words));
    EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Text, IceServerMistakes,
    ::testing::Values(
        Mistake{"", "must begin with"}, Mistake{"host:3478", "must begin with"},
        Mistake{"http://hunter2@host", "must begin with"}, Mistake{"stuns:host", "over TLS"},
        Mistake{"turn://", "names no host"}, Mistake{"turn://u:hunter2@", "names no host"},
        Mistake{"turn://u:hunter2@:5", "names no host"}, Mistake{"turn:[::1", "names no host"},
        Mistake{"turn:[host]", "not an IPv6 address"},
        Mistake{"turn:[1.2.3.4]", "not an IPv6 address"}, Mistake{"turn:2001:db8::1", "brackets"},
        Mistake{"turn:host:0", "between 1 and 65535"},
        Mistake{"turn:host:65536", "between 1 and 65535"},
        Mistake{"turn://u:hunter2@host:99999999999999999999", "between 1 and 65535"},
        Mistake{"turn:host:port", "behind its host"}, Mistake{"turn:host/path", "behind its host"},
        Mistake{"turn://u:hunter2@host/path", "behind its host"},
        Mistake{"turn:host[u:hunter2", "behind its host"},
        Mistake{"turn:host[u:hunter2]x", "behind its host"},
        Mistake{"turn:host[hunter2]", "a user and a password"},
        Mistake{"turn://hunter2@host", "a user and a password"},
        Mistake{"turn://:hunter2@host", "a user and a password"},
        Mistake{"turn://u:@host", "a user and a password"},
        Mistake{"turn://u:hunter2%zz@host", "%25"}, Mistake{"turn://u:hunter2%ff@host", "UTF-8"},
        Mistake{"turn:host?transport=sctp", "nothing else"},
        Mistake{"turn:host?ttl=1", "nothing else"},
        Mistake{"turn:host?transport=tcp[u:hunter2]?transport=udp", "behind its host"},
        Mistake{"turns:host?transport=udp", "over TCP"},
        Mistake{"stun:host?transport=udp", "for STUN"},
        Mistake{"stun://u:hunter2@host", "for STUN"}, Mistake{"stun:host[u:hunter2]", "for STUN"}));

TEST(IceServerAddress, IsWhereTheUrlPoints) {
  using Transport = IceServerAddress::Transport;
  const auto ipv6 = address_of(parse_ice_server("turn:[::1]:5?transport=tcp", ""));
  EXPECT_EQ(ipv6.host, "::1");
  EXPECT_EQ(ipv6.port, 5);
  EXPECT_EQ(ipv6.transport, Transport::kTcp);
  EXPECT_TRUE(ipv6.named);
  EXPECT_EQ(address_of(parse_ice_server("turn:host", "")).transport, Transport::kUdp);
  EXPECT_FALSE(address_of(parse_ice_server("turn:host", "")).named);
  EXPECT_EQ(address_of(parse_ice_server("turns:host", "")).transport, Transport::kTls);
}

TEST(IceServer, IsWrittenForWebrtcbinSoThatItReadsTheSame) {
  const IceServer server{"turn:[::1]:5?transport=tcp", "17:s 1", "a/b+c=@:[]%"};
  const std::string text = to_webrtcbin(server);
  EXPECT_EQ(text, "turn://17%3As%201:a%2Fb%2Bc%3D%40%3A%5B%5D%25@[::1]:5?transport=tcp");
  EXPECT_EQ(parse_ice_server(text, ""), server);
  EXPECT_EQ(to_webrtcbin({"stun:host:3478", "", ""}), "stun://host:3478");
}

}  // namespace
}  // namespace webrtcserver
