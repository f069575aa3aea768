// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"

namespace webrtcserver {

void PrintTo(const CandidateVerdict& verdict, std::ostream* stream) {
  *stream << (verdict == CandidateVerdict::kUse      ? "use"
              : verdict == CandidateVerdict::kIgnore ? "ignore"
                                                     : "malformed");
}

namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

CandidateVerdict judge_address(const std::string& address, bool loopback = false) {
  return judge_candidate("candidate:1 1 udp 2130706431 " + address + " 50000 typ host generation 0",
                         loopback);
}

TEST(Candidate, TakesAddressesOfTheNetwork) {
  for (const char* address : {"192.168.1.7", "10.0.0.1", "203.0.113.9", "100.64.0.1", "2001:db8::7",
                              "fd00::1", "fe80::1"}) {
    EXPECT_EQ(judge_address(address), CandidateVerdict::kUse) << address;
  }
}

TEST(Candidate, IgnoresAddressesThatNoStrangerMayName) {
  for (const char* address :
       {"0.0.0.0", "0.1.2.3", "255.255.255.255", "224.0.0.1", "239.255.255.255", "169.254.169.254",
        "127.0.0.1", "127.8.8.8", "::", "::1", "ff02::1", "::ffff:192.168.1.7", "::ffff:127.0.0.1",
        "::FFFF:c0a8:0107"}) {
    EXPECT_EQ(judge_address(address), CandidateVerdict::kIgnore) << address;
  }
}

TEST(Candidate, TakesLoopbackWhereTheServerIsBoundToIt) {
  EXPECT_EQ(judge_address("127.0.0.1", true), CandidateVerdict::kUse);
  EXPECT_EQ(judge_address("::1", true), CandidateVerdict::kUse);
  EXPECT_EQ(judge_address("::ffff:127.0.0.1", true), CandidateVerdict::kIgnore);
  EXPECT_EQ(judge_address("0.0.0.0", true), CandidateVerdict::kIgnore);
}

TEST(Candidate, IgnoresNames) {
  for (const char* name : {"0c3c4c2e-3a5a-4c6b-9c2b-7d1b0a3f9a11.local", "example.com", "localhost",
                           "192.168.1", "0x7f.1", "192.168.1.7.", "fe80::1%eth0"}) {
    EXPECT_EQ(judge_address(name), CandidateVerdict::kIgnore) << name;
  }
}

// Browsers connect; this machine must not, wherever a stranger points.
TEST(Candidate, TakesNoTcpButActive) {
  const std::string tcp = "candidate:1 1 TCP 1518280447 192.168.1.7 9 typ host";
  EXPECT_EQ(judge_candidate(tcp + " tcptype active generation 0", false), CandidateVerdict::kUse);
  EXPECT_EQ(judge_candidate(tcp + " generation 0 tcptype active", false), CandidateVerdict::kUse);
  for (const char* kind : {"", " tcptype passive", " tcptype so", " tcptype", " active",
                           " generation tcptype active"}) {
    EXPECT_EQ(judge_candidate(tcp + kind, false), CandidateVerdict::kIgnore) << kind;
  }
  EXPECT_EQ(judge_candidate("candidate:1 1 sctp 1 192.168.1.7 9 typ host tcptype active", false),
            CandidateVerdict::kIgnore);
}

TEST(Candidate, TakesWhatBrowsersSend) {
  for (const char* candidate :
       {"candidate:3098175849 1 udp 2122260223 192.168.1.7 51472 typ host generation 0 ufrag abcd "
        "network-id 1",
        "candidate:1 1 UDP 1686052607 203.0.113.9 51472 typ srflx raddr 192.168.1.7 rport 51472",
        "candidate:2 1 UDP 8331263 198.51.100.3 61000 typ relay raddr 0.0.0.0 rport 0"}) {
    EXPECT_EQ(judge_candidate(candidate, false), CandidateVerdict::kUse) << candidate;
  }
}

TEST(Candidate, KnowsGarbage) {
  using namespace std::string_literals;
  const std::vector<std::string> garbage{
      "",
      "candidate:",
      "candidate",
      "a=candidate:1 1 udp 1 192.168.1.7 5 typ host",
      "candidate:1 1 udp 1 192.168.1.7 5",
      "candidate:1 1 udp 1 192.168.1.7 5 kind host",
      "candidate:1 x udp 1 192.168.1.7 5 typ host",
      "candidate:1 257 udp 1 192.168.1.7 5 typ host",
      "candidate:1 1 udp 4294967296 192.168.1.7 5 typ host",
      "candidate:1 1 udp -1 192.168.1.7 5 typ host",
      "candidate:1 1 udp 1 192.168.1.7 65536 typ host",
      "candidate:1 1 udp 1 192.168.1.7 5x typ host",
      "candidate:" + std::string(33, 'f') + " 1 udp 1 192.168.1.7 5 typ host",
      "candidate:1 1 udp 1 192.168.1.7 5 typ host " + std::string(1024, 'x'),
      "candidate:1 1 udp 1 192.168.1.7 5 typ host\r\na=setup:active",
      "candidate:1 1 udp 1 192.168.1.7 5 typ host\0"s,
      "candidate:1 1 udp 1 192.168.1.7 5 typ host \xC3\xA9",
  };
  for (const auto& text : garbage)
    EXPECT_EQ(judge_candidate(text, true), CandidateVerdict::kMalformed) << text;
  EXPECT_EQ(judge_candidate("candidate:1 1 udp 1 192.168.1.7 0 typ host", false),
            CandidateVerdict::kIgnore);
}

TEST(Candidate, CanHideWhatIsBehindARelay) {
  const std::string relay = "candidate:4 1 UDP 8331263 198.51.100.3 61000 typ relay";
  EXPECT_EQ(without_related_address(relay + " raddr 192.168.1.5 rport 41000"),
            relay + " raddr 0.0.0.0 rport 0");
  EXPECT_EQ(without_related_address(relay + " raddr 192.168.1.5 rport 41000 generation 0"),
            relay + " raddr 0.0.0.0 rport 0 generation 0");
  for (const char* whole : {"", "candidate:1 1 UDP 1 192.168.1.5 41000 typ host",
                            "candidate:4 1 UDP 1 198.51.100.3 5 typ relay raddr 10.0.0.1"})
    EXPECT_EQ(without_related_address(whole), whole);
}

std::vector<IceServer> servers(const std::string& stun, const std::vector<std::string>& turn) {
  IceSettings settings;
  settings.stun_server = stun;
  settings.turn_servers = turn;
  return ice_servers(settings, "s1");
}

std::string refusal(const std::string& stun, const std::vector<std::string>& turn) {
  try {
    servers(stun, turn);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidUri);
    return error.what();
  }
  return {};
}

