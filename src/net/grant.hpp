// SPDX-License-Identifier: LGPL-2.1-or-later
// grant.hpp — what somebody may do on a server: what their token says, or everything where the
// server asks for none. Plain values; usable on any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace webrtcserver {

enum class Permission { kView, kPublish, kControl };

const char* to_string(Permission permission);
std::optional<Permission> permission_named(std::string_view name);

struct Grant {
  std::vector<std::string> streams;  // patterns: names, in which `*` is any text
  std::set<Permission> allow;
  std::optional<std::int64_t> expires;  // seconds since 1970
  // What it was given for, so that a session can be checked again. Never shown to anybody.
  std::string token;
  // Nobody's token: whoever runs the server let them in, and files of tokens do not matter.
  bool lasting = false;

  static Grant everything();

  bool covers(std::string_view stream) const;
  bool allows(Permission permission, std::string_view stream) const {
    return allow.count(permission) > 0 && covers(stream);
  }
  bool expired(std::int64_t now) const { return expires && *expires <= now; }
};

// Whether a stream could match: characters of stream names, and `*`.
bool is_stream_pattern(std::string_view text);

// Seconds since 1970, as the clock on the wall has it.
std::int64_t seconds_now();

}  // namespace webrtcserver
