// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice_report.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace webrtcserver {

namespace {

const TurnFact* find(const IceFacts& facts, TurnFinding finding) {
  const auto found =
      std::find_if(facts.turn.begin(), facts.turn.end(),
                   [finding](const TurnFact& fact) { return fact.finding == finding; });
  return found == facts.turn.end() ? nullptr : &*found;
}

// Why we have no relay although a TURN server is named. Null: nothing is known against it.
const char* explain_turn(const IceFacts& facts, std::string& message) {
  if (facts.local.relay > 0) return nullptr;
  if (const auto* turn = find(facts, TurnFinding::kRefused)) {
    message = "The TURN server " + turn->url +
              " refused the user and password: check them in turn-servers, or turn-secret against "
              "the server's static-auth-secret, and the clocks of both machines.";
    return "turn-refused";
  }
  if (const auto* turn = find(facts, TurnFinding::kFailed)) {
    message = "The TURN server " + turn->url +
              " answered but gave no relay: its log says why, such as a quota.";
    return "turn-failed";
  }
  if (const auto* turn = find(facts, TurnFinding::kUnresolved)) {
    message = "The name of the TURN server " + turn->url +
              " has no address here: check its spelling and the name service.";
    return "turn-unreachable";
  }
  if (const auto* turn = find(facts, TurnFinding::kUnreachable)) {
    message = "The TURN server " + turn->url +
              " does not answer: check its address and port, whether it runs, and firewalls; with "
              "?transport=tcp it is asked over TCP.";
    return "turn-unreachable";
  }
  return nullptr;
}

const char* explain_no_local(const IceFacts& facts, std::string& message) {
  if (facts.relay_only) {
    const bool for_browsers = find(facts, TurnFinding::kForBrowsers) != nullptr;
    message = for_browsers
                  ? "Only relayed paths are allowed, and turns servers are for browsers only: name "
                    "a turn:// server too, perhaps the same with ?transport=tcp."
                  : "Only relayed paths are allowed (ice-transport-policy=relay), but this server "
                    "has no relay: name a TURN server that works in turn-servers.";
    return "no-turn-server";
  }
  if (facts.ports_limited) {
    message =
        "No port between min-rtp-port and max-rtp-port is free for media: widen the range; each "
        "session takes one for every address of this machine.";
    return "ports-exhausted";
  }
  message = "This server has no network address that media may use: check its interfaces.";
  return "no-candidates";
}

const char* explain_no_remote(const IceFacts& facts, std::string& message) {
  if (facts.relay_only) {
    message =
        "Only relayed paths are allowed (ice-transport-policy=relay), and the browser got no relay "
        "from the TURN server: it may not reach it, or hold other credentials.";
  } else if (facts.remote.hidden > 0) {
    message =
        "The browser hides its addresses behind mDNS names, which count in its own network alone, "
        "and nothing that it sent arrived here: check firewalls for UDP, or name a STUN or TURN "
        "server.";
  } else {
    message =
        "The browser named no address that can be tried: a setting or an extension may keep WebRTC "
        "from its network.";
  }
  return "no-candidates";
}

const char* explain_silence(const IceFacts& facts, std::string& message) {
  if (facts.remote.udp == 0 && facts.remote.tcp > 0) {
    message =
        "The browser has TCP only, its network seems to block UDP: leave ice-tcp on and open the "
        "media ports for TCP too, or name a TURN server with ?transport=tcp or turns://.";
    return "udp-blocked";
  }
  if (facts.local.relay > 0 || facts.remote.relay > 0) {
    message =
        "Not even through the TURN server did anything arrive: it may not be allowed to send to "
        "these addresses, or its relay ports are closed.";
    return "relay-silent";
  }
  message =
      "Neither side reached the other: they have no network in common, or a firewall drops UDP. ";
  message += facts.turn.empty() ? "A TURN server that both can reach (turn-servers) gets around it."
                                : "The TURN server has given no relay.";
  return "no-common-network";
}

}  // namespace

void CandidateCounts::count(std::string_view candidate) {
  std::istringstream line{std::string(candidate)};
  const std::vector<std::string> words{std::istream_iterator<std::string>(line), {}};
  if (words.size() < 8) return;
  ++(words[2] == "UDP" || words[2] == "udp" ? udp : tcp);
  if (words[7] == "host") {
    ++host;
  } else if (words[7] == "relay") {
    ++relay;
  } else {
    ++reflexive;
  }
}

std::string to_words(const CandidateCounts& counts) {
  std::vector<std::string> parts;
  const auto add = [&parts](unsigned count, const char* what) {
    if (count > 0) parts.push_back(std::to_string(count) + " " + what);
  };
  add(counts.host, "host");
  add(counts.reflexive, "reflexive");
  add(counts.relay, "relayed");
  if (counts.total() > 0) {
    parts.back() += counts.tcp == 0   ? " (UDP)"
                    : counts.udp == 0 ? " (TCP)"
                                      : " (" + std::to_string(counts.udp) + " UDP, " +
                                            std::to_string(counts.tcp) + " TCP)";
  }
  add(counts.hidden, "hidden");
  add(counts.left_out, "not tried");
  if (parts.empty()) return "none";
  std::string words = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i)
    words += (i + 1 < parts.size() ? ", " : " and ") + parts[i];
  return words;
}

IceReport explain(const IceFacts& facts) {
  std::string message;
  const char* reason = nullptr;
  if (!facts.answered) {
    reason = "no-answer";
    message = "The browser has not answered the offer.";
  } else if (facts.path_found) {
    reason = "dtls-failed";
    message = "A network path was found, but the DTLS handshake on it failed or was cut off.";
  } else if (facts.local.total() == 0) {
    reason = explain_turn(facts, message);
    if (!reason) reason = explain_no_local(facts, message);
  } else if (facts.ports_limited && !facts.relay_only && facts.local.udp == 0) {
    reason = explain_no_local(facts, message);
  } else {
    reason = explain_turn(facts, message);
    if (!reason && facts.remote.total() == 0) reason = explain_no_remote(facts, message);
    if (!reason) reason = explain_silence(facts, message);
  }
  if (facts.answered && !facts.path_found)
    message = "No network path to the browser was found. " + message;
  message += " Candidates of this server: " + to_words(facts.local) +
             "; of the browser: " + to_words(facts.remote) + ".";
  return {reason, message};
}

}  // namespace webrtcserver
