// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice.hpp"

#include <gio/gio.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/error.hpp"
#include "base/ref.hpp"
#include "rtc/turn_credentials.hpp"

namespace webrtcserver {

namespace {

// libnice's NICE_CANDIDATE_MAX_TURN_SERVERS. One without ?transport= counts twice: webrtcbin asks
// it over UDP and over TCP.
constexpr std::size_t kMaxRelays = 8;

std::size_t relays_of(const IceServer& server) {
  const auto address = address_of(server);
  if (!is_turn(server) || address.transport == IceServerAddress::Transport::kTls) return 0;
  return address.named ? 1 : 2;
}

IceServer turn_server(const std::string& text, const std::optional<TurnCredentials>& minted) {
  if (text.starts_with("stun"))
    throw Error(ErrorCode::kInvalidUri, "turn-servers must begin with turn:// or turns://.");
  IceServer server = parse_ice_server(text, "A server of turn-servers");
  if (!server.username.empty()) return server;
  if (!minted) {
    throw Error(ErrorCode::kInvalidUri,
                "turn-servers need a user and a password, unless there is a turn-secret: "
                "turn://user:password@host:port, percent-encoded.");
  }
  server.username = minted->username;
  server.credential = minted->password;
  return server;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto space = text.find(' ');
    if (space != 0) words.push_back(text.substr(0, space));
    if (space == std::string_view::npos) break;
    text.remove_prefix(space + 1);
  }
  return words;
}

bool is_number(std::string_view text, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value <= most;
}

// RFC 6544, section 4.5. Browsers offer active ones alone, to which nothing is sent: they connect
// to us. To connect to the other kinds would let a stranger have this machine try any port of any
// host.
bool is_active(const std::vector<std::string_view>& words) {
  for (std::size_t i = 8; i + 1 < words.size(); i += 2) {
    if (words[i] == "tcptype") return words[i + 1] == "active";
  }
  return false;
}

bool is_forbidden(GInetAddress* address, bool loopback) {
  if (g_inet_address_get_is_any(address) || g_inet_address_get_is_multicast(address)) return true;
  if (g_inet_address_get_is_loopback(address)) return !loopback;
  const guint8* bytes = g_inet_address_to_bytes(address);
  if (g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV4) {
    return bytes[0] == 0 || bytes[0] == 255 || (bytes[0] == 169 && bytes[1] == 254);
  }
  // ::ffff:0:0/96, RFC 4291, section 2.5.5.2
  for (int i = 0; i < 10; ++i) {
    if (bytes[i] != 0) return false;
  }
  return bytes[10] == 0xFF && bytes[11] == 0xFF;
}

}  // namespace

std::vector<IceServer> ice_servers(const IceSettings& settings, const std::string& session) {
  std::vector<IceServer> servers;
  if (!settings.stun_server.empty()) {
    servers.push_back(parse_ice_server(settings.stun_server, "stun-server"));
    if (!is_stun(servers.back()))
      throw Error(ErrorCode::kInvalidUri, "stun-server must begin with stun://.");
  }
  std::optional<TurnCredentials> minted;
  if (!settings.turn_secret.empty())
    minted = mint_turn_credentials(settings.turn_secret, session, std::chrono::system_clock::now());
  std::size_t relays = 0;
  for (const std::string& text : settings.turn_servers) {
    servers.push_back(turn_server(text, minted));
    relays += relays_of(servers.back());
  }
  if (relays > kMaxRelays) {
    throw Error(ErrorCode::kInvalidUri,
                "turn-servers are more than ICE takes here, which is " +
                    std::to_string(kMaxRelays) +
                    "; one without ?transport= counts as two, for UDP and for TCP.");
  }
  return servers;
}

std::vector<std::string> usable_turn_servers(const std::vector<IceServer>& servers) {
  std::vector<std::string> usable;
  for (const IceServer& server : servers) {
    if (relays_of(server) > 0) usable.push_back(to_webrtcbin(server));
  }
  return usable;
}

std::string without_related_address(const std::string& candidate) {
  // RFC 8839, section 5.1: "… typ relay raddr 192.168.1.5 rport 41000 …"
  constexpr std::string_view kAddress = " raddr ";
  constexpr std::string_view kPort = " rport ";
  const auto begin = candidate.find(kAddress);
  const auto port = candidate.find(kPort, begin);
  if (begin == std::string::npos || port == std::string::npos) return candidate;
  const auto end = std::min(candidate.find(' ', port + kPort.size()), candidate.size());
  return candidate.substr(0, begin) + " raddr 0.0.0.0 rport 0" + candidate.substr(end);
}

void keep_relays(std::vector<std::string>& candidates) {
  std::erase_if(candidates, [](const std::string& candidate) {
    return candidate.find(" typ relay") == std::string::npos;
  });
  for (std::string& candidate : candidates) candidate = without_related_address(candidate);
}

CandidateVerdict judge_candidate(std::string_view candidate, bool loopback) {
  constexpr std::size_t kMaxLength = 1024;
  constexpr std::string_view kPrefix = "candidate:";
  if (candidate.size() > kMaxLength || !candidate.starts_with(kPrefix) ||
      std::any_of(candidate.begin(), candidate.end(), [](char c) { return !g_ascii_isprint(c); })) {
    return CandidateVerdict::kMalformed;
  }
  // foundation component transport priority address port "typ" type …  (RFC 8839, section 5.1)
  const auto words = split(candidate.substr(kPrefix.size()));
  if (words.size() < 8 || words[6] != "typ" || words[0].size() > 32 || !is_number(words[1], 256) ||
      !is_number(words[3], G_MAXUINT32) || !is_number(words[5], 65535)) {
    return CandidateVerdict::kMalformed;
  }
  const std::string transport(words[2]);
  const bool udp = g_ascii_strcasecmp(transport.c_str(), "udp") == 0;
  if (!udp && g_ascii_strcasecmp(transport.c_str(), "tcp") != 0) return CandidateVerdict::kIgnore;
  if (udp ? words[5] == "0" : !is_active(words)) return CandidateVerdict::kIgnore;
  const std::string host(words[4]);
  // A zone is an interface of the machine that says it, and newer GLib reads it.
  if (host.find('%') != std::string::npos) return CandidateVerdict::kIgnore;
  const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(host.c_str()));
  // A name would have this machine's resolver ask whatever a stranger likes; browsers send only
  // mDNS names.
  if (!address) return CandidateVerdict::kIgnore;
  return is_forbidden(address.get(), loopback) ? CandidateVerdict::kIgnore : CandidateVerdict::kUse;
}

}  // namespace webrtcserver
