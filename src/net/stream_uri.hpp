// SPDX-License-Identifier: LGPL-2.1-or-later
// stream_uri.hpp — the address of a stream: webrtc://<interface>:<port>/<stream>[?option=value&…]
// Plain values; usable on any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webrtcserver {

// Where a server listens. Two elements that name equal endpoints share one server.
struct Endpoint {
  // "0.0.0.0" for every IPv4 address (written `@` in a URI), "::" for every address, a literal in
  // its canonical form (no brackets, RFC 5952), or a host name in lower case.
  std::string interface = "0.0.0.0";
  std::uint16_t port = 8554;  // 0: the kernel chooses

  std::strong_ordering operator<=>(const Endpoint&) const = default;
  std::string text() const;  // "@:8554", "[::1]:8554", "localhost:0"
};

struct StreamUri {
  static constexpr std::uint16_t kDefaultPort = 8554;
  static constexpr std::size_t kMaxStreamName = 64;

  bool secure = false;  // webrtcs: refuses to start without TLS
  Endpoint endpoint;
  std::string stream;
  std::vector<std::pair<std::string, std::string>> options;  // decoded, in the order written

  // Throws Error(kInvalidUri); the message names the wrong part, what was found and what is
  // allowed.
  static StreamUri parse(std::string_view text);
  // The same for a server without a stream: webrtc://<interface>:<port>[?option=value&…]
  static StreamUri parse_server(std::string_view text);
  std::string text() const;  // canonical; parse(text()) gives an equal value

  bool operator==(const StreamUri&) const = default;

 private:
  static StreamUri parse_all(std::string_view text);  // whatever the stream is called
};

// Throws Error(kInvalidUri) unless `name` may name a stream: 1–64 of A–Z a–z 0–9 . _ ~ -, neither
// "." nor "..", and none of the server's own routes (api, assets, metrics, …).
void check_stream_name(std::string_view name);

// True for the first segment of a path that the server itself serves.
bool is_reserved_name(std::string_view name);

// True for a name that passes check_stream_name(); for what arrives from the network.
bool is_stream_name(std::string_view name);

}  // namespace webrtcserver