TEST(Ice, RelaysAreKeptAlone) {
  std::vector<std::string> candidates{
      "candidate:1 1 UDP 1 192.168.1.5 5000 typ host",
      "candidate:2 1 UDP 1 198.51.100.1 5001 typ relay raddr 192.168.1.5 rport 5000"};
  keep_relays(candidates);
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_EQ(candidates[0], without_related_address(candidates[0]));
  EXPECT_EQ(candidates[0].find("192.168.1.5"), std::string::npos);
}

TEST(IceServers, AreNoneByThemselves) {
  EXPECT_TRUE(ice_servers({}, "s1").empty());
}

TEST(IceServers, AreWrittenForABrowser) {
  EXPECT_EQ(servers("stun://stun.example.com:19302",
                    {"turn://user:secret@turn.example.com:3479?transport=tcp",
                     "turns://user:secret@turn.example.com"}),
            (std::vector<IceServer>{{"stun:stun.example.com:19302", "", ""},
                                    {"turn:turn.example.com:3479?transport=tcp", "user", "secret"},
                                    {"turns:turn.example.com:5349", "user", "secret"}}));
}

TEST(IceServers, HaveDefaultPortsAndIpv6InBrackets) {
  EXPECT_EQ(servers("stun://[2001:db8::1]", {"turn://u:p@[2001:db8::2]?transport=udp"}),
            (std::vector<IceServer>{{"stun:[2001:db8::1]:3478", "", ""},
                                    {"turn:[2001:db8::2]:3478?transport=udp", "u", "p"}}));
}

