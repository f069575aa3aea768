// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/grant.hpp"

#include <glib.h>

#include <algorithm>
#include <array>
#include <utility>

namespace webrtcserver {

namespace {

constexpr std::array<std::pair<Permission, const char*>, 3> kNames{{
    {Permission::kView, "view"},
    {Permission::kPublish, "publish"},
    {Permission::kControl, "control"},
}};
constexpr std::size_t kMaxPattern = 64;  // the longest name of a stream

}  // namespace

const char* to_string(Permission permission) {
  const auto* found = std::find_if(kNames.begin(), kNames.end(),
                                   [&](const auto& entry) { return entry.first == permission; });
  return found->second;
}

std::optional<Permission> permission_named(std::string_view name) {
  const auto* found = std::find_if(kNames.begin(), kNames.end(),
                                   [&](const auto& entry) { return name == entry.second; });
  if (found == kNames.end()) return {};
  return found->first;
}

Grant Grant::everything() {
  return {{"*"}, {Permission::kView, Permission::kPublish, Permission::kControl}, {}, {}};
}

bool Grant::covers(std::string_view stream) const {
  const std::string name(stream);
  return std::any_of(streams.begin(), streams.end(), [&](const std::string& pattern) {
    return g_pattern_match_simple(pattern.c_str(), name.c_str());
  });
}

bool is_stream_pattern(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPattern &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return g_ascii_isalnum(c) || std::string_view("._~-*").find(c) != std::string_view::npos;
         });
}

std::int64_t seconds_now() {
  return g_get_real_time() / G_USEC_PER_SEC;
}

}  // namespace webrtcserver
