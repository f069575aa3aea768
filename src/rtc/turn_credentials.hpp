// SPDX-License-Identifier: LGPL-2.1-or-later
// turn_credentials.hpp — a user and password for a TURN server that shares a secret with us, and
// that run out: draft-uberti-behave-turn-rest-00, which coturn calls use-auth-secret.
// Pure; usable on any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace webrtcserver {

struct TurnCredentials {
  std::string username;  // "<seconds since 1970 at which it runs out>:<session>"
  std::string password;  // base64(HMAC-SHA1(secret, username))
};

// A server may look at the time again whenever an allocation is refreshed, every few minutes, and a
// browser cannot be given other credentials without an ICE restart, which webrtcbin has not. So
// they hold as long as the longest session that is likely; what leaks is of use for no longer than
// a day.
inline constexpr std::chrono::hours kTurnCredentialsLifetime{24};

TurnCredentials mint_turn_credentials(std::string_view secret, std::string_view session,
                                      std::chrono::system_clock::time_point now);

}  // namespace webrtcserver