TEST(IceServers, DecodeUserAndPassword) {
  EXPECT_EQ(servers("", {"turn://1700000000%3Aalice:p%40ss%2Fw%25rd%3D@host"}),
            (std::vector<IceServer>{{"turn:host:3478", "1700000000:alice", "p@ss/w%rd="}}));
}

TEST(IceServers, SayWhatIsWrong) {
  EXPECT_THAT(refusal("http://host", {}), HasSubstr("stun://"));
  EXPECT_THAT(refusal("stun://:3478", {}), HasSubstr("names no host"));
  EXPECT_THAT(refusal("", {"stun://user:secret@host"}), HasSubstr("turn://"));
  EXPECT_THAT(refusal("", {"turn://host"}), HasSubstr("user and a password"));
  EXPECT_THAT(refusal("", {"turn://user@host"}), HasSubstr("a user and a password"));
  EXPECT_THAT(refusal("turn://user:secret@host", {}), HasSubstr("stun://"));
  EXPECT_THAT(refusal("", {"turn://user:secret@host?transport=sctp"}), HasSubstr("transport"));
}

IceSettings with_secret(const std::vector<std::string>& turn) {
  IceSettings settings;
  settings.turn_servers = turn;
  settings.turn_secret = "north wind";
  return settings;
}

TEST(IceServers, HaveCredentialsOfTheSessionWithASecret) {
  const auto servers = ice_servers(with_secret({"turn://one", "turns:two?transport=tcp"}), "s17");
  ASSERT_THAT(servers, SizeIs(2));
  EXPECT_EQ(servers[0].url, "turn:one:3478");
  EXPECT_THAT(servers[0].username, EndsWith(":s17"));
  EXPECT_FALSE(servers[0].credential.empty());
  EXPECT_EQ(servers[0].credential, servers[1].credential);
  const auto others = ice_servers(with_secret({"turn://one"}), "s18");
  EXPECT_NE(others[0].credential, servers[0].credential);
}

TEST(IceServers, KeepCredentialsThatAreGiven) {
  EXPECT_EQ(ice_servers(with_secret({"turn://user:secret@host"}), "s17"),
            (std::vector<IceServer>{{"turn:host:3478", "user", "secret"}}));
}

TEST(IceServers, AreNoMoreThanLibniceTakes) {
  const std::string one = "turn://u:p@host?transport=udp";
  EXPECT_EQ(refusal("", std::vector<std::string>(8, one)), "");
  EXPECT_THAT(refusal("", std::vector<std::string>(9, one)), HasSubstr("more than"));
  EXPECT_EQ(refusal("", std::vector<std::string>(4, "turn://u:p@host")), "");
  EXPECT_THAT(refusal("", std::vector<std::string>(5, "turn://u:p@host")),
              HasSubstr("counts as two"));
  // Browsers have no such limit, and nobody else uses these.
  EXPECT_EQ(refusal("", std::vector<std::string>(9, "turns://u:p@host")), "");
}

TEST(IceServers, AreForWebrtcbinWithoutTls) {
  EXPECT_THAT(usable_turn_servers(servers("stun://host", {"turn://1:p%40@host?transport=tcp",
                                                          "turns://u:p@host", "turn://u:p@[::1]"})),
              ElementsAre("turn://1:p%40@host:3478?transport=tcp", "turn://u:p@[::1]:3478"));
}

TEST(IceServers, NeverRepeatAPassword) {
  for (const char* turn :
       {"turn://user:hunter2@host:port", "turn://user:hunter2@host/x", "turn://user:hunter2@host#",
        "turn://user:hunter2%zz@host", "turn://user:hunter2@host:99999", "turn://:hunter2@host",
        "turn:user:hunter2@host@", "http://user:hunter2@host", "turn://user:hunter2@",
        "turn://user:hunter2@host?transport=hunter2", "turn://user:hunter2@[::1"}) {
    const std::string message = refusal("", {turn});
    EXPECT_NE(message, "") << turn;
    EXPECT_THAT(message, Not(HasSubstr("hunter2"))) << turn;
  }
}

}  // namespace
}  // namespace webrtcserver
