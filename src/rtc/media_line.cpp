// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/media_line.hpp"

#include <algorithm>
#include <cstring>

#include "base/error.hpp"
#include "rtc/sdp.hpp"

namespace webrtcserver {

namespace {

constexpr std::uint64_t kDefaultMaxMessage = 65536;  // RFC 8841, section 6.1
constexpr std::uint64_t kMaxMaxMessage = 262144;

bool is_ice_text(std::string_view text, std::size_t shortest) {
  return text.size() >= shortest && text.size() <= 256 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return g_ascii_isalnum(c) || c == '+' || c == '/'; });
}

// Calls `visit` with the value of each attribute named `key`, until it returns false.
template <typename Visit>
void for_each_attribute(const GstSDPMedia* line, const char* key, Visit&& visit) {
  for (guint i = 0; i < gst_sdp_media_attributes_len(line); ++i) {
    const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(line, i);
    if (std::strcmp(attribute->key, key) != 0 || !attribute->value) continue;
    if (!visit(std::string_view(attribute->value))) return;
  }
}

}  // namespace

bool has_format(const GstSDPMedia* line, int payload_type) {
  for (guint i = 0; i < gst_sdp_media_formats_len(line); ++i) {
    if (to_number(gst_sdp_media_get_format(line, i)) == payload_type) return true;
  }
  return false;
}

std::optional<std::string_view> format_attribute(const GstSDPMedia* line, const char* key,
                                                 int payload_type) {
  const std::string prefix = std::to_string(payload_type) + " ";
  std::optional<std::string_view> found;
  for_each_attribute(line, key, [&](std::string_view value) {
    if (value.starts_with(prefix)) found = value.substr(prefix.size());
    return !found;
  });
  return found;
}

std::string_view encoding_name(const GstSDPMedia* line, int payload_type) {
  const auto map = format_attribute(line, "rtpmap", payload_type);
  return map ? map->substr(0, map->find('/')) : std::string_view();
}

std::optional<int> extension_id(const GstSDPMedia* line, std::string_view uri) {
  std::optional<int> found;
  for_each_attribute(line, "extmap", [&](std::string_view value) {
    const auto space = value.find(' ');
    if (space == std::string_view::npos) return true;
    std::string_view named = value.substr(space + 1);
    named = named.substr(0, named.find(' '));
    if (named != uri) return true;
    const auto id = to_number(value.substr(0, value.find_first_of("/ ")));
    if (id && *id >= 1 && *id <= 14) found = id;  // the one-byte form of RFC 8285
    return !found;
  });
  return found;
}

bool takes_part(const GstSDPMessage* message, const GstSDPMedia* line, Direction ours) {
  const bool receives = ours == Direction::kSend;
  for (const char* direction : {"sendrecv", receives ? "recvonly" : "sendonly"}) {
    if (gst_sdp_media_get_attribute_val(line, direction)) return true;
  }
  for (const char* direction : {"inactive", receives ? "sendonly" : "recvonly"}) {
    if (gst_sdp_media_get_attribute_val(line, direction)) return false;
  }
  // The session level decides for lines without a direction, and sendrecv is the default.
  return !gst_sdp_message_get_attribute_val(message, receives ? "sendonly" : "recvonly") &&
         !gst_sdp_message_get_attribute_val(message, "inactive");
}

std::vector<std::uint32_t> read_sources(const GstSDPMedia* line) {
  std::vector<std::uint32_t> sources;
  for_each_attribute(line, "ssrc", [&](std::string_view value) {
    const auto ssrc = to_number<std::uint32_t>(value.substr(0, value.find(' ')));
    if (ssrc && std::find(sources.begin(), sources.end(), *ssrc) == sources.end())
      sources.push_back(*ssrc);
    return sources.size() < kMaxSources;
  });
  return sources;
}

void collect_candidates(const GstSDPMedia* line, std::vector<std::string>& candidates) {
  for_each_attribute(line, "candidate", [&](std::string_view value) {
    candidates.push_back("candidate:" + std::string(value));
    return true;
  });
}

bool has_usable_data_channel(const GstSDPMedia* line) {
  const char* port = gst_sdp_media_get_attribute_val(line, "sctp-port");
  return gst_sdp_media_get_port(line) != 0 && port && std::strcmp(port, kSctpPort) == 0;
}

std::uint64_t max_message_size(const GstSDPMedia* line) {
  const char* text = gst_sdp_media_get_attribute_val(line, "max-message-size");
  const auto size = to_number<std::uint64_t>(text ? text : "");
  if (!size) return kDefaultMaxMessage;
  return *size == 0 ? kMaxMaxMessage : std::min(*size, kMaxMaxMessage);  // 0: any
}

bool is_ice_ufrag(std::string_view text) {
  return is_ice_text(text, 4);
}

bool is_ice_pwd(std::string_view text) {
  return is_ice_text(text, 22);
}

Transport read_transport(const GstSDPMessage* message, const GstSDPMedia* line, const char* who,
                         std::initializer_list<const char*> setups) {
  const auto refuse = [who](const std::string& why) {
    throw Error(ErrorCode::kProtocol, std::string(who) + " " + why);
  };
  const char* ufrag = find_attribute(message, line, "ice-ufrag");
  const char* pwd = find_attribute(message, line, "ice-pwd");
  if (!ufrag || !is_ice_ufrag(ufrag)) refuse("has no valid a=ice-ufrag.");
  if (!pwd || !is_ice_pwd(pwd)) refuse("has no valid a=ice-pwd.");
  const char* setup = find_attribute(message, line, "setup");
  if (!setup || std::none_of(setups.begin(), setups.end(), [setup](const char* allowed) {
        return std::strcmp(setup, allowed) == 0;
      })) {
    std::string list;
    for (const char* allowed : setups)
      list += (list.empty() ? "a=setup:" : " or a=setup:") + std::string(allowed);
    refuse("must have " + list + ".");
  }
  return {ufrag, pwd, setup, read_fingerprints(message, line)};
}

}  // namespace webrtcserver
