// SPDX-License-Identifier: LGPL-2.1-or-later
// ice_report.hpp — why no network path to a browser was found: what is known of it, to words.
// Pure functions and values; usable on any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webrtcserver {

// One side's candidates. The browser hears the numbers, never the addresses behind them.
struct CandidateCounts {
  unsigned host = 0;
  unsigned reflexive = 0;  // srflx and prflx: as a STUN server or the other side sees it
  unsigned relay = 0;
  unsigned udp = 0;  // of all these
  unsigned tcp = 0;
  unsigned hidden = 0;    // besides: behind a name that only its own network knows (mDNS)
  unsigned left_out = 0;  // besides: not tried, see judge_candidate()

  unsigned total() const { return host + reflexive + relay; }
  // A line of RFC 8839, section 5.1, that was judged already.
  void count(std::string_view candidate);
};

// What a TURN server said when it was asked for a relay (turn_probe.hpp).
enum class TurnFinding {
  kUnasked,
  kWorks,
  kRefused,      // it does not take the credentials
  kFailed,       // it answers, but gives no relay: quota, no capacity, not a TURN server
  kUnreachable,  // no answer, or the connection was refused
  kUnresolved,   // its name has no address
  kForBrowsers,  // turns, which libnice does not speak
};

struct TurnFact {
  std::string url;  // as the browser has it
  TurnFinding finding = TurnFinding::kUnasked;
};

struct IceFacts {
  CandidateCounts local;
  CandidateCounts remote;
  bool relay_only = false;
  bool ports_limited = false;  // min-rtp-port is set
  bool answered = false;       // the browser has answered the offer
  bool path_found = false;     // ICE connected, and DTLS did not
  std::vector<TurnFact> turn;
};

struct IceReport {
  // Short and constant, for counters: no-candidates, no-turn-server, no-common-network, no-answer,
  // turn-refused, turn-failed, turn-unreachable, ports-exhausted, udp-blocked, dtls-failed,
  // relay-silent; and path-lost for a connection that broke.
  const char* reason;
  // Sentences: what is wrong, what to try, and what each side had.
  std::string message;
};

IceReport explain(const IceFacts& facts);

// "2 host (1 UDP, 1 TCP) and 1 relay (UDP)"-like words: "3 candidates: 2 host and 1 relayed; 2 UDP,
// 1 TCP".
std::string to_words(const CandidateCounts& counts);

}  // namespace webrtcserver
