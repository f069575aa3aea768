// SPDX-License-Identifier: LGPL-2.1-or-later
// ice.hpp — ICE settings, and which of a peer's candidates are taken.
// Pure functions and values; usable on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtc/ice_server.hpp"

namespace webrtcserver {

struct IceSettings {
  std::string stun_server;  // "stun://host:port" or empty
  // As ice_server.hpp reads them: "turn(s)://user:password@host:port[?transport=…]"
  std::vector<std::string> turn_servers;
  std::string turn_secret;  // mints user and password for those that have none
  bool relay_only = false;
  std::uint16_t min_port = 0;  // 0: the kernel's choice
  std::uint16_t max_port = 65535;
  bool tcp = true;  // also offer ICE-TCP candidates
  // The server's own interface: media leaves from there. Empty: from every address.
  std::vector<std::string> local_addresses;

  bool operator==(const IceSettings&) const = default;
};

// The servers for one session, its browser and our own webrtcbin alike: with credentials of its own
// where there is a turn_secret. Throws Error(kInvalidUri) for one that is malformed or lacks
// credentials, and for more than libnice takes: what is wrong, without the text.
std::vector<IceServer> ice_servers(const IceSettings& settings, const std::string& session);

// Of those, the ones that our own webrtcbin can use, as it writes them: libnice speaks no TLS with
// a TURN server, so turns is for browsers only.
std::vector<std::string> usable_turn_servers(const std::vector<IceServer>& servers);

// A candidate of ours without the address behind it ("raddr"): a relay shall hide that.
std::string without_related_address(const std::string& candidate);

// The same for all of them, and leaves out what is no relay.
void keep_relays(std::vector<std::string>& candidates);

enum class CandidateVerdict { kUse, kIgnore, kMalformed };

// Malformed: not RFC 8839 syntax, a sign of a broken client. Ignored: mDNS names (the browser's
// checks reveal its address anyway), and addresses that a stranger must not make this machine send
// to: unspecified, multicast, broadcast, v4-mapped, link-local IPv4, loopback unless `loopback`,
// and TCP other than active.
CandidateVerdict judge_candidate(std::string_view candidate, bool loopback);

}  // namespace webrtcserver
