// SPDX-License-Identifier: LGPL-2.1-or-later
// ice.hpp — ICE settings, and which of a peer's candidates are taken.
// Pure functions and values; usable on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webrtcserver {

// A STUN or TURN server as a browser's RTCIceServer has it.
struct IceServer {
  std::string url;  // "stun:host:port", "turn:host:port?transport=tcp", "turns:…"
  std::string username;
  std::string credential;

  bool operator==(const IceServer&) const = default;
};

struct IceSettings {
  std::string stun_server;  // "stun://host:port" or empty
  std::vector<std::string>
      turn_servers;  // "turn(s)://user:password@host:port[?transport=…]", percent-encoded
  bool relay_only = false;
  std::uint16_t min_port = 0;  // 0: the kernel's choice
  std::uint16_t max_port = 65535;
  bool tcp = true;  // also offer ICE-TCP candidates
  // The server's own interface: media leaves from there. Empty: from every address.
  std::vector<std::string> local_addresses;

  bool operator==(const IceSettings&) const = default;
};

// The servers for a browser. Throws Error(kInvalidUri) for one that is malformed: which, and what
// is wrong.
std::vector<IceServer> ice_servers(const IceSettings& settings);

enum class CandidateVerdict { kUse, kIgnore, kMalformed };

// Malformed: not RFC 8839 syntax, a sign of a broken client. Ignored: mDNS names (the browser's
// checks reveal its address anyway), and addresses that a stranger must not make this machine send
// to: unspecified, multicast, broadcast, v4-mapped, link-local IPv4, loopback unless `loopback`,
// and TCP other than active.
CandidateVerdict judge_candidate(std::string_view candidate, bool loopback);

}  // namespace webrtcserver
