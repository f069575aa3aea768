// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice.hpp"

#include <gio/gio.h>

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

namespace {

struct UriDeleter {
  void operator()(GUri* uri) const { g_uri_unref(uri); }
};
using Uri = std::unique_ptr<GUri, UriDeleter>;

// Never repeats the text in an error: it may hold a password.
Uri parse_server(const std::string& text, const char* what) {
  Uri uri(g_uri_parse(text.c_str(), G_URI_FLAGS_HAS_PASSWORD, nullptr));
  if (!uri) {
    throw Error(ErrorCode::kInvalidUri,
                std::string(what) +
                    " is not a URI; special characters in a user or password must be "
                    "percent-encoded, such as %40 for @, and an IPv6 address stands in brackets.");
  }
  if (!g_uri_get_host(uri.get()) || !*g_uri_get_host(uri.get())) {
    throw Error(ErrorCode::kInvalidUri,
                std::string(what) + " names no host; write it as " +
                    (what[0] == 's' ? "stun://host:port." : "turn://user:password@host:port."));
  }
  return uri;
}

std::string host_and_port(const GUri* uri, int default_port) {
  const std::string host =
      g_uri_get_host(const_cast<GUri*>(uri));               // NOLINT: GLib's getters lack const.
  const int port = g_uri_get_port(const_cast<GUri*>(uri));  // NOLINT
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port > 0 ? port : default_port);
}

IceServer stun_server(const std::string& text) {
  const Uri uri = parse_server(text, "stun-server");
  if (std::string_view(g_uri_get_scheme(uri.get())) != "stun") {
    throw Error(ErrorCode::kInvalidUri, "stun-server must begin with stun://.");
  }
  return {"stun:" + host_and_port(uri.get(), 3478), "", ""};
}

IceServer turn_server(const std::string& text) {
  const Uri uri = parse_server(text, "turn-servers");
  const std::string scheme = g_uri_get_scheme(uri.get());
  if (scheme != "turn" && scheme != "turns") {
    throw Error(ErrorCode::kInvalidUri, "turn-servers must begin with turn:// or turns://.");
  }
  const char* user = g_uri_get_user(uri.get());
  const char* password = g_uri_get_password(uri.get());
  if (!user || !*user || !password || !*password) {
    throw Error(ErrorCode::kInvalidUri,
                "turn-servers need a user and a password: turn://user:password@host:port, "
                "percent-encoded.");
  }
  IceServer server{scheme + ":" + host_and_port(uri.get(), scheme == "turns" ? 5349 : 3478), user,
                   password};
  if (const char* query = g_uri_get_query(uri.get())) {
    const std::string transport = query;
    if (transport != "transport=udp" && transport != "transport=tcp") {
      throw Error(ErrorCode::kInvalidUri,
                  "turn-servers take ?transport=udp or ?transport=tcp and nothing else.");
    }
    server.url += "?" + transport;
  }
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

std::vector<IceServer> ice_servers(const IceSettings& settings) {
  std::vector<IceServer> servers;
  if (!settings.stun_server.empty()) servers.push_back(stun_server(settings.stun_server));
  for (const std::string& turn : settings.turn_servers) servers.push_back(turn_server(turn));
  return servers;
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
  const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(host.c_str()));
  // A name would have this machine's resolver ask whatever a stranger likes; browsers send only
  // mDNS names.
  if (!address) return CandidateVerdict::kIgnore;
  return is_forbidden(address.get(), loopback) ? CandidateVerdict::kIgnore : CandidateVerdict::kUse;
}

}  // namespace webrtcserver
