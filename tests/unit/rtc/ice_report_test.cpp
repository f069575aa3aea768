// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace webrtcserver {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CandidateCounts counts(std::initializer_list<const char*> candidates) {
  CandidateCounts result;
  for (const char* candidate : candidates) result.count(candidate);
  return result;
}

constexpr char kHost[] = "candidate:1 1 UDP 2015363327 192.168.1.5 41000 typ host";
constexpr char kTcp[] = "candidate:2 1 TCP 1015021823 192.168.1.5 9 typ host tcptype active";
constexpr char kReflexive[] =
    "candidate:3 1 udp 1677729535 203.0.113.9 5 typ srflx raddr 0.0.0.0 rport 0";
constexpr char kRelay[] =
    "candidate:4 1 UDP 8331263 198.51.100.3 61000 typ relay raddr 0.0.0.0 rport 0";

IceFacts facts() {
  IceFacts facts;
  facts.local = counts({kHost, kTcp});
  facts.remote = counts({kHost});
  facts.answered = true;
  return facts;
}

IceFacts with_turn(TurnFinding finding) {
  IceFacts changed = facts();
  changed.turn.push_back({"turn:turn.example.com:3478", finding});
  return changed;
}

TEST(CandidateCounts, AreByTypeAndTransport) {
  const auto all = counts({kHost, kTcp, kReflexive, kRelay, "", "candidate:1 1 UDP"});
  EXPECT_EQ(all.host, 2U);
  EXPECT_EQ(all.reflexive, 1U);
  EXPECT_EQ(all.relay, 1U);
  EXPECT_EQ(all.udp, 3U);
  EXPECT_EQ(all.tcp, 1U);
  EXPECT_EQ(all.total(), 4U);
}

TEST(CandidateCounts, AreWords) {
  EXPECT_EQ(to_words({}), "none");
  EXPECT_EQ(to_words(counts({kHost})), "1 host (UDP)");
  EXPECT_EQ(to_words(counts({kTcp})), "1 host (TCP)");
  EXPECT_EQ(to_words(counts({kHost, kTcp, kReflexive, kRelay})),
            "2 host, 1 reflexive and 1 relayed (3 UDP, 1 TCP)");
  CandidateCounts hidden;
  hidden.hidden = 2;
  hidden.left_out = 1;
  EXPECT_EQ(to_words(hidden), "2 hidden and 1 not tried");
}

TEST(IceReport, NamesTheReason) {
  const auto reason = [](const IceFacts& known) { return std::string(explain(known).reason); };
  const auto changed = [](auto&& change) {
    IceFacts known = facts();
    change(known);
    return known;
  };
  EXPECT_EQ(reason(IceFacts()), "no-answer");
  EXPECT_EQ(reason(facts()), "no-common-network");
  EXPECT_EQ(reason(changed([](auto& known) { known.path_found = true; })), "dtls-failed");
  EXPECT_EQ(reason(changed([](auto& known) { known.local = {}; })), "no-candidates");
  EXPECT_EQ(reason(changed([](auto& known) { known.remote = {}; })), "no-candidates");
  EXPECT_EQ(reason(changed([](auto& known) { known.remote = counts({kTcp}); })), "udp-blocked");
  EXPECT_EQ(reason(changed([](auto& known) { known.local.count(kRelay); })), "relay-silent");
  EXPECT_EQ(reason(changed([](auto& known) { known.remote = counts({kRelay}); })), "relay-silent");
  EXPECT_EQ(reason(changed([](auto& known) {
              known.local = {};
              known.ports_limited = true;
            })),
            "ports-exhausted");
  // TCP needs no port of the range to go out.
  EXPECT_EQ(reason(changed([](auto& known) {
              known.local = counts({kTcp});
              known.ports_limited = true;
            })),
            "ports-exhausted");
  EXPECT_EQ(reason(changed([](auto& known) {
              known.local = {};
              known.relay_only = true;
            })),
            "no-turn-server");
  EXPECT_EQ(reason(changed([](auto& known) {
              known.local = counts({kRelay});
              known.remote = {};
              known.relay_only = true;
            })),
            "no-candidates");
}

TEST(IceReport, SaysWhatTheTurnServerSaid) {
  const std::pair<TurnFinding, const char*> reasons[] = {
      {TurnFinding::kRefused, "turn-refused"},
      {TurnFinding::kFailed, "turn-failed"},
      {TurnFinding::kUnreachable, "turn-unreachable"},
      {TurnFinding::kUnresolved, "turn-unreachable"},
      {TurnFinding::kUnasked, "no-common-network"},
      {TurnFinding::kWorks, "no-common-network"},
      {TurnFinding::kForBrowsers, "no-common-network"}};
  for (const auto& [finding, reason] : reasons) {
    IceFacts known = with_turn(finding);
    EXPECT_STREQ(explain(known).reason, reason);
    // One that gave a relay is not at fault.
    known.local.count(kRelay);
    EXPECT_STREQ(explain(known).reason, "relay-silent");
  }
  EXPECT_THAT(explain(with_turn(TurnFinding::kRefused)).message,
              HasSubstr("turn:turn.example.com:3478 refused the user and password"));
  IceFacts relay_only = with_turn(TurnFinding::kForBrowsers);
  relay_only.relay_only = true;
  relay_only.local = {};
  EXPECT_THAT(explain(relay_only).message, HasSubstr("for browsers only"));
}

TEST(IceReport, CountsCandidatesAndTellsNoAddress) {
  const IceReport report = explain(facts());
  EXPECT_THAT(report.message,
              HasSubstr("of this server: 2 host (1 UDP, 1 TCP); of the browser: 1 host (UDP)."));
  EXPECT_THAT(report.message, Not(HasSubstr("192.168")));
  EXPECT_THAT(report.message, HasSubstr("No network path"));
}

TEST(IceReport, KnowsABrowserThatHides) {
  IceFacts known = facts();
  known.remote = {};
  known.remote.hidden = 1;
  EXPECT_THAT(explain(known).message, HasSubstr("mDNS"));
}

}  // namespace
}  // namespace webrtcserver
