// SPDX-License-Identifier: LGPL-2.1-or-later
// media_line.hpp — what an m-line of a browser's description says, be it an offer or an answer.
// Pure functions; usable on any thread. Nothing of what stands there is trusted.
#pragma once

#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ref.hpp"
#include "rtc/fingerprint.hpp"
#include "rtc/offer.hpp"

namespace webrtcserver {

inline constexpr std::size_t kMaxSources = 8;  // of one m-line

// How the other side can be reached, and who it is.
struct Transport {
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string setup;
  std::vector<Fingerprint> fingerprints;
};

// The whole text as a number.
template <typename Number = int>
std::optional<Number> to_number(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

bool has_format(const GstSDPMedia* line, int payload_type);

// What stands behind "a=<key>:<payload_type> "; nothing when it is not there.
std::optional<std::string_view> format_attribute(const GstSDPMedia* line, const char* key,
                                                 int payload_type);

// Case-insensitively, that of the rtpmap; empty when there is none.
std::string_view encoding_name(const GstSDPMedia* line, int payload_type);

// Of a header extension, where it fits the one-byte form.
std::optional<int> extension_id(const GstSDPMedia* line, std::string_view uri);

// Whether the browser's half fits ours: it receives what we send, or the other way round.
bool takes_part(const GstSDPMessage* message, const GstSDPMedia* line, Direction ours);

// The SSRCs that it announces; at most kMaxSources.
std::vector<std::uint32_t> read_sources(const GstSDPMedia* line);

// Appends its candidates as "candidate:…", unchecked.
void collect_candidates(const GstSDPMedia* line, std::vector<std::string>& candidates);

// webrtcbin itself ignores the port that the browser names, and speaks to this one.
inline constexpr char kSctpPort[] = "5000";
// Whether the line of a data channel is there to be used, by us.
bool has_usable_data_channel(const GstSDPMedia* line);
// Bytes that the browser takes at once over it.
std::uint64_t max_message_size(const GstSDPMedia* line);

// RFC 8839, section 5.4.
bool is_ice_ufrag(std::string_view text);
bool is_ice_pwd(std::string_view text);

// `who`: "The answer", for errors. Throws Error(kProtocol) where something is missing or wrong.
Transport read_transport(const GstSDPMessage* message, const GstSDPMedia* line, const char* who,
                         std::initializer_list<const char*> setups);

}  // namespace webrtcserver
