// SPDX-License-Identifier: LGPL-2.1-or-later
// ice_server.hpp — one STUN or TURN server: how people write it, how browsers and webrtcbin do.
// Pure functions and values; usable on any thread.
#pragma once

#include <string>
#include <string_view>

namespace webrtcserver {

// A STUN or TURN server as a browser's RTCIceServer has it.
struct IceServer {
  std::string url;  // "stun:host:port", "turn:host:port?transport=tcp", "turns:…"
  std::string username;
  std::string credential;

  bool operator==(const IceServer&) const = default;
};

// Reads what a person writes, in any of these forms:
//   stun:host[:port]                       stun://host[:port]
//   turn:host[:port][?transport=udp|tcp]   turn://user:password@host[:port][?transport=udp|tcp]
//   turn:host[:port][user:password]        the last brackets as they stand, as Holoscan has them
// and the same with turns. The port is 3478, or 5349 for turns; an IPv6 address stands in brackets.
// Ahead of an @, which is the last of the text, user and password are percent-encoded; @, : and
// brackets in a password may be. A user without a password is refused, but both may be absent.
// `what` begins the sentences of the Error(kInvalidUri): "turn-servers", "--ice-server". They never
// repeat the text, which may hold a password.
IceServer parse_ice_server(std::string_view text, std::string_view what);

bool is_stun(const IceServer& server);  // stun:
bool is_turn(const IceServer& server);  // turn: and turns:

// Where a server is and how it is spoken to, out of the URL of a parsed one.
struct IceServerAddress {
  std::string host;  // without brackets
  unsigned short port;
  enum class Transport { kUdp, kTcp, kTls } transport;
  bool named;  // the URL says which transport
};
IceServerAddress address_of(const IceServer& server);

// As webrtcbin's properties and signals want it: "turn://user:password@host:port", user and
// password percent-encoded.
std::string to_webrtcbin(const IceServer& server);

}  // namespace webrtcserver
